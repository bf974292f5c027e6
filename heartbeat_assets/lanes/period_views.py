"""What belongs to one period, as views: each source under its own name, limited to the period.

A source knows its periods by the time of its events or by its `period_column`; one that has neither is seen whole. It
must not read files.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.sources.row_dates import period_column_problem
from heartbeat_assets.sources.spec import RowsSource, Source, TableSource, WarehouseSource, event_instants
from heartbeat_assets.telemetry.typed_sql import identifier
from heartbeat_assets.warehouse import add_rows, one_row, run
from heartbeat_assets.warehouse.tables import TableSeen

if TYPE_CHECKING:
    from heartbeat_assets.warehouse.connection import Connection

_COLUMNS = "key VARCHAR, start_us BIGINT, end_us BIGINT"


def of_all_periods(name: str) -> str:
    """What the table of a source is called before it is limited to a period."""
    return f"{name} of all periods"


def add_period(connection: Connection, period: Period) -> None:
    """Makes the table `period` with its one row: key, and start and end in microseconds since 1970 UTC."""
    add_rows(connection, "period", _COLUMNS, [(period.key, microseconds(period.start), microseconds(period.end))])


def check_period_column(lane: Lane, name: str, seen: TableSeen) -> None:
    """Sees to it that the source's `period_column` is there and says when. Raises SpecProblem."""
    source = lane.sources[name]
    column = source.period_column if isinstance(source, TableSource | WarehouseSource) else None
    if column is None:
        return
    what = period_column_problem(column, dict(seen.columns))
    if what is not None:
        raise SpecProblem(str(lane.folder / "defs.yaml"), [f"sources.{name}.period_column: {what}"])


def show_period(connection: Connection, name: str, source: Source, period: Period) -> None:
    """Makes the view `name` of what belongs to `period`."""
    everything = f"SELECT * FROM {identifier(of_all_periods(name))}"
    instant = instant_us(source)
    if instant is not None:
        everything += f" WHERE {instant} >= {microseconds(period.start)} AND {instant} < {microseconds(period.end)}"
    run(connection, f"CREATE TEMP VIEW {identifier(name)} AS {everything}")


def count_in_period(connection: Connection, lane: Lane) -> int | None:
    """How many events and dated rows the views show; None for a lane none of whose sources knows periods."""
    dated = dated_sources(lane)
    if not dated:
        return None
    counts = " + ".join(f"(SELECT count(*) FROM {identifier(name)})" for name in dated)
    return int(one_row(connection, f"SELECT {counts} AS counted")["counted"])


def dated_sources(lane: Lane) -> list[str]:
    """The sources that know when their rows happened."""
    return [name for name, source in lane.spec.sources.items() if instant_us(source) is not None]


def instant_us(source: Source) -> str | None:
    """The SQL for when a row of `source` happened, in microseconds since 1970 UTC; None when it does not say."""
    if isinstance(source, RowsSource) and source.period_column:
        return f"epoch_us(CAST({identifier(source.period_column)} AS TIMESTAMPTZ))"
    return event_instants(source)


def microseconds(instant: datetime) -> int:
    """An aware instant in microseconds since 1970 UTC."""
    return round(instant.timestamp()) * 1_000_000
