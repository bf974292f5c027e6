"""What is normal for a metric: mean and standard deviation over a rolling window, median and MAD beside them.

Informational only. It must not lead to a threshold: thresholds are a person's, and the ledger refuses any other
(`ledger.metric_guards`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from statistics import fmean, median, stdev

from heartbeat_assets.ledger import MetricStore, MetricValue, NewBenchmark
from heartbeat_assets.metrics.metric_file import MetricFile


def refresh_benchmarks(files: Iterable[MetricFile], store: MetricStore, now: datetime) -> list[NewBenchmark]:
    """Works out the benchmark of each metric over its own window up to `now` and records it; returns them.

    A metric without a single value in its window gets none.
    """
    benchmarks = []
    for file in files:
        days = file.header.benchmark_days
        values = store.values(file.metric_id, since=now - timedelta(days=days), until=now)
        benchmark = benchmark_of(file.metric_id, values, window_days=days, now=now)
        if benchmark is not None:
            benchmarks.append(benchmark)
    if benchmarks:
        store.append_benchmarks(benchmarks)
    return benchmarks


def benchmark_of(
    metric_id: str, values: Sequence[MetricValue], *, window_days: int, now: datetime
) -> NewBenchmark | None:
    """The benchmark over `values` (oldest first), ticks without data left out; None when nothing is left.

    The standard deviation is the sample's (n - 1), absent for a single value. MAD is the median distance from the
    median, not scaled to a standard deviation. A figure that is too large for a number is absent too.
    """
    measured = [(one.tick, one.value) for one in values if one.value is not None]
    if not measured:
        return None
    numbers = [value for _, value in measured]
    middle = median(numbers)
    return NewBenchmark(
        metric_id=metric_id,
        computed_at=now,
        window_days=window_days,
        count=len(numbers),
        mean=_finite(lambda: fmean(numbers)),
        stddev=_finite(lambda: stdev(numbers)) if len(numbers) > 1 else None,
        median=_finite(lambda: middle),
        mad=_finite(lambda: median(abs(value - middle) for value in numbers)),
        first_tick=measured[0][0],
        last_tick=measured[-1][0],
    )


def _finite(figure: Callable[[], float]) -> float | None:
    """The figure, or None where it does not fit: one metric with huge values must not cost the others theirs."""
    try:
        found = figure()
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
