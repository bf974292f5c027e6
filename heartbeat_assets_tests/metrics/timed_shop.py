"""A shop with an order an hour up to a known moment, whose metrics can be computed then and for the days before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from heartbeat_assets.ledger import MetricStore, MetricValue, open_ledger
from heartbeat_assets.metrics.changes import change_metric
from heartbeat_assets.metrics.compute import ComputeReport, compute_metrics
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.ticks import Every
from heartbeat_assets_tests.metrics.projects import PERSON, PROGRAM, MetricsProject

NOW = datetime(2026, 2, 23, 14, 30, tzinfo=UTC)
NEWEST = datetime(2026, 2, 23, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYS = 10
LAST_ORDER = NEWEST - timedelta(minutes=10)
COUNT = "SELECT count(*) FROM orders WHERE ordered_at > $as_of - INTERVAL 24 HOUR AND ordered_at <= $as_of"
SERVICE = """type: heartbeat_assets.MetricService
attributes:
  query_seconds: 1
  sources:
    orders:
      kind: table
      path: data/orders.csv
      columns: {order_id: text, amount: number, ordered_at: timestamp}
      period_column: ordered_at
    prices: {kind: table, path: data/prices.csv}
    visits: {kind: events, path: data/visits, event_sets: {answer: [first_answer]}}
    extras: {kind: json, path: data/extras.json, required: false}
"""
# More rows than can be counted in a second.
ENDLESS = "SELECT count(*) FROM range(100000) a, range(100000) b, range(1000) c WHERE a.range + b.range % 7 = c.range"


class TimedShop(MetricsProject):
    """The project; all is there but metrics. Values are 24 at every tick of the last days."""

    def __init__(self, folder: Path, ledger_url: str | None = None) -> None:
        super().__init__(folder)
        if ledger_url is not None:
            self.settings = replace(self.settings, ledger_url=ledger_url)
        self.write_service(yaml=SERVICE)
        self.write_orders(24 * DAYS)
        self.write("data/prices.csv", "name,price\nbread,2.5\nsalt,1\n")
        lines = [
            f'{{"session_id": "s{hour}", "event": "first_answer", "ts": "{_iso(LAST_ORDER - hour * HOUR)}"}}\n'
            for hour in range(48)
        ]
        self.write("data/visits/2026-02.jsonl", "".join(lines))

    def write_orders(self, count: int, header: str = "order_id,amount,ordered_at") -> None:
        """Writes so many orders, one an hour, the newest ten minutes before the newest tick."""
        rows = [f"A{hour},{10 + hour % 7},{LAST_ORDER - hour * HOUR:%Y-%m-%d %H:%M:%S}\n" for hour in range(count)]
        self.write("data/orders.csv", f"{header}\n{''.join(rows)}")

    def write_count(self, metric_id: str = "orders_day", sql: str = COUNT, **header: str | None) -> Path:
        """Writes a metric that counts the orders of a day: green from 20 on, red below 10."""
        limits: dict[str, str | None] = {"unit": "orders", "norm_value": "20", "alert_value": "10"}
        return self.write_metric(metric_id, sql, **limits | header)

    @property
    def store(self) -> MetricStore:
        return open_ledger(self.settings.ledger_url).metrics

    @property
    def service(self) -> Service:
        return self.catalog.services["shop"]

    def compute(
        self,
        *,
        ticks: Sequence[datetime] | None = None,
        every: Every = "hour",
        only: Collection[str] | None = None,
        now: datetime = NOW,
    ) -> ComputeReport:
        """Computes as the schedule does at NOW."""
        catalog = self.catalog
        return compute_metrics(
            catalog, catalog.services["shop"], self.store,
            actor=PROGRAM, every=every, ticks=ticks, only=only, now=now,
        )  # fmt: skip

    def values(self, metric_id: str = "orders_day") -> list[MetricValue]:
        return self.store.values(metric_id)

    def newest(self, metric_id: str = "orders_day") -> MetricValue:
        """The value of the newest tick, which is there."""
        return self.store.values(metric_id, limit=1)[0]

    def change(self, metric_id: str = "orders_day", reason: str = "a test", **changes: Any) -> None:
        """A person's change."""
        change_metric(self.store, metric_id, changes, actor=PERSON, reason=reason)

    def verify(self, metric_id: str = "orders_day") -> None:
        """A person owns the metric and verifies it."""
        self.change(metric_id, owner="ana@example.org", verification_state="verified")

    def close(self) -> None:
        if (self.settings.home / "ledger.sqlite").exists():
            open_ledger(self.settings.ledger_url).close()


def hours(count: int, last: datetime = NEWEST) -> list[datetime]:
    """So many ticks, the last of them `last`."""
    return [last - hour * HOUR for hour in reversed(range(count))]


def _iso(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
