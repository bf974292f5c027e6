"""A metric as one document: what its file says, what people decided, what it is now. For terminals and the API alike.

It must not compute, change or judge anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from heartbeat_assets.ledger import Benchmark, MetricEvent, MetricRow, MetricStore, MetricValue, NewBenchmark
from heartbeat_assets.metrics.catalog import Catalog
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.registry import differences
from heartbeat_assets.metrics.state import MetricState, reviewed, stage_of, state_of

Document = dict[str, Any]
_WORST_FIRST = {"red": 0, "amber": 1, "no_data": 2, "green": 3}
_OF_THE_HEADER = ("code", "name", "period", "unit", "description", "how_to_read", "methodology")


@dataclass(frozen=True)
class MetricNow:
    """What is known of a metric: its `file` (None once it is retired), its `state` (None before it is registered)."""

    metric_id: str
    service: str
    file: MetricFile | None
    state: MetricState | None
    newest: MetricValue | None
    benchmark: Benchmark | None
    stage: int
    problem: str | None = None

    @property
    def status(self) -> str:
        """Of its newest tick; `no_data` before there is one."""
        return "no_data" if self.newest is None else self.newest.status

    @property
    def retired(self) -> bool:
        return self.state is not None and self.state.retired

    @property
    def verified(self) -> bool:
        return self.state is not None and self.state.verified


def metrics_now(catalog: Catalog, store: MetricStore) -> list[MetricNow]:
    """Every metric there is or was, the worst first, retired ones last."""
    rows, newest, benchmarks = store.rows(), store.newest_values(), store.newest_benchmarks()
    found = [
        _now(catalog, store, name, rows.get(name), newest.get(name), benchmarks.get(name))
        for name in sorted(catalog.files.keys() | rows.keys())
    ]
    return sorted(found, key=lambda one: (one.retired, _WORST_FIRST[one.status], one.metric_id))


def metric_now(catalog: Catalog, store: MetricStore, metric_id: str) -> MetricNow:
    """The metric called `metric_id`, which is there in a file or in the ledger."""
    benchmarks = store.benchmarks(metric_id)
    return _now(
        catalog,
        store,
        metric_id,
        store.row(metric_id),
        store.values(metric_id, limit=1),
        benchmarks[-1] if benchmarks else None,
    )


def _now(
    catalog: Catalog,
    store: MetricStore,
    metric_id: str,
    row: MetricRow | None,
    values: Sequence[MetricValue] | None,
    benchmark: Benchmark | None,
) -> MetricNow:
    file, state = catalog.files.get(metric_id), None if row is None else state_of(row)
    if file is not None and state is not None and state.retired:
        # A file that came back under a retired id is no metric.
        file = None
    service = file.service if file is not None else state.service if state is not None else ""
    problem = catalog.broken(service).get(metric_id)
    # Only while an owner has not decided does the past matter for the stage.
    undecided = state is not None and state.owner is not None and not (state.verified or state.retired)
    return MetricNow(
        metric_id=metric_id,
        service=service,
        file=file,
        state=state,
        newest=values[-1] if values else None,
        benchmark=benchmark,
        stage=stage_of(
            state,
            len(values or ()),
            benchmark is not None,
            reviewed=undecided and reviewed(store.events(metric_id)),
        ),
        problem=None if problem is None else str(problem),
    )


def metric_document(metric: MetricNow) -> Document:
    """The document of `metric`; what is not known of a retired or unregistered one is null."""
    header = metric.file.header if metric.file is not None else None
    state, newest = metric.state, metric.newest
    # Before the registration those of the file, which it will begin with.
    thresholds = state.thresholds if state is not None else header.thresholds if header is not None else None
    return {
        "metric_id": metric.metric_id,
        "service": metric.service,
        **{name: getattr(header, name) if header is not None else None for name in _OF_THE_HEADER},
        "direction": thresholds.direction if thresholds is not None else None,
        "sources": list(header.sources) if header is not None else [],
        "tags": list(header.tags) if header is not None else [],
        "every": header.every if header is not None else None,
        "owner": state.owner if state is not None else None,
        "norm_value": thresholds.norm_value if thresholds is not None else None,
        "alert_value": thresholds.alert_value if thresholds is not None else None,
        "recovery_value": thresholds.recovery_value if thresholds is not None else None,
        "target_due_date": text_of(state.target_due_date) if state is not None else None,
        "verification_state": "verified" if metric.verified else "unverified",
        "verified_until": text_of(state.verified_until) if state is not None else None,
        "value": newest.value if newest is not None else None,
        "status": metric.status,
        "tick": text_of(newest.tick) if newest is not None else None,
        "computed_at": text_of(newest.computed_at) if newest is not None else None,
        "source_as_of": text_of(newest.source_as_of) if newest is not None else None,
        "error": newest.error if newest is not None else None,
        "benchmark": benchmark_document(metric.benchmark),
        "stage": metric.stage,
        "sql": metric.file.sql if metric.file is not None else None,
        "sql_hash": metric.file.sql_hash if metric.file is not None else state.sql_hash if state is not None else None,
        "differences": differences(metric.file, state) if metric.file is not None and state is not None else [],
        "registered": state is not None and not state.retired,
        "retired": metric.retired,
        "problem": metric.problem,
    }


def benchmark_document(benchmark: Benchmark | NewBenchmark | None) -> Document | None:
    """What is normal, or null."""
    if benchmark is None:
        return None
    names = ("window_days", "count", "mean", "stddev", "median", "mad")
    return {**{name: getattr(benchmark, name) for name in names}, "computed_at": text_of(benchmark.computed_at)}


def event_document(event: MetricEvent) -> Document:
    """One change of one field: who, when, before, after, why."""
    return {
        "place": event.place,
        "at": text_of(event.at),
        "actor": event.actor,
        "actor_kind": event.actor_kind,
        "via": event.via,
        "field": event.field,
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
        "entry_hash": event.entry_hash,
    }


def value_document(value: MetricValue) -> Document:
    """One tick of a metric."""
    return {
        "tick": text_of(value.tick),
        "value": value.value,
        "status": value.status,
        "computed_at": text_of(value.computed_at),
        "source_as_of": text_of(value.source_as_of),
        "sql_hash": value.sql_hash,
        "revision": value.revision,
        "error": value.error,
    }


def text_of(moment: date | datetime | None) -> str | None:
    """`moment` as a document has it: ISO 8601, instants in UTC to the second."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat(timespec="seconds")
    return None if moment is None else moment.isoformat()
