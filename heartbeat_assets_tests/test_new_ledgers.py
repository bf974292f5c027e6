"""A new ledger of a test is, to the letter, what the migrations make."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, open_ledger
from heartbeat_assets.ledger import upgrade as upgrading
from heartbeat_assets.ledger.location import locate
from heartbeat_assets_tests.ledger.conftest import ledger, ledger_url, postgres_url, sqlite_url
from heartbeat_assets_tests.ledger.entries import heartbeats
from heartbeat_assets_tests.ledger.raw import raw_engine
from heartbeat_assets_tests.new_ledgers import migrate

__all__ = ["ledger", "ledger_url", "postgres_url", "sqlite_url"]

IN_A_SCHEMA = (
    "SELECT relname, relkind::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace",
    "SELECT tgname, pg_get_triggerdef(pg_trigger.oid), tgenabled::text FROM pg_trigger JOIN pg_class "
    "ON tgrelid = pg_class.oid WHERE relnamespace = current_schema()::regnamespace",
    "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = current_schema()::regnamespace",
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
    "SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema()",
    "SELECT table_name, column_name, data_type, collation_name, is_nullable, identity_generation "
    "FROM information_schema.columns WHERE table_schema = current_schema()",
    "SELECT 'revision', version_num FROM ledger_version",
)
IN_A_FILE = (
    "SELECT type, name, sql FROM sqlite_master",
    "SELECT 'revision', version_num FROM ledger_version",
    "SELECT 'pages', page_size FROM pragma_page_size",
    "SELECT 'log', journal_mode FROM pragma_journal_mode",
)


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """What a database has, whatever its schema is called."""
    raw = raw_engine(url)
    with raw.connect() as connection:
        schema = connection.scalar(sa.text("SELECT current_schema()")) if raw.dialect.name == "postgresql" else None
        found = {}
        for query in IN_A_SCHEMA if schema else IN_A_FILE:
            rows = connection.exec_driver_sql(query)
            texts = [tuple(str(value).replace(str(schema), "<schema>") for value in row) for row in rows]
            found[query] = sorted(texts)
    return found


def emptied(url: str) -> None:
    """Takes everything away again."""
    raw = raw_engine(url)
    if raw.dialect.name == "sqlite":
        Path(str(raw.url.database)).unlink()
        return
    with raw.begin() as connection:
        schema = connection.scalar(sa.text("SELECT current_schema()"))
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}")


def test_it_is_what_the_migrations_make(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ledger(ledger_url).close()
    made = everything(ledger_url)
    emptied(ledger_url)

    monkeypatch.setattr(upgrading, "upgrade", migrate)
    open_ledger(ledger_url).close()

    assert made == everything(ledger_url)
    assert all(made.values())


def test_one_that_has_something_is_left_as_it_is(ledger: Ledger, ledger_url: str) -> None:
    ledger.import_entries("lane", heartbeats(1, 2))
    upgrading.upgrade(locate(ledger_url))
    assert open_ledger(ledger_url).size("lane") == 2
