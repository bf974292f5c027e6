"""Rows of any kind made visible to SQL under a name, with the columns that were asked for and nothing else.

A value that does not fit its declared type is found when the table is made, not when a query meets it. It must not
know where the rows come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.warehouse.query import run
from heartbeat_assets.warehouse.tables.columns import MEANING, SQL_TYPES, fitted, has_value
from heartbeat_assets.warehouse.tables.problems import (
    ColumnsMissing,
    TableUnreadable,
    quoted_name,
    shown_value,
)
from heartbeat_assets.warehouse.tables.sql import ENGINE_FILE, fetched, identifier

if TYPE_CHECKING:
    import duckdb

# The mark of a row with a value that does not fit. Blanks in it, so that it meets no column of the table.
_MISFIT = identifier("a value does not fit")
LineOf = Callable[[Path, str, str], int | None]


@dataclass(frozen=True)
class Raw:
    """A column as it is read: the SQL expression of its value, and that expression's SQL type."""

    sql: str
    type: str


@dataclass(frozen=True)
class Rows:
    """Rows that one FROM item reads: those of a table, or of files that have the same columns.

    `where` names them in messages. For files, `files` has the name of each by the name that the engine knows, and
    `line_of` may find the line of such a file in which a column has a value.
    """

    scan: str
    columns: Mapping[str, Raw]
    where: str
    files: Mapping[str, Path] = field(default_factory=dict)
    line_of: LineOf | None = None


def check_columns(where: str, wanted: Iterable[str], present: Sequence[str]) -> None:
    """Raises ColumnsMissing when a name in `wanted` is not `present`; without any, all of `present` are wanted.

    Raises TableUnreadable when SQL could not name the columns or tell them apart.
    """
    wanted = list(wanted)
    if missing := [name for name in wanted if name not in present]:
        raise ColumnsMissing(where, missing, present)
    remedy = "or declare only the columns you need"
    seen: dict[str, str] = {}
    for name in wanted or present:
        if not name:
            raise TableUnreadable(f"{where}: a column has no name; name it, {remedy}")
        other = seen.setdefault(name.lower(), name)
        if other != name:
            both = f"{quoted_name(other)} and {quoted_name(name)}"
            raise TableUnreadable(f"{where}: SQL does not tell the columns {both} apart; rename one, {remedy}")


def show(connection: duckdb.DuckDBPyConnection, name: str, parts: Sequence[Rows], columns: Mapping[str, str]) -> None:
    """Makes the view `name` of `parts`, for rows that are cheap to read again.

    `columns` are the visible ones with their types; without any, all are visible as they are. Raises TableUnreadable,
    and QueryProblem in the engine's words.
    """
    for rows in parts:
        misfit = _misfit(rows, columns)
        if misfit and fetched(connection, f"SELECT 1 FROM {rows.scan} WHERE {misfit} LIMIT 1"):
            raise _misfit_problem(connection, rows, columns)
    union = " UNION ALL BY NAME ".join(f"SELECT {_visible(rows, columns)} FROM {rows.scan}" for rows in parts)
    run(connection, f"CREATE VIEW {identifier(name)} AS {union}")


def store(connection: duckdb.DuckDBPyConnection, name: str, parts: Sequence[Rows], columns: Mapping[str, str]) -> None:
    """Makes the table `name` of `parts`, for rows that are dear to read again, or cannot be. The rest as for `show`.

    Nothing of it stays when it fails.
    """
    types = {column: SQL_TYPES[wanted] for column, wanted in columns.items()}
    if not columns:
        types = {column: raw.type for rows in parts for column, raw in rows.columns.items()}
    made = ", ".join(f"{identifier(column)} {type_}" for column, type_ in types.items())
    table = identifier(name)
    run(connection, f"CREATE TABLE {table} ({made}, {_MISFIT} BOOLEAN)")
    try:
        for rows in parts:
            values = f"{_visible(rows, columns)}, {_misfit(rows, columns) or 'false'} AS {_MISFIT}"
            run(connection, f"INSERT INTO {table} BY NAME SELECT {values} FROM {rows.scan}")
            if fetched(connection, f"SELECT 1 FROM {table} WHERE {_MISFIT} LIMIT 1"):
                raise _misfit_problem(connection, rows, columns)
        run(connection, f"ALTER TABLE {table} DROP COLUMN {_MISFIT}")
    except BaseException:
        run(connection, f"DROP TABLE {table}")
        raise


def _visible(rows: Rows, columns: Mapping[str, str]) -> str:
    values = {name: raw.sql for name, raw in rows.columns.items()}
    if columns:
        values = {name: _fitted(rows, name, wanted) for name, wanted in columns.items() if name in rows.columns}
    return ", ".join(f"{sql} AS {identifier(name)}" for name, sql in values.items())


def _fitted(rows: Rows, name: str, wanted: str) -> str:
    raw = rows.columns[name]
    return fitted(raw.sql, raw.type, wanted)


def _misfit(rows: Rows, columns: Mapping[str, str]) -> str:
    """SQL that is true for a row with a value that does not fit; empty when every value must fit."""
    tests = []
    for name, wanted in columns.items():
        if name not in rows.columns:
            continue
        raw, value = rows.columns[name], _fitted(rows, name, wanted)
        if value != raw.sql and (wanted != "text" or raw.type == "BLOB"):
            tests.append(f"({has_value(raw.sql, raw.type)} AND {value} IS NULL)")
    return " OR ".join(tests)


def _misfit_problem(connection: duckdb.DuckDBPyConnection, rows: Rows, columns: Mapping[str, str]) -> TableUnreadable:
    """Which file, column and value it is: slow questions, asked only when there is one."""
    for name, wanted in columns.items():
        misfit = _misfit(rows, {name: wanted})
        if not misfit:
            continue
        raw = rows.columns[name]
        text = f"CAST({raw.sql} AS VARCHAR)" if raw.type == "BLOB" else fitted(raw.sql, raw.type, "text")
        file_name = identifier(ENGINE_FILE) if rows.files else "NULL"
        found = fetched(connection, f"SELECT {text}, {file_name} FROM {rows.scan} WHERE {misfit} LIMIT 1")
        for value, file in found:
            where = str(rows.files[file]) if file else rows.where
            line = rows.line_of(Path(file), name, value) if file and rows.line_of else None
            return TableUnreadable(
                f"{where}{f', line {line}' if line else ''}: column {quoted_name(name)} is declared {wanted}, and "
                f"{shown_value(value)} is not {MEANING[wanted]}; correct the value, or declare another type"
            )
    return TableUnreadable(f"{rows.where}: changed while it was read; read it again")
