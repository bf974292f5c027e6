"""A lane's sources opened as the tables its SQL reads, each by its name, in an engine of its own.

Telemetry comes from the store or raw, in one pass; where a period is given, only what belongs to it is visible. It
must not know what the queries return.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.period_views import add_period, of_all_periods, show_period
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.lanes.spec_sources import EventsSource, RowsSource
from heartbeat_assets.lanes.table_sources import add_absent_source, add_source, check_period_column
from heartbeat_assets.telemetry.event_files import event_files
from heartbeat_assets.telemetry.raw import RawEvents
from heartbeat_assets.telemetry.store import TelemetryStore, view_of_parquet
from heartbeat_assets.telemetry.typed_sql import stored_events
from heartbeat_assets.warehouse import QueryProblem, add_rows, connect, run
from heartbeat_assets.warehouse.tables import TableSeen

if TYPE_CHECKING:
    from heartbeat_assets.warehouse.connection import Connection

Progress = Callable[[str], None]
Answer = TypeVar("Answer")
_LOCK = ".lock"
_LOST_COLUMN = re.compile(r'column named "|Referenced column "')


def silent(_: str) -> None:
    """Progress that nobody watches."""


def telemetry_store(lane: Lane, source: str) -> TelemetryStore:
    """The store of the lane's telemetry `source`."""
    return TelemetryStore(lane.home / "telemetry" / source)


class Opened:
    """The sources as tables on `connection`; calling it runs a query over them."""

    def __init__(self, lane: Lane, connection: Connection) -> None:
        self.lane = lane
        self.connection = connection
        self.raw_events: list[RawEvents] = []

        self.undeclared: dict[str, TableSeen] = {}

    def __call__(self, file: str, query: Callable[[], Answer]) -> Answer:
        """What `query` returns; the SQL `file` is named where the engine refuses. Raises SpecProblem."""
        for events in self.raw_events:
            query = partial(events.reading, query)
        with blaming(self.lane, file, self._columns_now):
            return query()

    def _columns_now(self) -> str:
        """What the sources have whose columns defs.yaml does not list: a column may be lost there."""
        return "".join(
            f"\nSource {name} has {', '.join(column for column, _ in seen.columns)} now."
            for name, seen in self.undeclared.items()
        )


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
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(scratch_folder(lane)))
        connection = stack.enter_context(connect(scratch))
        sources = Opened(lane, connection)
        present = [(name, name in paths) for name in lane.spec.sources]
        add_rows(connection, "sources", "name VARCHAR, present BOOLEAN", present)
        if period is not None:
            add_period(connection, period)
        for name in lane.spec.sources if only is None else only:
            source = lane.spec.sources[name]
            table = name if period is None else of_all_periods(name)
            if isinstance(source, EventsSource) and name in paths and name not in raw:
                _stored(stack, sources, name, table)
            elif isinstance(source, EventsSource):
                _raw(stack, sources, name, table, paths.get(name), scratch)
            elif name in paths:
                seen = add_source(connection, lane, name, paths[name], scratch, table=table)
                if period is not None and seen is not None:
                    check_period_column(lane, name, seen)
                if seen is not None and isinstance(source, RowsSource) and not source.columns:
                    sources.undeclared[name] = seen
            else:
                add_absent_source(connection, lane, name, table=table)
            if period is not None:
                show_period(connection, name, source, period)
            if isinstance(source, EventsSource) and lane.spec.rollup_sql and only is None:
                stored = period is None and name in paths and name not in raw
                _add_rollup(sources, name, stored=stored, progress=progress)
        yield sources


def _stored(stack: ExitStack, sources: Opened, name: str, table: str) -> None:
    """Telemetry from the store, which stays locked meanwhile."""
    store = telemetry_store(sources.lane, name)
    stack.enter_context(store.locked())
    view_of_parquet(sources.connection, table, _event_sets(sources.lane, name), store.parquet_files())


def _raw(stack: ExitStack, sources: Opened, name: str, table: str, path: Path | None, scratch: Path) -> None:
    """Telemetry as it lies there."""
    files = event_files(path) if path else []
    events = RawEvents(files, table, _event_sets(sources.lane, name), scratch)
    sources.raw_events.append(stack.enter_context(events.opened(sources.connection)))


def _event_sets(lane: Lane, name: str) -> Mapping[str, list[str]]:
    source = lane.spec.sources[name]
    assert isinstance(source, EventsSource)
    return source.event_sets


def _add_rollup(sources: Opened, name: str, *, stored: bool, progress: Progress) -> None:
    """The table that digest.sql merges: stored rollups where they are at hand, else one made now."""
    lane, connection = sources.lane, sources.connection
    rollups = rollups_of(lane, name, telemetry_store(lane, name), progress) if stored else []
    if rollups:
        files = stored_events([str(file) for file in rollups])
        run(connection, f"CREATE TEMP VIEW rollup AS SELECT * FROM {files}")
    else:
        sources(str(lane.spec.rollup_sql), partial(run, connection, f"CREATE TEMP TABLE rollup AS {lane.rollup_sql()}"))


def rollups_of(lane: Lane, name: str, store: TelemetryStore, progress: Progress) -> list[Path]:
    """The stored rollups of the telemetry `name`, made where they are not there. Call it with the store locked."""
    sql, source = lane.rollup_sql(), lane.spec.sources[name]
    if sql is None or not isinstance(source, EventsSource):
        return []
    with blaming(lane, lane.spec.rollup_sql):
        return store.rollup_files(name, source.event_sets, sql, progress)


@contextmanager
def blaming(lane: Lane, file: str | None, columns_now: Callable[[], str] = str) -> Iterator[None]:
    """Names the SQL file of the lane whose query the engine refuses; for a lost column, what there is now."""
    try:
        yield
    except QueryProblem as problem:
        said = str(problem)
        said += columns_now() if _LOST_COLUMN.search(said) else ""
        raise SpecProblem(str(lane.folder / str(file)), [said]) from problem


@contextmanager
def scratch_folder(lane: Lane) -> Iterator[str]:
    """A folder for what one command needs for a moment. Raises HeartbeatError when it cannot be made."""
    from filelock import FileLock

    folder = lane.settings.home / "scratch"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(folder)
        with tempfile.TemporaryDirectory(dir=folder, prefix=f"{lane.name}-") as name, FileLock(Path(name) / _LOCK):
            yield name
    except OSError as problem:
        raise HeartbeatError(
            f"{folder}: {problem.strerror or problem}; check the disk, or set HEARTBEAT_HOME"
        ) from problem


def _remove_abandoned(folder: Path) -> None:
    """Removes what killed commands left, known by a lock that nobody holds: unpacked telemetry can be large."""
    from filelock import FileLock, Timeout

    for left in folder.iterdir():
        lock = left / _LOCK
        # Without a lock file it is just being made, or not ours.
        if lock.is_file():
            with suppress(Timeout, OSError), FileLock(lock, timeout=0):
                shutil.rmtree(left, ignore_errors=True)
