"""A fresh ledger for each test, once on SQLite and once on PostgreSQL."""

from heartbeat_assets_tests.ledger.conftest import ledger, ledger_url, postgres_url, sqlite_url

__all__ = ["ledger", "ledger_url", "postgres_url", "sqlite_url"]
