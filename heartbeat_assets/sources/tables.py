"""Sources as the tables SQL reads: documents, rows in files, tables of the warehouse, KPI events of the ledger.

Turns what a reader refuses into a sentence that names the source, the column, and where the SQL uses it. It must not
read telemetry; `opening` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.errors import InputUnreadable
from heartbeat_assets.sources.inputs import SourceMissing, SourceUnreadable, read_document
from heartbeat_assets.sources.kpi_events import add_kpi_events
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets.sources.spec import (
    KPI_COLUMNS,
    EventsSource,
    JsonSource,
    KpiEventsSource,
    TableSource,
    WarehouseSource,
)
from heartbeat_assets.sources.sql_places import places_of
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
    connection: Connection, owner: SourceOwner, name: str, path: Path | None, scratch: Path, *, table: str
) -> TableSeen | None:
    """Makes `table` of the source `name`, which is not telemetry, read from `path` (None: a database).

    Returns what was seen of its rows (None for a document). Raises SourceMissing, SourceUnreadable or SpecProblem.
    """
    source = owner.sources[name]
    if isinstance(source, JsonSource):
        assert path is not None
        with _as_source_problem(owner, name):
            add_document(connection, table, read_document(name, path))
        return None
    with _as_source_problem(owner, name):
        if isinstance(source, KpiEventsSource):
            if path is None:
                return add_kpi_events(connection, source, owner.settings, scratch, table=table)
            return add_table(connection, table, TableAt(str(path), "auto", name), KPI_COLUMNS, scratch)
        assert isinstance(source, TableSource | WarehouseSource)
        return add_table(connection, table, _place(owner, name, path), source.columns, scratch)


def add_absent_source(connection: Connection, owner: SourceOwner, name: str, *, table: str) -> None:
    """Makes `table` of the optional source `name`, which is not there: with its columns and no row."""
    source = owner.sources[name]
    if isinstance(source, JsonSource):
        add_document(connection, table, None)
    elif not isinstance(source, EventsSource):
        kinds = KPI_COLUMNS if isinstance(source, KpiEventsSource) else source.columns
        columns = ", ".join(f"{identifier(column)} {SQL_TYPES[kind]}" for column, kind in kinds.items())
        add_rows(connection, table, columns, [])


def _place(owner: SourceOwner, name: str, path: Path | None) -> TableAt:
    source = owner.sources[name]
    assert isinstance(source, TableSource | WarehouseSource)
    if path is not None:
        # A file given in place of the source is known by itself; a table in it may be called as the source is.
        configured = isinstance(source, TableSource) and path == owner.source_path(name)
        file_format = source.format if isinstance(source, TableSource) and configured else "auto"
        return TableAt(str(path), file_format, source.table or name)
    if owner.settings.warehouse_url is None:
        raise SourceMissing(
            {name: f"{source.place}: HEARTBEAT_WAREHOUSE_URL is not set; set it to the warehouse's URL"}
        )
    return TableAt(owner.settings.warehouse_url, "warehouse", str(source.table))


@contextmanager
def _as_source_problem(owner: SourceOwner, name: str) -> Iterator[None]:
    """Names the source where its reader refuses."""
    try:
        yield
    except ColumnsMissing as problem:
        uses = [_uses(owner, name, column) for column in problem.missing]
        sentence = f"input {name}: {str(problem).rstrip('.')}{''.join(uses)}"
        raise SourceUnreadable(name, sentence, "column_missing") from problem
    except TableMissing as problem:
        raise SourceMissing({name: str(problem)}) from problem
    except TableUnreadable as problem:
        raise SourceUnreadable(name, f"input {name}: {problem}") from problem
    except InputUnreadable as problem:
        raise SourceUnreadable(name, str(problem)) from problem


def _uses(owner: SourceOwner, name: str, column: str) -> str:
    """Where the owner's SQL uses `column` of the source `name`, as the end of a sentence."""
    files = owner.sql_files()
    found = [(file, line, text) for file, sql in files.items() for line, text in places_of(sql, column)]
    if not found:
        return f"; no query uses {column!r}: take it out of `columns`, or put it back into the source"
    # A column of that name may be another table's: those beside the table itself say more.
    beside = [place for place in found if place[1] in _lines_about(files[place[0]], name)]
    shown = [f"{file} line {line}: {text}" for file, line, text in beside or found]
    more = f" and {len(shown) - _PLACES_SHOWN} more" if len(shown) > _PLACES_SHOWN else ""
    return f"; {column!r} is used in {'; '.join(shown[:_PLACES_SHOWN])}{more}"


def _lines_about(sql: str, table: str) -> set[int]:
    """The lines of every paragraph of `sql`, set off by blank lines, that uses `table`."""
    about: set[int] = set()
    used = {line for line, _ in places_of(sql, table)}
    paragraph: list[int] = []
    for line, text in enumerate([*sql.split("\n"), ""], start=1):
        if text.strip():
            paragraph.append(line)
            continue
        about.update(paragraph if used.intersection(paragraph) else ())
        paragraph = []
    return about
