"""Running a lane's SQL and giving it what it reads. It must not know what the columns mean."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


# What the engine says when a query names a file that is not there: that is the query's mistake.
_NO_SUCH_FILE = "No files found"


# What stands before the first word of a query: the engine leaves it out, and then miscounts where a query is wrong.
_BEFORE = re.compile(r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)
_LONGEST_SHOWN = 60
_PLACE = re.compile(r"^LINE (\d+):(.*\n?)", re.MULTILINE)


class QueryProblem(Exception):
    """The engine refused a query, or it did not return what was asked; the message is the engine's.

    `about_files`: it could not read or write a file, so the query itself may be right.
    """

    about_files = False


def run(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> None:
    """Runs `sql`; `parameters` are for its `?`, or by name for `$name`. Raises QueryProblem as the engine says."""
    given = dict(parameters) if isinstance(parameters, Mapping) else list(parameters)
    with engine_words(sql):
        connection.execute(without_beginning(sql), given)


def without_beginning(sql: str) -> str:
    """`sql` from its first word on."""
    return sql[len(_before(sql)) :]


def _before(sql: str) -> str:
    """The blanks and comments that `sql` begins with."""
    match = _BEFORE.match(sql)
    return match[0] if match else ""


@contextmanager
def engine_words(sql: str = "") -> Iterator[None]:
    """Raises QueryProblem in the engine's words, in which the lines are those of the whole text `sql`."""
    import duckdb

    lines = _before(sql).count("\n")

    def numbered(place: re.Match[str]) -> str:
        number = str(int(place[1]) + lines)
        # The caret in the line below stays under what it points at.
        return f"LINE {number}:{place[2]}" + " " * (len(number) - len(place[1]))

    try:
        yield
    except duckdb.Error as problem:
        refused = QueryProblem(_PLACE.sub(numbered, str(problem).strip()))
        refused.about_files = isinstance(problem, duckdb.IOException) and _NO_SUCH_FILE not in str(problem)
        raise refused from problem


def one_row(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    """The single row that `sql` returns, by column name. Raises QueryProblem when it returns another number."""
    run(connection, sql)
    names = _column_names(connection)
    # A result may be worked out only now, when it is fetched.
    with engine_words(sql):
        rows = connection.fetchmany(2)
    if len(rows) != 1:
        raise QueryProblem(f"returned {'no row' if not rows else 'more than one row'}; it must return exactly one")
    return dict(zip(names, rows[0], strict=True))


def one_value(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> float | None:
    """The one number that `sql` returns; None for NULL, and for no row.

    Raises QueryProblem when it returns several columns or rows, or something that is no finite number: text is not
    read as one, and true is not 1.
    """
    run(connection, sql, parameters or {})
    columns = len(connection.description or [])
    if columns != 1:
        raise QueryProblem(f"returned {columns} columns; it must return one, the value")
    with engine_words(sql):
        rows = connection.fetchmany(2)
    if len(rows) > 1:
        raise QueryProblem("returned more than one row; it must return one, with the value")
    value = rows[0][0] if rows else None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        kind = {"bool": "a truth value", "str": "text"}.get(type(value).__name__, f"a {type(value).__name__}")
        raise QueryProblem(f"returned {kind}, {_shown(value)}; it must return a number")
    # A number of the engine's always fits: its largest is below 2^128.
    number = float(value)
    if not math.isfinite(number):
        raise QueryProblem(f"returned {number}; it must return a finite number: look for a division by 0")
    return number


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def all_rows(
    connection: duckdb.DuckDBPyConnection, sql: str, *, at_most: int, parameters: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The first `at_most` rows of `sql` by column name; `parameters` are for its `$name`. Raises QueryProblem."""
    run(connection, sql, parameters or {})
    names = _column_names(connection)
    with engine_words(sql):
        rows = connection.fetchmany(at_most)
    return [dict(zip(names, row, strict=True)) for row in rows]


def count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows `table` has. Raises QueryProblem."""
    name = '"' + table.replace('"', '""') + '"'
    return int(one_row(connection, f"SELECT count(*) AS rows FROM {name}")["rows"])


def _column_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    names = [str(column[0]) for column in connection.description or []]
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None)
    if twice is not None:
        raise QueryProblem(f"returns two columns named {twice!r}; rename one")
    return names


def add_document(connection: duckdb.DuckDBPyConnection, table: str, document: str | None) -> None:
    """Makes `table` with the column `doc`: one row that holds the JSON text `document`, or none."""
    name = '"' + table.replace('"', '""') + '"'
    run(connection, f"CREATE TABLE {name} (doc JSON)")
    if document is not None:
        run(connection, f"INSERT INTO {name} VALUES (?)", [document])


def add_rows(connection: duckdb.DuckDBPyConnection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Makes `table` with `columns` (SQL column definitions) and a few `rows`."""
    name = '"' + table.replace('"', '""') + '"'
    run(connection, f"CREATE TABLE {name} ({columns})")
    for row in rows:
        run(connection, f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)


def write_parquet(frame: pd.DataFrame, out: Path) -> None:
    """Writes a DataFrame as Parquet to `out`, atomically. Raises QueryProblem or OSError."""
    import duckdb

    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}.partial")
    with duckdb.connect(":memory:") as connection:
        with engine_words():
            connection.register("frame", frame)
        target = "'" + str(partial).replace("'", "''") + "'"
        try:
            run(connection, f"COPY (SELECT * FROM frame) TO {target} (FORMAT parquet, COMPRESSION zstd)")
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)
