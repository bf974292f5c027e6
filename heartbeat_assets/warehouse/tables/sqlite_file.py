"""A table or view in a SQLite file, read by Python's own driver: the engine's extension is not to be had offline.

Read only, one snapshot, and only the columns that are wanted. It must not change the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from heartbeat_assets.warehouse.query import QueryProblem
from heartbeat_assets.warehouse.tables.problems import TableUnreadable, engine_words, no_such_table
from heartbeat_assets.warehouse.tables.relay import new_relay
from heartbeat_assets.warehouse.tables.rows import check_columns, store
from heartbeat_assets.warehouse.tables.sql import identifier

if TYPE_CHECKING:
    import duckdb

_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_WAIT_SECONDS = 10


def add_sqlite(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    file: Path,
    table: str,
    columns: Mapping[str, str],
    folder: Path,
) -> None:
    """Makes the table `name` of the rows of `table` in the SQLite `file`; they pass through `folder`.

    Raises ColumnsMissing and TableUnreadable.
    """
    where = f"{file}, table {table}"
    relay = new_relay(folder)
    try:
        with closing(_opened(file)) as database:
            found = _table(database, file, table)
            types = dict.fromkeys(columns, "VARCHAR")
            present = [column[0] for column in database.execute(f"SELECT * FROM {found} LIMIT 0").description]
            check_columns(where, columns, present)
            types = types or _types(database, found, present)
            values = ", ".join(_value(identifier(column)) for column in types)
            relay.take(database.execute(f"SELECT {values} FROM {found}", [relay.null]))
    except sqlite3.Error as problem:
        raise TableUnreadable(f"{where}: {problem}") from problem
    try:
        store(connection, name, [relay.rows(types, where)], columns)
    except QueryProblem as problem:
        raise TableUnreadable(f"{where}: {engine_words(problem)}") from problem


def _opened(file: Path) -> sqlite3.Connection:
    uri = f"file:{quote(str(file.absolute()))}?mode=ro"
    database = sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS, isolation_level=None)
    # One snapshot: a writer may be at work.
    database.execute("BEGIN")
    return database


def _table(database: sqlite3.Connection, file: Path, table: str) -> str:
    known = [str(name) for (name,) in database.execute(_TABLES)]
    for name in (table, table.removeprefix("main.")):
        if name in known:
            return identifier(name)
    raise no_such_table(str(file), table, known)


def _value(column: str) -> str:
    """Bytes as SQLite writes them, X'2A', which is no number; text and numbers as they are."""
    return f"CASE typeof({column}) WHEN 'null' THEN ?1 WHEN 'blob' THEN quote({column}) ELSE {column} END AS {column}"


def _types(database: sqlite3.Connection, table: str, columns: Sequence[str]) -> dict[str, str]:
    """The SQL type of each column by the values that are there, since SQLite keeps to no declaration."""
    tests = ", ".join(
        f"max(typeof({column}) = 'integer'), max(typeof({column}) = 'real'), max(typeof({column}) IN ('text', 'blob'))"
        for column in map(identifier, columns)
    )
    answers = iter(database.execute(f"SELECT {tests} FROM {table}").fetchone())
    types = {}
    for column in columns:
        integers, reals, others = next(answers), next(answers), next(answers)
        types[column] = "VARCHAR" if others or not (integers or reals) else "DOUBLE" if reals else "BIGINT"
    return types
