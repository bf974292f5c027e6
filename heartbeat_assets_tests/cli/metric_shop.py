"""A project of its own with a metrics service, for tests that call `heartbeat metrics`: an order an hour up to now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from heartbeat_assets.ledger import MetricStore, open_ledger
from heartbeat_assets_tests.metrics.projects import metric_text
from heartbeat_assets_tests.metrics.timed_shop import COUNT, SERVICE
from heartbeat_assets_tests.own_project import OwnProject, own_project

ANA = "ana@example.org"


class MetricShop:
    """The project; `write_metric` adds metrics over its orders, of which there are 24 in every day."""

    def __init__(self, project: OwnProject) -> None:
        self.project = project
        self.folder = project.folder
        self.metrics = project.defs / "shop" / "metrics"
        project.write("own_shop/defs/shop/defs.yaml", SERVICE)
        now = datetime.now(UTC)
        rows = [f"A{hour},{hour % 7},{now - timedelta(hours=hour):%Y-%m-%d %H:%M:%S}\n" for hour in range(24 * 10)]
        project.write("data/orders.csv", f"order_id,amount,ordered_at\n{''.join(rows)}")
        project.write("data/prices.csv", "name,price\nbread,2.5\n")
        visit = '{"session_id": "s", "event": "first_answer", "ts": "2026-02-23T09:00:00Z"}\n'
        project.write("data/visits/2026-02.jsonl", visit)

    def write_metric(self, metric_id: str = "orders_day", sql: str = COUNT, **header: str | None) -> Path:
        """A metric that is green from 20 on and red below 10; its code is made of its id."""
        given: dict[str, str | None] = {"name": "Orders a day", "unit": "orders"}
        given |= {"norm_value": "20", "alert_value": "10"}
        given["code"] = metric_id.upper().replace("_", "")[:4].ljust(4, "0")
        return self.project.write(f"own_shop/defs/shop/metrics/{metric_id}.sql", metric_text(sql, **given | header))

    @property
    def store(self) -> MetricStore:
        return open_ledger(self.project.settings.ledger_url).metrics


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MetricShop]:
    """The project, with the environment pointing at it; Ana sits at the terminal."""
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.setenv("HEARTBEAT_ACTOR", ANA)
    for project in own_project(folder, monkeypatch):
        yield MetricShop(project)
