"""Whether the metrics are in order as a whole: their files, their registration, and whether their schedule runs.

For `heartbeat doctor`. It must not compute or change anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from heartbeat_assets.ledger import MetricRow, MetricValue, open_ledger
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.metrics.ticks import LENGTHS, Every, newest_tick
from heartbeat_assets.metrics.wording import duration_words, instant_words
from heartbeat_assets.settings import Settings

Finding = tuple[str, Literal["ok", "degraded", "failed"], str]
# A tick is computed some time after its hour is over; two that are missing say that nothing runs.
_MAY_BE_MISSING = 2


def metrics_standing(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What is to be said about the metrics: a name, a status and a sentence each; nothing where there are none."""
    catalog = load_catalog(settings)
    if not catalog.services and not catalog.problems:
        return
    store = open_ledger(settings.ledger_url).metrics
    rows = store.rows()
    live = [name for name in catalog.files if name in rows and rows[name].registration == "registered"]
    services = f"{len(catalog.services)} service{'s' * (len(catalog.services) != 1)}"
    yield "metrics", "ok", f"{len(live):,} registered in {services}"
    for problem in catalog.problems:
        yield "metrics", "failed", str(problem)
    yield from _unregistered(catalog, rows)
    if live:
        newest = store.newest_values()
        yield from _schedules(catalog, live, newest, now)


def _unregistered(catalog: Catalog, rows: dict[str, MetricRow]) -> Iterator[Finding]:
    waiting = [name for name in catalog.files if name not in rows and name not in catalog.clashes]
    if waiting:
        yield "metrics", "degraded", f"not registered yet: {', '.join(waiting)}; run `heartbeat metrics compute`"
    back = [name for name in catalog.files if name in rows and rows[name].registration == "retired"]
    for name in back:
        path = catalog.files[name].path
        yield "metrics", "failed", f"{path}: {name} is retired, and an id is never used again; rename or remove it"


def _schedules(
    catalog: Catalog, live: list[str], newest: dict[str, list[MetricValue]], now: datetime
) -> Iterator[Finding]:
    """When each service's newest tick was computed, and whether a schedule seems to stand still."""
    for service in sorted({catalog.files[name].service for name in live}):
        ours = [catalog.files[name] for name in live if catalog.files[name].service == service]
        computed = [values[-1] for file in ours if (values := newest.get(file.metric_id))]
        if not computed:
            yield service, "degraded", "no metric was ever computed; run `heartbeat metrics compute`, or start Dagster"
            continue
        last = max(computed, key=lambda value: (value.tick, value.computed_at))
        every: Every = "hour" if any(file.header.every == "hour" for file in ours) else "day"
        said = f"newest tick {instant_words(last.tick)}, computed {instant_words(last.computed_at)}"
        behind = newest_tick(every, now) - last.tick
        if behind >= _MAY_BE_MISSING * LENGTHS[every] and catalog.services[service].spec.schedule.enabled:
            late = duration_words(max(behind, timedelta()))
            yield service, "degraded", f"{said}: {late} behind; is Dagster's daemon running (`make ui`)?"
        else:
            yield service, "ok", said
