"""A ledger of its own for each test as the configured one, once on SQLite and once on PostgreSQL; nothing is cached."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from heartbeat_assets.guard import allowed, answers
from heartbeat_assets.ledger import Ledger
from heartbeat_assets_tests.emit.conftest import configured, ledger_url, postgres_url, sqlite_url
from heartbeat_assets_tests.ledger.raw import raw_engine

__all__ = ["configured", "ledger_url", "postgres_url", "sqlite_url"]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "_sources", {})
    monkeypatch.setattr(allowed, "_logged", {})
    monkeypatch.delenv("HEARTBEAT_GUARD_CACHE_SECONDS", raising=False)
    monkeypatch.delenv("HEARTBEAT_GUARD_WHEN_UNKNOWN", raising=False)


@pytest.fixture
def engine(configured: Ledger, ledger_url: str) -> Iterator[sa.Engine]:
    """The application's own engine to the database that the ledger is in."""
    engine = raw_engine(ledger_url)
    yield engine
    engine.dispose()
