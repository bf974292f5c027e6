"""From a lane's sources to its digest: telemetry brought up to date, rolled up, and the one row of digest.sql.

Two ways that give the same answer: over the store, where only what is new costs anything, and over raw files in one
pass. It must not record or judge the digest.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.lanes.digest import build_digest
from heartbeat_assets.lanes.inputs import read_document, resolve_inputs
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.spec_sources import EventsSource
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.telemetry.event_files import event_files
from heartbeat_assets.telemetry.raw import RawEvents
from heartbeat_assets.telemetry.store import IngestReport, TelemetryStore, view_of_parquet
from heartbeat_assets.telemetry.typed_sql import stored_events
from heartbeat_assets.warehouse import QueryProblem, add_document, add_rows, connect, one_row, run

Progress = Callable[[str], None]
_LOCK = ".lock"


def silent(_: str) -> None:
    """Progress that nobody watches."""


def telemetry_store(lane: Lane, source: str) -> TelemetryStore:
    """The store of the lane's telemetry `source`."""
    return TelemetryStore(lane.home / "telemetry" / source)


def update_telemetry(lane: Lane, progress: Progress = silent, *, only: str | None = None) -> dict[str, IngestReport]:
    """Reads what is new in every telemetry source that is there (or `only` one) and rolls it up, by source name.

    Raises InputMissing, InputUnreadable (the readable files were read all the same) or SpecProblem.
    """
    reports = {}
    paths = resolve_inputs(lane)
    for name, source in lane.spec.sources.items():
        if isinstance(source, EventsSource) and only in (None, name):
            store = telemetry_store(lane, name)
            with store.locked():
                if name in paths:
                    reports[name] = store.ingest(paths[name], progress)
                    _rollups(lane, name, store, progress)
                else:
                    store.forget()
    return reports


def compute_digest(
    lane: Lane,
    *,
    inputs: Mapping[str, str] | None = None,
    thresholds: Mapping[str, float] | None = None,
    now: datetime | None = None,
    progress: Progress = silent,
) -> Document:
    """The lane's digest now: of the sources of defs.yaml as last read, or of the files given as `inputs`.

    Telemetry named in `inputs` is read raw in one pass and leaves nothing behind; without, call `update_telemetry`
    before. Raises HeartbeatError of the kind that fits.
    """
    paths = resolve_inputs(lane, inputs)
    row = _digest_row(lane, paths, raw=frozenset(inputs or ()), progress=progress)
    return build_digest(
        lane.spec,
        row,
        generated_at=now or datetime.now(UTC),
        sources_read=list(paths),
        thresholds=thresholds,
        sql_file=str(lane.folder / lane.spec.digest_sql),
    )


def _digest_row(lane: Lane, paths: Mapping[str, Path], *, raw: frozenset[str], progress: Progress) -> dict[str, Any]:
    with ExitStack() as stack:
        raw_events: list[RawEvents] = []
        scratch = Path(stack.enter_context(_scratch(lane)))
        connection = stack.enter_context(connect(scratch))
        add_rows(
            connection,
            "sources",
            "name VARCHAR, present BOOLEAN",
            [(name, name in paths) for name in lane.spec.sources],
        )
        for name, source in lane.spec.sources.items():
            path = paths.get(name)
            if not isinstance(source, EventsSource):
                add_document(connection, name, read_document(name, path) if path else None)
            elif path is not None and name not in raw:
                store = telemetry_store(lane, name)
                stack.enter_context(store.locked())
                _view_of_store(lane, connection, name, source, store, progress)
            else:
                files = event_files(path) if path else []
                events = stack.enter_context(RawEvents(files, name, source.event_sets, scratch).opened(connection))
                raw_events.append(events)
                if lane.spec.rollup_sql:
                    _roll_up(lane, connection, events.reading)
        with _blaming(lane, lane.spec.digest_sql):
            query: Callable[[], dict[str, Any]] = partial(one_row, connection, lane.digest_sql())
            for events in raw_events:
                query = partial(events.reading, query)
            return query()


def _view_of_store(
    lane: Lane, connection: Any, name: str, source: EventsSource, store: TelemetryStore, progress: Progress
) -> None:
    view_of_parquet(connection, name, source.event_sets, store.parquet_files())
    if not lane.spec.rollup_sql:
        return
    rollups = _rollups(lane, name, store, progress)
    if rollups:
        stored = stored_events([str(file) for file in rollups])
        run(connection, f"CREATE TEMP VIEW rollup AS SELECT * FROM {stored}")
    else:
        _roll_up(lane, connection, lambda query: query())


def _rollups(lane: Lane, name: str, store: TelemetryStore, progress: Progress) -> list[Path]:
    sql, source = lane.rollup_sql(), lane.spec.sources[name]
    if sql is None or not isinstance(source, EventsSource):
        return []
    with _blaming(lane, lane.spec.rollup_sql):
        return store.rollup_files(name, source.event_sets, sql, progress)


def _roll_up(lane: Lane, connection: Any, reading: Callable[[Callable[[], None]], None]) -> None:
    """The table that digest.sql merges, from the view of the events, where no stored rollup is at hand."""
    with _blaming(lane, lane.spec.rollup_sql):
        reading(partial(run, connection, f"CREATE TEMP TABLE rollup AS {lane.rollup_sql()}"))


@contextmanager
def _blaming(lane: Lane, file: str | None) -> Iterator[None]:
    """Names the SQL file of the lane whose query the engine refuses."""
    try:
        yield
    except QueryProblem as problem:
        raise SpecProblem(str(lane.folder / str(file)), [str(problem)]) from problem


@contextmanager
def _scratch(lane: Lane) -> Iterator[str]:
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
