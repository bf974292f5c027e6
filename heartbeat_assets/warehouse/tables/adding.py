"""Rows with columns, wherever they are, as a table that SQL can read: files, databases, the warehouse.

The one door to the readers beside it. It must not know lanes or what the columns mean.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.warehouse.tables.columns import COLUMN_TYPES
from heartbeat_assets.warehouse.tables.files import (
    TableAt,
    file_format,
    matching_files,
    newest_change,
)
from heartbeat_assets.warehouse.tables.places import is_postgres, warehouse_file
from heartbeat_assets.warehouse.tables.problems import TableProblem, TableUnreadable
from heartbeat_assets.warehouse.tables.sql import described, identifier

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class TableSeen:
    """A table as SQL sees it: name and SQL type of each column, the files read, and when the newest was changed.

    A database that is no file has no `files`, and nobody knows when it was `modified`.
    """

    columns: tuple[tuple[str, str], ...]
    files: tuple[Path, ...]
    modified: datetime | None


def table_files(at: TableAt) -> list[Path]:
    """The files that `at` means, sorted; none for a database server.

    Raises TableMissing when there is nothing, TableUnreadable when it cannot be read as files of one format.
    """
    if at.format != "warehouse":
        return matching_files(at)
    return [] if is_postgres(at.path) else matching_files(TableAt(str(warehouse_file(at.path))))


def add_table(
    connection: duckdb.DuckDBPyConnection, name: str, at: TableAt, columns: Mapping[str, str], scratch: Path
) -> TableSeen:
    """Makes `name` on `connection`, which `connect` has opened, of the rows at `at`.

    It has exactly `columns` (name to one of COLUMN_TYPES), in their order; without any, all that are there, of the
    types found. What is copied goes to `scratch` and is gone afterwards. Raises TableMissing, ColumnsMissing, or
    TableUnreadable, also for a value that does not fit its type; OSError when `scratch` cannot be written.
    """
    for column, wanted in columns.items():
        if wanted not in COLUMN_TYPES:
            raise TableProblem(f"column {column}: {wanted!r} is no type; there is {', '.join(COLUMN_TYPES)}")
    files = table_files(at)
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="table-") as folder:
        _add(connection, name, at, files, columns, Path(folder))
    return TableSeen(described(connection, identifier(name)), tuple(files), newest_change(files))


def _add(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    at: TableAt,
    files: list[Path],
    columns: Mapping[str, str],
    folder: Path,
) -> None:
    # Each reader is imported when it is used: start-up counts.
    if not files:
        from heartbeat_assets.warehouse.tables.postgres import add_postgres

        return add_postgres(connection, name, at.path, at.table, columns, folder)
    format_ = file_format(files[0], "auto" if at.format == "warehouse" else at.format)
    if format_ in ("sqlite", "duckdb"):
        if len(files) > 1:
            raise TableUnreadable(f"{at.path}: {len(files)} files fit, and a {format_} source is one; name it")
    elif at.format == "warehouse":
        raise TableUnreadable(f"{files[0]}: holds {format_}; the warehouse is a DuckDB or SQLite file or PostgreSQL")
    match format_:
        case "sqlite":
            from heartbeat_assets.warehouse.tables.sqlite_file import add_sqlite

            add_sqlite(connection, name, files[0], at.table, columns, folder)
        case "duckdb":
            from heartbeat_assets.warehouse.tables.duckdb_file import add_duckdb

            add_duckdb(connection, name, files[0], at.table, columns)
        case "parquet":
            from heartbeat_assets.warehouse.tables.parquet_files import add_parquet

            add_parquet(connection, name, files, columns)
        case "csv":
            from heartbeat_assets.warehouse.tables.csv_files import add_csv

            add_csv(connection, name, files, columns, folder)
        case _:
            from heartbeat_assets.warehouse.tables.json_files import add_json

            add_json(connection, name, files, columns, folder)
