"""A project with many metrics and a long hourly past, for the benchmarks of the metrics and of the cockpit."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from heartbeat_assets.ledger import Actor, MetricStore, NewBenchmark, NewValue, open_ledger
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.metrics.registry import sync
from heartbeat_assets.settings import Settings, load_settings

_PROJECT = '[tool.dg]\ndirectory_type = "project"\n\n[tool.dg.project]\nroot_module = "bench"\n'
_SERVICE = """type: heartbeat_assets.MetricService
attributes:
  description: Orders of a shop.
  sources:
    orders:
      kind: table
      path: data/orders.csv
      columns: {ordered_at: timestamp, amount: number}
      period_column: ordered_at
"""
_METRIC = """-- name: Orders above {number}
-- code: {code}
-- period: last 24 hours
-- unit: ratio
-- direction: higher_is_better
-- description: Share of the orders above {number}.
-- how_to_read: Around one half is normal.
-- methodology: Orders above {number} / all orders of the last day.
-- sources: orders
-- norm_value: 0.3
-- alert_value: 0.1
SELECT avg(CASE WHEN amount > {number} THEN 1.0 ELSE 0.0 END)
FROM orders
WHERE ordered_at > $as_of - INTERVAL 24 HOUR AND ordered_at <= $as_of
"""
ACTOR = Actor("benchmark", "program", "cli")
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def metric_project(folder: Path, metrics: int, *, orders: int = 100_000) -> Settings:
    """A project in `folder` with so many metrics over so many orders up to now; made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    service = folder / "bench" / "defs" / "shop"
    (service / "metrics").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "pyproject.toml").write_text(_PROJECT, encoding="utf-8")
    (service / "defs.yaml").write_text(_SERVICE, encoding="utf-8")
    for number in range(metrics):
        code = "".join(_DIGITS[number // 36**place % 36] for place in (3, 2, 1, 0))
        text = _METRIC.format(number=number % 100, code=code)
        (service / "metrics" / f"orders_{number:04d}.sql").write_text(text, encoding="utf-8")
    now = datetime.now(UTC)
    with (folder / "data" / "orders.csv").open("w", encoding="utf-8") as file:
        file.write("ordered_at,amount\n")
        for number in range(orders):
            at = now - timedelta(minutes=number)
            file.write(f"{at.isoformat()},{number * 7919 % 101}\n")
    settings = load_settings(folder)
    return Settings(
        folder,
        folder / "bench" / "defs",
        folder / "home",
        str(folder / "home" / "ledger.sqlite"),
        settings.warehouse_url,
    )


def registered(settings: Settings) -> tuple[Catalog, MetricStore]:
    """The project's metrics, registered in its ledger."""
    catalog, store = load_catalog(settings), open_ledger(settings.ledger_url).metrics
    report = sync(catalog, store, actor=ACTOR, now=datetime.now(UTC))
    if report.refused:
        raise SystemExit(str(report.refused))
    return catalog, store


def give_past(catalog: Catalog, store: MetricStore, days: int, *, until: datetime) -> int:
    """Records a value an hour of every metric over `days` up to `until`, and a benchmark; returns how many."""
    recorded = 0
    for place in range(days * 24, 0, -1):
        tick = until - timedelta(hours=place - 1)
        recorded += store.append_values(list(tick_values(catalog, tick)))
    spread = 0.1
    store.append_benchmarks(
        [
            NewBenchmark(name, until, 30, 720, 0.5, spread, 0.5, spread, until - timedelta(days=30), until)
            for name in catalog.files
        ]
    )
    return recorded


def tick_values(catalog: Catalog, tick: datetime) -> Iterator[NewValue]:
    """A value of every metric at `tick`: a daily wave, now and then beyond its norm."""
    hour = tick.timestamp() / 3600
    for number, file in enumerate(catalog.files.values()):
        value = round(0.5 + 0.25 * math.sin(hour / 24 * math.tau + number), 6)
        status = "green" if value >= 0.3 else "amber"
        yield NewValue(file.metric_id, tick, value, status, tick, tick, file.sql_hash, None)
