"""What a metric gets as soon as it is registered: its first value, and its benchmark where there is a history for one.

Used by whoever registers metrics. It must not register anything itself, but for what `compute_metrics` does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from heartbeat_assets.ledger import Actor, MetricStore, NewBenchmark, NewValue
from heartbeat_assets.metrics.benchmark import refresh_benchmarks
from heartbeat_assets.metrics.catalog import Catalog
from heartbeat_assets.metrics.compute import compute_metrics
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.ticks import LENGTHS
from heartbeat_assets.sources.opening import Progress, silent

# Of a single value nothing is normal.
_FEWEST = 2


@dataclass
class Welcome:
    """The first value and the benchmark of each metric, by its id, as far as it got them."""

    values: dict[str, NewValue] = field(default_factory=dict)
    benchmarks: dict[str, NewBenchmark] = field(default_factory=dict)


def welcome(
    catalog: Catalog,
    store: MetricStore,
    ids: Collection[str],
    actor: Actor,
    now: datetime,
    *,
    progress: Progress = silent,
) -> Welcome:
    """Computes the newest tick of the metrics `ids`, and the benchmark of those with values enough.

    An id without a file that is right is passed over. Raises HeartbeatError or LedgerError when nothing can be
    computed or recorded at all.
    """
    found = Welcome()
    files = [file for name in sorted(ids) if (file := catalog.files.get(name)) is not None]
    for service in sorted({file.service for file in files}):
        for every in LENGTHS:
            only = {file.metric_id for file in files if file.service == service and file.header.every == every}
            if only:
                report = compute_metrics(
                    catalog, catalog.services[service], store,
                    actor=actor, every=every, only=only, now=now, progress=progress,
                )  # fmt: skip
                found.values |= report.newest
    enough = [file for file in files if _measured(file, store) >= _FEWEST]
    found.benchmarks = {one.metric_id: one for one in refresh_benchmarks(enough, store, now)}
    return found


def _measured(file: MetricFile, store: MetricStore) -> int:
    """How many of the newest ticks have a value, counted no farther than needed."""
    values = store.values(file.metric_id, limit=_FEWEST)
    return sum(value.value is not None for value in values)
