"""A project with metrics for each test, and a ledger on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from heartbeat_assets.ledger import Ledger, MetricStore, open_ledger
from heartbeat_assets_tests.ledger.conftest import ledger, ledger_url, postgres_url, sqlite_url
from heartbeat_assets_tests.metrics.projects import MetricsProject
from heartbeat_assets_tests.metrics.timed_shop import TimedShop

__all__ = ["ledger", "ledger_url", "postgres_url", "sqlite_url"]


@pytest.fixture
def shop(tmp_path: Path) -> MetricsProject:
    """A project with the service `shop`, which has no metric yet."""
    made = MetricsProject(tmp_path / "project")
    made.write_service()
    return made


@pytest.fixture
def store(ledger: Ledger) -> MetricStore:
    """The metrics of an empty ledger, once on SQLite and once on PostgreSQL."""
    return ledger.metrics


@pytest.fixture
def timed(tmp_path: Path) -> Iterator[TimedShop]:
    """A project with the service `shop`, an order an hour, no metric yet, and a ledger in a file of its own."""
    made = TimedShop(tmp_path / "timed")
    yield made
    made.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[MetricStore]:
    """The metrics of an empty ledger on SQLite, for what is the same on any database."""
    opened = open_ledger(sqlite_url)
    yield opened.metrics
    opened.close()
