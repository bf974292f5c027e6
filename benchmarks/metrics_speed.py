"""A tick of 1,000 metrics against a tick of 10: one connection, one transaction a batch; and a backfill."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import Line
from benchmarks.metric_project import ACTOR, metric_project, registered
from heartbeat_assets.metrics.compute import compute_metrics
from heartbeat_assets.metrics.ticks import newest_tick, ticks

_FEW, _MANY = 10, 1_000


def measure(folder: Path, backfill_days: int) -> list[Line]:
    """Lines of the table: what a tick costs, and what a backfilled value does."""
    few, many = _tick(folder / "metrics-few", _FEW), _tick(folder / "metrics-many", _MANY)
    values, seconds = _backfill(folder / "metrics-few", backfill_days)
    return [
        Line(f"a tick of {_MANY:,} metrics over 100,000 rows", f"{many:.2f} s", f"of {_FEW} metrics {few:.2f} s",
             f"{many / few:.1f}x its time for {_MANY // _FEW}x the metrics"),
        Line(f"backfill of {_FEW} metrics over {backfill_days} days", f"{seconds:.1f} s", f"{values:,} values",
             f"{values / seconds:,.0f} a second"),
    ]  # fmt: skip


def _tick(folder: Path, metrics: int) -> float:
    """Seconds from the files to the recorded values of one tick."""
    catalog, store = registered(metric_project(folder, metrics))
    started = time.perf_counter()
    report = compute_metrics(catalog, catalog.services["shop"], store, actor=ACTOR)
    seconds = time.perf_counter() - started
    if report.recorded != metrics or report.failures:
        raise SystemExit(f"{report.recorded} of {metrics} metrics were recorded; {report.failures}")
    return seconds


def _backfill(folder: Path, days: int) -> tuple[int, float]:
    """How many values a backfill recorded, and how long that took."""
    catalog, store = registered(metric_project(folder, _FEW))
    until = newest_tick("hour", datetime.now(UTC))
    wanted = list(ticks("hour", until.fromtimestamp(until.timestamp() - days * 86_400, UTC), until))
    started = time.perf_counter()
    report = compute_metrics(catalog, catalog.services["shop"], store, actor=ACTOR, ticks=wanted)
    return report.recorded, time.perf_counter() - started
