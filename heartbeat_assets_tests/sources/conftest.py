"""A ledger on both databases, for the sources that are read from it."""

from heartbeat_assets_tests.ledger.conftest import ledger, ledger_url, postgres_url, sqlite_url

__all__ = ["ledger", "ledger_url", "postgres_url", "sqlite_url"]
