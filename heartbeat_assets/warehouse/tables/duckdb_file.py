"""A table or view in a DuckDB file, attached read only for the life of the connection. It must not copy rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.warehouse.query import QueryProblem, run
from heartbeat_assets.warehouse.tables.problems import TableUnreadable, engine_words, no_such_table
from heartbeat_assets.warehouse.tables.rows import Raw, Rows, check_columns, show
from heartbeat_assets.warehouse.tables.sql import described, fetched, identifier, literal

if TYPE_CHECKING:
    import duckdb

# What the engine says when another process, or another connection of this one, has the file open for writing.
_LOCKED = ("Could not set lock", "Unique file handle conflict", "different configuration")
_TABLES = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_catalog = ? ORDER BY table_schema <> 'main', table_schema, table_name
"""


def add_duckdb(
    connection: duckdb.DuckDBPyConnection, name: str, file: Path, table: str, columns: Mapping[str, str]
) -> None:
    """Makes the view `name` of `table`, which may be "schema.table", in the DuckDB `file`.

    Raises ColumnsMissing and TableUnreadable.
    """
    catalog = f"file of {name}"
    try:
        run(connection, f"ATTACH {literal(str(file.absolute()))} AS {identifier(catalog)} (READ_ONLY, TYPE duckdb)")
    except QueryProblem as problem:
        raise _cannot_attach(file, engine_words(problem)) from problem
    try:
        _show_table(connection, name, catalog, file, table, columns)
    except BaseException as problem:
        run(connection, f"DETACH {identifier(catalog)}")
        if isinstance(problem, QueryProblem):
            raise TableUnreadable(f"{file}, table {table}: {engine_words(problem)}") from problem
        raise


def _cannot_attach(file: Path, said: str) -> TableUnreadable:
    if any(words in said for words in _LOCKED):
        return TableUnreadable(
            f"{file}: is open for writing elsewhere, and DuckDB lets nobody read it meanwhile; stop the writer, or "
            f"read a copy or a Parquet export of the table ({said})"
        )
    return TableUnreadable(f"{file}: {said}")


def _show_table(
    connection: duckdb.DuckDBPyConnection, name: str, catalog: str, file: Path, table: str, columns: Mapping[str, str]
) -> None:
    there = fetched(connection, _TABLES, [catalog])
    known = {bare if schema == "main" else f"{schema}.{bare}": (schema, bare) for schema, bare in there}
    found = known.get(table) or known.get(table.removeprefix("main."))
    if found is None:
        raise no_such_table(str(file), table, list(known))
    scan = ".".join(identifier(part) for part in (catalog, *found))
    schema = described(connection, scan)
    where = f"{file}, table {table}"
    check_columns(where, columns, [column for column, _ in schema])
    rows = Rows(scan, {column: Raw(identifier(column), type_) for column, type_ in schema}, where)
    show(connection, name, [rows], columns)
