"""A lane's sources as the tables its SQL reads: documents, rows in files, tables of the warehouse.

Turns what a reader refuses into a sentence that names the source, the column, and where the SQL uses it. It must not
read telemetry; `compute` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.errors import InputUnreadable, SpecProblem
from heartbeat_assets.lanes.inputs import SourceMissing, SourceUnreadable, read_document
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.spec_sources import JsonSource, TableSource, WarehouseSource
from heartbeat_assets.lanes.sql_places import places_of
from heartbeat_assets.telemetry.typed_sql import identifier
from heartbeat_assets.warehouse import add_document, add_rows
from heartbeat_assets.warehouse.tables import (
    ColumnsMissing,
    TableAt,
    TableMissing,
    TableSeen,
    TableUnreadable,
    add_table,
)
from heartbeat_assets.warehouse.tables.columns import SQL_TYPES

if TYPE_CHECKING:
    from heartbeat_assets.warehouse.connection import Connection

_PLACES_SHOWN = 3


def add_source(
    connection: Connection, lane: Lane, name: str, path: Path | None, scratch: Path, *, table: str
) -> TableSeen | None:
    """Makes `table` of the source `name`, which is not telemetry, read from `path` (None: the warehouse).

    Returns what was seen of its rows (None for a document). Raises SourceMissing, SourceUnreadable or SpecProblem.
    """
    source = lane.spec.sources[name]
    if isinstance(source, JsonSource):
        assert path is not None
        with _as_source_problem(lane, name):
            add_document(connection, table, read_document(name, path))
        return None
    assert isinstance(source, TableSource | WarehouseSource)
    with _as_source_problem(lane, name):
        return add_table(connection, table, _place(lane, name, path), source.columns, scratch)


def add_absent_source(connection: Connection, lane: Lane, name: str, *, table: str) -> None:
    """Makes `table` of the optional source `name`, which is not there: with its columns and no row."""
    source = lane.spec.sources[name]
    if isinstance(source, JsonSource):
        add_document(connection, table, None)
    elif isinstance(source, TableSource | WarehouseSource):
        if not source.columns:
            raise SpecProblem(
                str(lane.folder / "defs.yaml"),
                [f"sources.{name}: is not there, and without `columns` no empty table can stand in for it; list them"],
            )
        columns = ", ".join(f"{identifier(column)} {SQL_TYPES[kind]}" for column, kind in source.columns.items())
        add_rows(connection, table, columns, [])


def _place(lane: Lane, name: str, path: Path | None) -> TableAt:
    source = lane.spec.sources[name]
    assert isinstance(source, TableSource | WarehouseSource)
    if path is not None:
        # A file given in place of the source is known by itself; a table in it may be called as the source is.
        configured = isinstance(source, TableSource) and path == lane.source_path(name)
        file_format = source.format if isinstance(source, TableSource) and configured else "auto"
        return TableAt(str(path), file_format, source.table or name)
    if lane.settings.warehouse_url is None:
        raise SourceMissing(
            {name: f"{source.place}: HEARTBEAT_WAREHOUSE_URL is not set; set it to the warehouse's URL"}
        )
    return TableAt(lane.settings.warehouse_url, "warehouse", str(source.table))


@contextmanager
def _as_source_problem(lane: Lane, name: str) -> Iterator[None]:
    """Names the source where its reader refuses."""
    try:
        yield
    except ColumnsMissing as problem:
        uses = [_uses(lane, column) for column in problem.missing]
        sentence = f"input {name}: {str(problem).rstrip('.')}{''.join(uses)}"
        raise SourceUnreadable(name, sentence, "column_missing") from problem
    except TableMissing as problem:
        raise SourceMissing({name: str(problem)}) from problem
    except TableUnreadable as problem:
        raise SourceUnreadable(name, f"input {name}: {problem}") from problem
    except InputUnreadable as problem:
        raise SourceUnreadable(name, str(problem)) from problem


def _uses(lane: Lane, column: str) -> str:
    """Where the lane's SQL uses `column`, as the end of a sentence."""
    found = [
        f"{file} line {line}: {text}" for file, sql in lane.sql_files().items() for line, text in places_of(sql, column)
    ]
    if not found:
        return f"; no query uses {column!r}: take it out of `columns`, or put it back into the source"
    more = f" and {len(found) - _PLACES_SHOWN} more" if len(found) > _PLACES_SHOWN else ""
    return f"; {column!r} is used in {'; '.join(found[:_PLACES_SHOWN])}{more}"
