"""The migrations, on both databases."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from heartbeat_assets.ledger import Ledger, LedgerError, guards, open_ledger
from heartbeat_assets.ledger.schema import REVISIONS, VERSION_TABLE, metadata
from heartbeat_assets_tests.ledger.entries import heartbeat
from heartbeat_assets_tests.ledger.raw import raw_engine


def _not_the_version_table(_item: Any, name: str | None, *_rest: Any) -> bool:
    return name != VERSION_TABLE


def test_the_tables_that_queries_see_are_the_tables_that_are_made(ledger: Ledger, raw: sa.Engine) -> None:
    with raw.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _not_the_version_table})
        assert compare_metadata(context, metadata) == []


def test_the_known_revisions_are_the_migrations_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", "heartbeat_assets.ledger:migrations")
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(reversed([script.revision for script in scripts])) == REVISIONS


def test_a_migration_that_fails_leaves_nothing_half_done(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        # The last step of the migration.
        patched.setattr(guards, "next_in_chain", lambda dialect, schema: ["CREATE TRIGGER nonsense"])
        with pytest.raises(LedgerError, match=r"syntax error|incomplete input"):
            open_ledger(ledger_url)
        assert sa.inspect(raw_engine(ledger_url)).get_table_names() == []
    ledger = open_ledger(ledger_url)
    assert ledger.append("lane", heartbeat(1)).appended
    ledger.close()


def test_the_ledger_leaves_other_tables_of_a_shared_database_alone(ledger_url: str) -> None:
    open_ledger(ledger_url).close()
    assert sorted(sa.inspect(raw_engine(ledger_url)).get_table_names()) == ["heartbeat", "ledger_version"]
