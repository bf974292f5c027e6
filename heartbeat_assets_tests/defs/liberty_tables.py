"""The six tables of lane liberty_restrictions as rows: made up, drawn, read from CSV, and put into an engine."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import yaml
from hypothesis import strategies as st

from heartbeat_assets.lanes.problems import checked_spec
from heartbeat_assets.sources.spec import TableSource
from heartbeat_assets.warehouse import run

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "heartbeat_assets" / "defs" / "liberty_restrictions"
DATA = ROOT / "data" / "liberty_restrictions"
SPEC = checked_spec(yaml.safe_load((FOLDER / "defs.yaml").read_text(encoding="utf-8"))["attributes"], "defs.yaml")
DIGEST_SQL = (FOLDER / SPEC.digest_sql).read_text(encoding="utf-8")
CONTEXT_SQL = {name: (FOLDER / file).read_text(encoding="utf-8") for name, file in SPEC.context.items()}
# Column to type of each table, as defs.yaml has them.
COLUMNS = {name: source.columns for name, source in SPEC.sources.items() if isinstance(source, TableSource)}
_SQL_TYPES = {"text": "VARCHAR", "number": "DOUBLE"}

Tables = dict[str, list[dict[str, Any]]]


def tables_of(
    *,
    norms: Sequence[tuple[Any, ...]] = (),
    fragments: Sequence[tuple[Any, ...]] = (),
    responsibilities: Sequence[tuple[Any, ...]] = (),
    methodologies: Sequence[tuple[Any, ...]] = (),
    rights: Sequence[tuple[Any, ...]] = (),
    assessments: Sequence[tuple[Any, ...]] = (),
) -> Tables:
    """The six tables with these rows, their values in the order of the contract's columns."""
    rows = {
        "legal_norms": norms,
        "legal_norm_fragments": fragments,
        "legal_fragment_responsibilities": responsibilities,
        "liberty_irlc_methodologies": methodologies,
        "liberty_right_categories": rights,
        "liberty_restriction_assessments": assessments,
    }
    return {name: [dict(zip(COLUMNS[name], row, strict=True)) for row in rows[name]] for name in COLUMNS}


def norm(norm_id: str | None, scope: str | None = "national", source: str | None = "gazette") -> tuple[Any, ...]:
    """A row of legal_norms."""
    return norm_id, None, f"Act {norm_id}", scope, source


def fragment(fragment_id: str | None, norm_id: str | None) -> tuple[Any, ...]:
    """A row of legal_norm_fragments."""
    return fragment_id, norm_id, f"Article {fragment_id}"


def responsibility(
    fragment_id: str | None,
    url: str | None = "https://a.example",
    day: str | None = "2026-01-01",
    quote: Any = "So be it",
) -> tuple[Any, ...]:
    """A row of legal_fragment_responsibilities, with all its evidence."""
    return fragment_id, "approved", url, day, quote


def assessment(fragment_id: str | None, right: str | None = "speech", score: float | None = 50.0) -> tuple[Any, ...]:
    """A row of liberty_restriction_assessments."""
    return f"{fragment_id}/{right}", fragment_id, right, score, 0.8


def complete() -> dict[str, list[tuple[Any, ...]]]:
    """Two acts of two sources and scopes with everything there is to know: the arguments of `tables_of`."""
    return {
        "norms": [norm("n1"), norm("n2", "regional", "bulletin")],
        "fragments": [fragment("f1", "n1"), fragment("f2", "n2")],
        "responsibilities": [responsibility("f1"), responsibility("f2")],
        "methodologies": [("1.0", "first")],
        "rights": [("speech", "Freedom of speech")],
        "assessments": [assessment("f1"), assessment("f2")],
    }


def read_tables(**replaced: Path) -> Tables:
    """The bundled tables, some of them read from another file. An empty field is None, a number a float."""
    return {name: _read_csv(replaced.get(name, DATA / f"{name}.csv"), columns) for name, columns in COLUMNS.items()}


def _read_csv(file: Path, columns: dict[str, Any]) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    assert list(rows[0]) == list(columns)
    return [
        {
            column: None if row[column] == "" else float(row[column]) if kind == "number" else row[column]
            for column, kind in columns.items()
        }
        for row in rows
    ]


def fill(connection: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    """Makes the tables on `connection`, in place of those that an earlier example left."""
    for name, columns in COLUMNS.items():
        run(connection, f"CREATE OR REPLACE TABLE {name} ({_definitions(name)})")
        if tables[name]:
            places = ", ".join([f"({', '.join('?' * len(columns))})"] * len(tables[name]))
            run(
                connection,
                f"INSERT INTO {name} VALUES {places}",
                [value for row in _values(tables, name) for value in row],
            )


def filled_sqlite(tables: Tables) -> sqlite3.Connection:
    """A connection to another engine, in memory, with the same tables and the one function that is not standard SQL."""
    connection = sqlite3.connect(":memory:")
    connection.create_function("as_trimmed", 1, lambda value: None if value is None else value.strip())
    for name, columns in COLUMNS.items():
        connection.execute(f"CREATE TABLE {name} ({_definitions(name)})")
        connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", _values(tables, name))
    return connection


def _definitions(name: str) -> str:
    return ", ".join(f"{column} {_SQL_TYPES[kind]}" for column, kind in COLUMNS[name].items())


def _values(tables: Tables, name: str) -> list[list[Any]]:
    return [[row[column] for column in COLUMNS[name]] for row in tables[name]]


def objects(connection: duckdb.DuckDBPyConnection | sqlite3.Connection, sql: str) -> list[dict[str, Any]]:
    """The rows that `sql` returns, each by column name."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


# --- Drawn tables -----------------------------------------------------------------------------------------
# Few ids, so that rows meet: some are in one table alone, twice in one, null, or differ only by a blank.

_NORMS = st.sampled_from(["n1", "n2", "n3", "n4", "N1", "n1 ", "", None])
_FRAGMENTS = st.sampled_from(["f1", "f2", "f3", "f4", "f5", "F1", "", None])
_RIGHTS = st.sampled_from(["speech", "privacy", "assembly", "", None])
_PLACES = st.sampled_from(["gazette", " gazette\t", "bulletin", "Gazette", "unknown", "", "  ", "\u2003\n", None])
_EVIDENCE = st.sampled_from(["https://a.example", "2026-01-01", " text ", "0", "\u00e9", "", " ", "\u00a0\t", None])
_LABELS = st.sampled_from(["Article 1", "Annex", "\u00c1rea", "", None])
_SCORES = st.sampled_from([0.0, 12.5, 50.0, 50.0, 99.75, 100.0, -1.0, None])
_COLUMN_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "norm_id": _NORMS,
    "fragment_id": _FRAGMENTS,
    "right_category_id": _RIGHTS,
    "scope": _PLACES,
    "source_id": _PLACES,
    "source_url": _EVIDENCE,
    "evidence_date": _EVIDENCE,
    "evidence_quote": _EVIDENCE,
    "method_version": st.sampled_from(["1.0", "1.00", "2", None]),
    "assessment_key": st.sampled_from(["a", "b", "B", "", None]),
    "irlc_score": _SCORES,
    "confidence": _SCORES,
}


def _rows(name: str, most: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.fixed_dictionaries({column: _COLUMN_VALUES.get(column, _LABELS) for column in COLUMNS[name]})
    return st.lists(row, max_size=most)


def drawn_tables(most: int = 14) -> st.SearchStrategy[Tables]:
    """Six tables of up to `most` rows each, any of them empty, whose ids meet or miss each other."""
    return st.fixed_dictionaries({name: _rows(name, most) for name in COLUMNS})
