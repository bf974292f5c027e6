"""Values of metrics at ticks: measured, judged by the thresholds of that moment, recorded in one transaction a batch.

A tick is idempotent: what is recorded already is neither computed nor recorded again. One metric that fails is recorded
without data and its error, and stops no other. It must not decide when to run; the schedule, a backfill or a person
does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from heartbeat_assets.ledger import Actor, MetricRow, MetricStore, NewMetricEvent, NewValue
from heartbeat_assets.metrics.catalog import Catalog
from heartbeat_assets.metrics.judging import Judge
from heartbeat_assets.metrics.measuring import Measured, Measuring, measuring
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.recorded import recorded_ticks
from heartbeat_assets.metrics.registry import SyncReport, sync
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.ticks import Every, newest_tick
from heartbeat_assets.sources.opening import Progress, silent
from heartbeat_assets.warehouse import QueryProblem

_BATCH = 5000
_VALUES_FOR_CADENCE = 3
# Told every so many ticks of a backfill.
_PROGRESS_TICKS = 240


@dataclass
class ComputeReport:
    """What came of computing a service's metrics.

    `computed` values were measured now, `newest` has the last of them for each metric, and `recorded` of them were new
    in the ledger; `known` were there already, and `skipped` says of a metric why its past cannot be computed. Not every
    value is kept: a backfill has millions.
    """

    synced: SyncReport
    computed: int = 0
    newest: dict[str, NewValue] = field(default_factory=dict)
    recorded: int = 0
    known: int = 0
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def failures(self) -> dict[str, str]:
        """The error of the newest computed tick of each metric that has one."""
        return {name: value.error for name, value in self.newest.items() if value.error is not None}

    def record(self, values: Sequence[NewValue], store: MetricStore) -> None:
        """Records `values`, oldest first, in one transaction and takes note of them."""
        self.recorded += store.append_values(values)
        self.computed += len(values)
        self.newest |= {value.metric_id: value for value in values}


def compute_metrics(
    catalog: Catalog,
    service: Service,
    store: MetricStore,
    *,
    actor: Actor,
    every: Every = "hour",
    ticks: Sequence[datetime] | None = None,
    only: Collection[str] | None = None,
    now: datetime | None = None,
    progress: Progress = silent,
) -> ComputeReport:
    """Computes the service's metrics of the cadence `every` (or `only` those of them) at `ticks`, oldest first.

    Without `ticks`, at the newest that is over. The registry is brought in line with the files before. A metric whose
    query does not use `$as_of` is computed for the newest tick alone: it cannot know its past. Raises HeartbeatError
    or LedgerError when nothing can be computed or recorded at all.
    """
    now = now or datetime.now(UTC)
    report = ComputeReport(sync(catalog, store, actor=actor, now=now))
    newest = newest_tick(every, now)
    wanted = sorted(set(ticks)) if ticks is not None else [newest]
    rows = store.rows()
    files = [file for file in _registered(catalog, service, rows, only) if file.header.every == every]
    if files:
        with measuring(service, files, ingest=newest in wanted, progress=progress) as sources:
            note_schemas(sources, files, rows, store, actor)
            computing = _Computing(sources, store, Judge(store, newest), report, progress)
            computing.run(files, [tick for tick in wanted if tick <= newest], newest, now)
    _record_broken(catalog, service, rows, store, report, every, only, newest if newest in wanted else None, now)
    return report


def _registered(
    catalog: Catalog, service: Service, rows: dict[str, MetricRow], only: Collection[str] | None
) -> Iterator[MetricFile]:
    for file in catalog.files.values():
        row = rows.get(file.metric_id)
        ours = file.service == service.name and row is not None and row.registration == "registered"
        if ours and (only is None or file.metric_id in only):
            yield file


def note_schemas(
    sources: Measuring, files: Sequence[MetricFile], rows: dict[str, MetricRow], store: MetricStore, actor: Actor
) -> None:
    """Records the columns of each metric's sources where they are not those of before; that ends a verification."""
    changes: dict[str, list[NewMetricEvent]] = {}
    for file in files:
        known, schema = rows[file.metric_id].source_schema, sources.schema(file)
        if schema is None or schema == known:
            continue
        said = "first look at the sources"
        if known is not None:
            said = f"the columns of its sources changed: {_difference(known, schema)}"
        changes[file.metric_id] = [NewMetricEvent("source_schema", schema, said)]
        if known is not None:
            # Also where it was not verified when `rows` was read: what changes nothing is no event.
            changes[file.metric_id] += [
                NewMetricEvent("verification_state", "unverified", said),
                NewMetricEvent("verified_until", None, said),
            ]
    if changes:
        store.append_events_of_many(changes, actor)


