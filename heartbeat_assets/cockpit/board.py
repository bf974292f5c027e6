"""What the first page shows, kept in memory: state, benchmark and the newest values of every metric.

It follows the ledger by its marks and reads only what came since, in short transactions, and holds none in between. A
snapshot never changes, so requests read it without a lock while the next one is made. It must not write, nor render.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from heartbeat_assets.cockpit.files import Files
from heartbeat_assets.ledger import Benchmark, LedgerError, MetricRow, MetricStore, MetricValue
from heartbeat_assets.metrics.catalog import Catalog

KEPT = 30
"""How many of the newest values of each metric: what a sparkline shows."""
_BATCH = 5000
# Beyond so many new rows, such as after a backfill, reading the newest of each metric again costs less.
_MOST_FOLLOWED = 20_000
# Beyond so many changed metrics, their states are read in one query.
_MOST_ONE_BY_ONE = 20

Values = tuple[MetricValue, ...]


@dataclass(frozen=True)
class Snapshot:
    """The board at a moment. `version` grows with every change, `stamps` says in which one a metric last changed."""

    version: int
    marks: tuple[int, int, int]
    catalog: Catalog
    files_version: int
    rows: Mapping[str, MetricRow] = field(default_factory=dict)
    values: Mapping[str, Values] = field(default_factory=dict)
    benchmarks: Mapping[str, Benchmark] = field(default_factory=dict)
    stamps: Mapping[str, int] = field(default_factory=dict)

    @property
    def shown(self) -> list[str]:
        """The metrics of the cockpit: registered or about to be, and their files are there."""
        return [name for name in sorted(self.catalog.files) if not self.is_retired(name)]

    def is_retired(self, metric_id: str) -> bool:
        row = self.rows.get(metric_id)
        return row is not None and row.registration == "retired"


class Board:
    """Follows the ledger at `store()`. Safe to use from several threads."""

    def __init__(self, files: Files, store: Callable[[], MetricStore]) -> None:
        self._files = files
        self._store = store
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._looked_at = 0.0

    @property
    def age_seconds(self) -> float | None:
        """How long ago the board was compared with the ledger; None before the first time."""
        return None if self._snapshot is None else time.monotonic() - self._looked_at

    def now(self, *, at_most_seconds: float = 0.0) -> Snapshot:
        """The board, compared with the ledger not longer than `at_most_seconds` ago. Raises LedgerError."""
        snapshot, age = self._snapshot, self.age_seconds
        if snapshot is None or age is None or age > at_most_seconds:
            return self.refresh()
        return snapshot

    def last(self) -> Snapshot | None:
        """The board as it was when it was last compared, without looking."""
        return self._snapshot

    def refresh(self) -> Snapshot:
        """Brings the board up to date. Raises LedgerError; then the board stays as it was."""
        with self._lock:
            store = self._store()
            marks = store.marks()
            version, catalog = self._files.versioned()
            before = self._snapshot
            if before is None or _went_back(before.marks, marks):
                after = _read(store, marks, version, catalog, before)
            elif before.marks != marks or before.files_version != version:
                after = _followed(store, marks, version, catalog, before)
            else:
                after = before
            self._snapshot, self._looked_at = after, time.monotonic()
            return after

    def try_refresh(self) -> str:
        """The same for a thread that must go on: why it failed, "" when it did not."""
        try:
            self.refresh()
        except LedgerError as problem:
            return str(problem)
        return ""


def _went_back(before: tuple[int, int, int], now: tuple[int, int, int]) -> bool:
    """Whether this is another ledger than before: one that was restored, or a new one in its place."""
    return any(new < old for old, new in zip(before, now, strict=True))


def _read(
    store: MetricStore, marks: tuple[int, int, int], files_version: int, catalog: Catalog, before: Snapshot | None
) -> Snapshot:
    """The board from nothing but the ledger."""
    version = before.version + 1 if before else 1
    rows = store.rows()
    values = {name: tuple(found) for name, found in store.newest_values(KEPT).items()}
    names = rows.keys() | values.keys() | catalog.files.keys()
    return Snapshot(
        version, marks, catalog, files_version, rows, values, store.newest_benchmarks(), dict.fromkeys(names, version)
    )


def _followed(
    store: MetricStore, marks: tuple[int, int, int], files_version: int, catalog: Catalog, before: Snapshot
) -> Snapshot:
    """The board after what came since `before`."""
    if marks[0] - before.marks[0] > _MOST_FOLLOWED:
        return _read(store, marks, files_version, catalog, before)
    version, changed = before.version + 1, set[str]()
    rows, values, benchmarks = before.rows, before.values, before.benchmarks
    seen = list(before.marks)
    if marks[1] > before.marks[1]:
        rows, names, seen[1] = _newer_rows(store, before)
        changed |= names
    if marks[0] > before.marks[0]:
        values, names, seen[0] = _newer_values(store, before)
        changed |= names
    if marks[2] > before.marks[2]:
        newest = store.newest_benchmarks()
        changed |= {name for name, one in newest.items() if before.benchmarks.get(name) != one}
        benchmarks, seen[2] = newest, marks[2]
    if files_version != before.files_version:
        changed |= _changed_files(before.catalog, catalog)
    stamps = {**before.stamps, **dict.fromkeys(changed, version)}
    # What was read may be more than the marks said: it is where the next look begins.
    return Snapshot(version, (seen[0], seen[1], seen[2]), catalog, files_version, rows, values, benchmarks, stamps)


def _newer_rows(store: MetricStore, before: Snapshot) -> tuple[Mapping[str, MetricRow], set[str], int]:
    names: set[str] = set()
    after = before.marks[1]
    while events := store.events_after(after, limit=_BATCH):
        names |= {event.metric_id for event in events}
        after = events[-1].seq
        if len(events) < _BATCH:
            break
    if len(names) > _MOST_ONE_BY_ONE:
        return store.rows(), names, after
    found = {name: store.row(name) for name in names}
    return {**before.rows, **{name: row for name, row in found.items() if row is not None}}, names, after


def _newer_values(store: MetricStore, before: Snapshot) -> tuple[Mapping[str, Values], set[str], int]:
    values = dict(before.values)
    names: set[str] = set()
    after = before.marks[0]
    while found := store.values_after(after, limit=_BATCH):
        by_metric: dict[str, list[MetricValue]] = {}
        for value in found:
            by_metric.setdefault(value.metric_id, []).append(value)
        for name, newer in by_metric.items():
            merged = merge(values.get(name, ()), newer)
            if merged != values.get(name):
                values[name] = merged
                names.add(name)
        after = found[-1].seq
        if len(found) < _BATCH:
            break
    return values, names, after


def merge(kept: Values, newer: Iterable[MetricValue]) -> Values:
    """The newest values by their ticks, of each tick the newest revision; `newer` may be of any age."""
    merged = list(kept)
    for value in newer:
        place = bisect_left(merged, value.tick, key=lambda one: one.tick)
        if place < len(merged) and merged[place].tick == value.tick:
            if value.revision >= merged[place].revision:
                merged[place] = value
        else:
            merged.insert(place, value)
    return tuple(merged[-KEPT:])


def _changed_files(before: Catalog, now: Catalog) -> set[str]:
    names = before.files.keys() | now.files.keys()
    return {name for name in names if before.files.get(name) != now.files.get(name)}
