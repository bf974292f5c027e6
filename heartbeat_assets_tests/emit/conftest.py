"""A ledger of its own for each test as the configured one, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator

import pytest

from heartbeat_assets.emit import flush
from heartbeat_assets.ledger import Ledger, open_ledger
from heartbeat_assets_tests.ledger.conftest import ledger_url, postgres_url, sqlite_url

__all__ = ["configured", "ledger_url", "postgres_url", "sqlite_url"]


@pytest.fixture
def configured(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", ledger_url)
    ledger = open_ledger(ledger_url)
    yield ledger
    assert flush(60)
    ledger.close()
