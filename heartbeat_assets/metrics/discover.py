"""What there is to build a metric on: the metrics already there, and every source with how well it is filled.

It only looks: telemetry is brought up to date, and nothing else is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.ledger import MetricStore
from heartbeat_assets.metrics.catalog import Catalog
from heartbeat_assets.metrics.document import Document, metric_document, metrics_now, text_of
from heartbeat_assets.metrics.measuring import Measuring, measuring
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.sources.opening import Progress, silent
from heartbeat_assets.sources.spec import JsonSource, RowsSource, Source, event_instants
from heartbeat_assets.warehouse import QueryProblem
from heartbeat_assets.warehouse.profile import ColumnProfile, TableProfile

_OF_A_METRIC = ("metric_id", "service", "code", "name", "status", "verification_state", "sources")


def discover(catalog: Catalog, store: MetricStore, now: datetime, *, progress: Progress = silent) -> Document:
    """The live registry, the sources of every service as they are at `now`, and what is wrong with files."""
    metrics = [metric_document(one) for one in metrics_now(catalog, store) if not one.retired]
    return {
        "metrics": [{name: metric[name] for name in _OF_A_METRIC} for metric in metrics],
        "services": [_service(catalog, service, now, progress) for service in catalog.services.values()],
        "problems": [str(problem) for problem in catalog.problems],
    }


def _service(catalog: Catalog, service: Service, now: datetime, progress: Progress) -> Document:
    users: dict[str, list[str]] = {name: [] for name in service.sources}
    for file in catalog.of_service(service.name):
        for name in file.header.sources:
            users[name].append(file.metric_id)
    with measuring(service, [], also=service.sources, progress=progress) as sources:
        looked = [_source(sources, name, users[name], now) for name in service.sources]
    return {"service": service.name, "description": service.spec.description, "sources": looked}


def _source(sources: Measuring, name: str, users: list[str], now: datetime) -> Document:
    source = sources.service.sources[name]
    found: Document = {
        "source": name,
        "kind": source.kind,
        "place": source.place,
        "description": source.description,
        "used_by": users,
        "problem": None,
        "rows": None,
        "rows_looked_at": None,
        "columns": [],
        "columns_total": None,
        "first": None,
        "last": None,
        "as_of": None,
        "age_seconds": None,
    }
    try:
        profile, schema, as_of = sources.look_at(name, now)
    except (HeartbeatError, QueryProblem, TimeoutError) as problem:
        return {**found, "problem": str(problem)}
    columns = (
        [{"name": key, "type": "JSON"} for key in schema.split(", ") if key]
        if isinstance(source, JsonSource)
        else [_column(column) for column in profile.columns]
    )
    dated = _dated(source, profile)
    return {
        **found,
        "rows": profile.rows,
        "rows_looked_at": profile.looked_at,
        "columns": columns,
        "columns_total": len(columns) if isinstance(source, JsonSource) else profile.columns_total,
        "first": text_of(dated.first) if dated is not None else None,
        "last": text_of(dated.last) if dated is not None else None,
        "as_of": text_of(as_of),
        "age_seconds": None if as_of is None else int(max(now - as_of, timedelta()).total_seconds()),
    }


def _column(column: ColumnProfile) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.kind,
        "filled": column.filled,
        "distinct": column.distinct,
        "first": text_of(column.first),
        "last": text_of(column.last),
    }


def _dated(source: Source, profile: TableProfile) -> ColumnProfile | None:
    """The column that says which time the rows are of: the one named for it, else the first with instants."""
    named = source.period_column if isinstance(source, RowsSource) else event_instants(source)
    return next(_instants(profile, named), None)


def _instants(profile: TableProfile, named: str | None) -> Iterator[ColumnProfile]:
    yield from (column for column in profile.columns if column.name == named)
    yield from (column for column in profile.columns if column.first is not None)
