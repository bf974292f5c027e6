"""The page of one metric: everything the ledger and its file have about it.

It reads in a few short transactions. It must not judge a value or a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from heartbeat_assets.cockpit.charts import status_strip
from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.entity_tags import place_tag
from heartbeat_assets.cockpit.metric_stretch import stretch_of
from heartbeat_assets.cockpit.tiles import status_since, tile_of
from heartbeat_assets.cockpit.views import (
    AuditEvent,
    BenchmarkView,
    Editable,
    HistoryRow,
    MetricView,
    RangeChoice,
    SourceView,
)
from heartbeat_assets.cockpit.views.words import in_full, normal_looks_like, thresholds
from heartbeat_assets.ledger import Benchmark, MetricEvent, MetricValue
from heartbeat_assets.metrics.document import MetricNow
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.registry import differences
from heartbeat_assets.metrics.state import MetricState

_MOST_ROWS = 500
_RECENT = 2200


def metric_view(cockpit: Cockpit, metric: MetricNow, choice: RangeChoice) -> MetricView:
    """The page of `metric` over `choice`. Raises LedgerError."""
    store, name = cockpit.store, metric.metric_id
    stretch = stretch_of(cockpit, metric, choice.since, choice.until)
    recent = store.values(name, limit=_RECENT)
    row = store.row(name)
    state, file = metric.state, metric.file
    header = file.header if file else None
    problem = metric.problem or ""
    tile = tile_of(
        file, name, metric.service, row, recent, metric.benchmark, status_since(recent) or _first(recent), problem
    )
    limits = state.thresholds if state else header.thresholds if header else None
    chain = store.verify_metric(name)
    return MetricView(
        tile=tile,
        description=header.description if header else "",
        how_to_read=header.how_to_read if header else "",
        methodology=header.methodology if header else "",
        direction=limits.direction if limits else "higher_is_better",
        range=choice,
        chart=stretch.chart(),
        strip=status_strip(stretch.points, since=choice.since, until=choice.until),
        rows=tuple(_history_row(value) for value in reversed(stretch.values[-_MOST_ROWS:])),
        rows_left_out=max(0, len(stretch.values) - _MOST_ROWS),
        editable=_editable(state),
        thresholds_sentence=(
            thresholds(limits.direction, limits.norm_value, limits.alert_value, limits.recovery_value) if limits else ""
        ),
        differences=tuple(differences(file, state)) if file and state else (),
        benchmark=_benchmark(metric.benchmark, header.unit if header else ""),
        stage=metric.stage,
        events=tuple(_audited(event) for event in reversed(stretch.events)),
        chain_problem=(
            ""
            if chain.unbroken
            else f"The audit trail is broken at entry {chain.broken_at}: {chain.reason}. Somebody changed the database "
            "behind the cockpit's back."
        ),
        sql=file.sql if file else "",
        sql_hash=(file.sql_hash if file else state.sql_hash if state else None) or "",
        sql_path=_place(cockpit, file),
        crosscheck=(file.crosscheck if file else None) or "",
        lineage_url=_lineage(cockpit.settings.dagster_url, metric),
        sources=_sources(cockpit, file, recent),
        tags=header.tags if header else (),
        etag=place_tag(state.place if state else 0),
        retired=metric.retired,
        retired_why=_retired_why(stretch.events) if metric.retired else "",
    )


def _first(values: Sequence[MetricValue]) -> datetime | None:
    return values[0].tick if values else None


def _history_row(value: MetricValue) -> HistoryRow:
    return HistoryRow(
        tick=value.tick,
        value_text="" if value.value is None else in_full(value.value),
        status=value.status,
        computed_at=value.computed_at,
        source_as_of=value.source_as_of,
        revision=value.revision,
        error=value.error or "",
    )


def _editable(state: MetricState | None) -> Editable:
    if state is None:
        return Editable()
    limits = state.thresholds
    return Editable(
        owner=state.owner or "",
        norm_value=_number(limits.norm_value),
        alert_value=_number(limits.alert_value),
        recovery_value=_number(limits.recovery_value),
        target_due_date=state.target_due_date,
        verified_until=state.verified_until,
    )


def _number(value: float | None) -> str:
    return "" if value is None else repr(value).removesuffix(".0")


def _benchmark(benchmark: Benchmark | None, unit: str) -> BenchmarkView | None:
    if benchmark is None:
        return None
    figures = (benchmark.mean, benchmark.stddev, benchmark.median, benchmark.mad)
    if any(figure is None for figure in figures):
        return None
    mean, stddev, median, mad = cast(tuple[float, float, float, float], figures)
    sentence = normal_looks_like(
        mean, stddev, median, mad, count=benchmark.count, window_days=benchmark.window_days, unit=unit
    )
    return BenchmarkView(sentence=sentence, computed_at=benchmark.computed_at)


def _audited(event: MetricEvent) -> AuditEvent:
    return AuditEvent(
        at=event.at,
        who=event.actor,
        via=event.via,
        field=event.field,
        before=_recorded(event.field, event.before),
        after=_recorded(event.field, event.after),
        why=event.reason,
        entry_hash=event.entry_hash,
    )


def _recorded(field: str, value: str | None) -> str:
    # A threshold as people type it.
    return (value or "").removesuffix(".0") if field.endswith("_value") else value or ""


def _place(cockpit: Cockpit, file: MetricFile | None) -> str:
    if file is None:
        return ""
    project = cockpit.settings.project.project
    path = file.path.relative_to(project) if file.path.is_relative_to(project) else file.path
    return f"{path.as_posix()}:{file.sql_line}"


def _lineage(dagster_url: str, metric: MetricNow) -> str:
    if not dagster_url or metric.retired or not metric.service:
        return ""
    return f"{dagster_url}/assets/{metric.service}/{metric.metric_id}?view=lineage"


def _sources(cockpit: Cockpit, file: MetricFile | None, values: Sequence[MetricValue]) -> tuple[SourceView, ...]:
    if file is None:
        return ()
    service = cockpit.files.catalog.services.get(file.service)
    kinds = {name: source.kind for name, source in service.sources.items()} if service else {}
    # The ledger has the age of the oldest source; of a single one that is its own.
    as_of = values[-1].source_as_of if values and len(file.header.sources) == 1 else None
    return tuple(SourceView(name=name, kind=kinds.get(name, ""), as_of=as_of) for name in file.header.sources)


def _retired_why(events: Sequence[MetricEvent]) -> str:
    ends = [event for event in events if event.field == "registration" and event.after == "retired"]
    if not ends:
        return ""
    last = ends[-1]
    return f"By {last.actor} on {last.at:%Y-%m-%d %H:%M} UTC: {last.reason.removesuffix('.')}."
