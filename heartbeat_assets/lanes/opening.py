"""A lane's sources opened for its SQL: limited to a period where one is given, with the rollups digest.sql merges.

A layer over `sources.opening`. It must not know what the queries return.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.period_views import add_period, check_period_column, of_all_periods, show_period
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.sources.opening import Opened, Progress, blaming, open_sources, silent, telemetry_store
from heartbeat_assets.sources.spec import EventsSource
from heartbeat_assets.telemetry.store import TelemetryStore
from heartbeat_assets.telemetry.typed_sql import stored_events
from heartbeat_assets.warehouse import run


@contextmanager
def opened(
    lane: Lane,
    paths: Mapping[str, Path | None],
    *,
    raw: frozenset[str] = frozenset(),
    period: Period | None = None,
    only: Sequence[str] | None = None,
    progress: Progress = silent,
) -> Iterator[Opened]:
    """Opens the sources at `paths` (`only` those named); telemetry in `raw` is read as it is, else from the store.

    Raises HeartbeatError of the kind that fits.
    """
    table_of = str if period is None else of_all_periods
    with open_sources(lane, paths, raw=raw, only=only, table_of=table_of) as sources:
        if period is not None:
            _show_period(lane, sources, period, only)
        if lane.spec.rollup_sql and only is None:
            for name, source in lane.sources.items():
                if isinstance(source, EventsSource):
                    stored = period is None and name in paths and name not in raw
                    _add_rollup(lane, sources, name, stored=stored, progress=progress)
        yield sources


def _show_period(lane: Lane, sources: Opened, period: Period, only: Sequence[str] | None) -> None:
    add_period(sources.connection, period)
    for name in lane.sources if only is None else only:
        if name in sources.seen:
            check_period_column(lane, name, sources.seen[name])
        show_period(sources.connection, name, lane.sources[name], period)


def _add_rollup(lane: Lane, sources: Opened, name: str, *, stored: bool, progress: Progress) -> None:
    """The table that digest.sql merges: stored rollups where they are at hand, else one made now."""
    connection = sources.connection
    rollups = rollups_of(lane, name, telemetry_store(lane, name), progress) if stored else []
    if rollups:
        files = stored_events([str(file) for file in rollups])
        run(connection, f"CREATE TEMP VIEW rollup AS SELECT * FROM {files}")
    else:
        sources(str(lane.spec.rollup_sql), partial(run, connection, f"CREATE TEMP TABLE rollup AS {lane.rollup_sql()}"))


def rollups_of(lane: Lane, name: str, store: TelemetryStore, progress: Progress) -> list[Path]:
    """The stored rollups of the telemetry `name`, made where they are not there. Call it with the store locked."""
    sql, source = lane.rollup_sql(), lane.sources[name]
    if sql is None or not isinstance(source, EventsSource):
        return []
    with blaming(lane, lane.spec.rollup_sql):
        return store.rollup_files(name, source.event_sets, sql, progress)