def _difference(before: str, after: str) -> str:
    """The columns that are gone and those that are new, as `source.column TYPE`."""
    old, new = set(_columns(before)), set(_columns(after))
    gone, come = sorted(old - new), sorted(new - old)
    parts = [f"gone {', '.join(gone)}" if gone else "", f"new {', '.join(come)}" if come else ""]
    return "; ".join(part for part in parts if part) or "their order"


def _columns(schema: str) -> Iterator[str]:
    for source in schema.split("; "):
        name, _, columns = source.partition("(")
        yield from (f"{name}.{column}" for column in columns.removesuffix(")").split(", ") if column)


def _without_a_past(file: MetricFile) -> str:
    """Why no past of `file` can be computed; empty when it can."""
    try:
        return "" if file.uses_as_of else "its query does not use $as_of, so its past cannot be known"
    except QueryProblem as problem:
        return f"{file.path.name}, line {file.sql_line}: {problem}"


class _Computing:
    """The walk over ticks and metrics, with what is recorded in batches."""

    def __init__(
        self, sources: Measuring, store: MetricStore, judge: Judge, report: ComputeReport, progress: Progress
    ) -> None:
        self._sources, self._store, self._judge, self._report = sources, store, judge, report
        self._progress = progress
        self._batch: list[NewValue] = []

    def run(self, files: Sequence[MetricFile], ticks: Sequence[datetime], newest: datetime, now: datetime) -> None:
        """Computes and records every file at every tick, a tick at a time."""
        if not ticks:
            return
        known = {file.metric_id: recorded_ticks(self._store, file, ticks) for file in files}
        self._judge.begin(files, ticks[0])
        for place, tick in enumerate(ticks, 1):
            for file in files:
                if tick != newest and (why := _without_a_past(file)):
                    self._report.skipped[file.metric_id] = why
                elif (found := known[file.metric_id].get(tick)) is not None:
                    self._report.known += 1
                    self._judge.remember(file, found)
                else:
                    self._take(file, tick, self._sources.measure(file, tick), now)
            if len(self._batch) >= _BATCH:
                self._record()
            if place % _PROGRESS_TICKS == 0:
                self._progress(f"{place:,} of {len(ticks):,} ticks.")
        self._record()

    def _take(self, file: MetricFile, tick: datetime, measured: Measured, now: datetime) -> None:
        self._batch.append(
            NewValue(
                metric_id=file.metric_id,
                tick=tick,
                value=measured.value,
                status=self._judge.status(file, tick, measured.value),
                computed_at=now,
                source_as_of=measured.source_as_of,
                sql_hash=file.sql_hash,
                error=measured.error,
            )
        )

    def _record(self) -> None:
        if self._batch:
            self._report.record(self._batch, self._store)
            self._batch = []


def _record_broken(
    catalog: Catalog,
    service: Service,
    rows: dict[str, MetricRow],
    store: MetricStore,
    report: ComputeReport,
    every: Every,
    only: Collection[str] | None,
    tick: datetime | None,
    now: datetime,
) -> None:
    """A registered metric whose file cannot be read must not stop in silence: it is recorded without data."""
    if tick is None:
        return
    values = [
        NewValue(name, tick, None, "no_data", now, None, rows[name].sql_hash or "", str(problem)[:2000])
        for name, problem in catalog.broken(service.name).items()
        if name in rows and rows[name].registration == "registered" and (only is None or name in only)
        if _cadence_so_far(store, name) == every
    ]
    if values:
        report.record(values, store)


def _cadence_so_far(store: MetricStore, metric_id: str) -> Every:
    """How often the metric was computed, by its newest values: its file, which would say so, cannot be read."""
    values = store.values(metric_id, limit=_VALUES_FOR_CADENCE)
    daily = len(values) > 1 and all(newest_tick("day", value.tick) == value.tick for value in values)
    return "day" if daily else "hour"
