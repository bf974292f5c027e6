"""KPI events of the ledger as a source: whether there are any, and all of them as a table.

It must not judge or count them; SQL does. The ledger is imported where it is asked: most digests need none.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.spec import KPI_COLUMNS, KpiEventsSource
from heartbeat_assets.warehouse.tables import TableSeen, TableUnreadable
from heartbeat_assets.warehouse.tables.columns import SQL_TYPES
from heartbeat_assets.warehouse.tables.handed_over import add_handed_over

if TYPE_CHECKING:
    from heartbeat_assets.warehouse.connection import Connection


def kpi_absence(source: KpiEventsSource, settings: Settings) -> str | None:
    """Why there is nothing to read in the configured ledger, or None when there is.

    A ledger that cannot be asked is no absence: opening the source says what is wrong with it.
    """
    from heartbeat_assets.ledger import LedgerError

    try:
        if newest_event(source, settings) is not None:
            return None
    except LedgerError:
        return None
    series = source.domain if source.metric is None else f"{source.domain}.{source.metric}"
    example = f"heartbeat kpi emit {source.domain} {source.metric or 'some_metric'} --success"
    return (
        f"there is no KPI event of {series} in the ledger yet; emit one as `{example}` does, or set `required: false`"
    )


def newest_event(source: KpiEventsSource, settings: Settings) -> datetime | None:
    """When the newest event of the source was; None without any. Cheap. Raises LedgerError."""
    from heartbeat_assets.ledger import open_ledger

    series = open_ledger(settings.ledger_url).events.series()
    found = [one.last_at for one in series if one.domain == source.domain and source.metric in (None, one.metric)]
    return max(found, default=None)


def add_kpi_events(
    connection: Connection, source: KpiEventsSource, settings: Settings, scratch: Path, *, table: str
) -> TableSeen:
    """Makes `table` of every event of the source, in order of metric and time. Raises TableUnreadable."""
    from heartbeat_assets.ledger import LedgerError, open_ledger

    types = {column: SQL_TYPES[kind] for column, kind in KPI_COLUMNS.items()}
    try:
        events = open_ledger(settings.ledger_url).events
        return add_handed_over(
            connection,
            table,
            types,
            lambda null: events.bulk(source.domain, source.metric, null=null),
            scratch,
            where=source.place,
        )
    except LedgerError as problem:
        raise TableUnreadable(f"{source.place} cannot be read: {problem}") from problem
