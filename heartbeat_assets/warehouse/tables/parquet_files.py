"""Parquet files as a table, read where they lie. It must not copy rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.warehouse.query import QueryProblem
from heartbeat_assets.warehouse.tables.problems import TableUnreadable, engine_words
from heartbeat_assets.warehouse.tables.rows import Raw, Rows, check_columns, show
from heartbeat_assets.warehouse.tables.sql import ENGINE_FILE, described, file_list, identifier, literal

if TYPE_CHECKING:
    import duckdb


def add_parquet(
    connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path], columns: Mapping[str, str]
) -> None:
    """Makes the view `name` of the rows in Parquet `files`. Raises ColumnsMissing and TableUnreadable."""
    alike: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    for file in files:
        try:
            schema = described(connection, _scan([file]))
        except QueryProblem as problem:
            raise TableUnreadable(f"{file}: is no Parquet file that can be read: {engine_words(problem)}") from problem
        check_columns(str(file), columns, [column for column, _ in schema])
        alike.setdefault(schema, []).append(file)
    parts = [
        Rows(
            _scan(same, f", filename={literal(ENGINE_FILE)}"),
            {column: Raw(identifier(column), type_) for column, type_ in schema},
            str(same[0]),
            {str(file): file for file in same},
        )
        for schema, same in alike.items()
    ]
    try:
        show(connection, name, parts, columns)
    except QueryProblem as problem:
        raise TableUnreadable(
            f"{', '.join(str(same[0]) for same in alike.values())}: {engine_words(problem)}"
        ) from problem


def _scan(files: Sequence[Path], options: str = "") -> str:
    return f"read_parquet({file_list(files)}, hive_partitioning=false{options})"
