"""Running a lane's SQL and giving it what it reads. It must not know what the columns mean."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


# What the engine says when a query names a file that is not there: that is the query's mistake.
_NO_SUCH_FILE = "No files found"


class QueryProblem(Exception):
    """The engine refused a query, or it did not return what was asked; the message is the engine's.

    `about_files`: it could not read or write a file, so the query itself may be right.
    """

    about_files = False


def run(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> None:
    """Runs `sql`. Raises QueryProblem in the engine's words."""
    with _engine_words():
        connection.execute(sql, list(parameters))


@contextmanager
def _engine_words() -> Iterator[None]:
    import duckdb

    try:
        yield
    except duckdb.Error as problem:
        refused = QueryProblem(str(problem).strip())
        refused.about_files = isinstance(problem, duckdb.IOException) and _NO_SUCH_FILE not in str(problem)
        raise refused from problem


def one_row(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    """The single row that `sql` returns, by column name. Raises QueryProblem when it returns another number."""
    run(connection, sql)
    names = [column[0] for column in connection.description or []]
    # A result may be worked out only now, when it is fetched.
    with _engine_words():
        rows = connection.fetchmany(2)
    if len(rows) != 1:
        raise QueryProblem(f"returned {'no row' if not rows else 'more than one row'}; it must return exactly one")
    return dict(zip(names, rows[0], strict=True))


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
        with _engine_words():
            connection.register("frame", frame)
        target = "'" + str(partial).replace("'", "''") + "'"
        try:
            run(connection, f"COPY (SELECT * FROM frame) TO {target} (FORMAT parquet, COMPRESSION zstd)")
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)
