"""The migrations, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from heartbeat_assets.ledger import (
    JournalRefused,
    Ledger,
    LedgerError,
    NewKpiEvent,
    journal_guards,
    metric_guards,
    open_ledger,
)
from heartbeat_assets.ledger.schema import REVISIONS, VERSION_TABLE, metadata
from heartbeat_assets_tests.ledger.entries import heartbeat, heartbeats
from heartbeat_assets_tests.ledger.journal_entries import PROGRAM, engaged_by_program, switch
from heartbeat_assets_tests.ledger.metric_entries import register, value
from heartbeat_assets_tests.ledger.raw import all_rows, raw_engine

pytestmark = pytest.mark.usefixtures("migrations")


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
        patched.setattr(metric_guards, "guard_metrics", lambda dialect, schema: ["CREATE TRIGGER nonsense"])
        with pytest.raises(LedgerError, match=r"syntax error|incomplete input"):
            open_ledger(ledger_url)
        found = sa.inspect(raw_engine(ledger_url))
        assert (found.get_table_names(), found.get_view_names()) == ([], [])
    ledger = open_ledger(ledger_url)
    assert ledger.append("lane", heartbeat(1)).appended
    ledger.close()


def test_the_ledger_leaves_other_tables_of_a_shared_database_alone(ledger_url: str) -> None:
    open_ledger(ledger_url).close()
    found = sa.inspect(raw_engine(ledger_url))
    tables = [
        "heartbeat",
        "journal_event",
        "kpi_event",
        "ledger_version",
        "metric_benchmark",
        "metric_event",
        "metric_value",
    ]
    assert (sorted(found.get_table_names()), found.get_view_names()) == (tables, ["metric_state"])


@pytest.fixture
def first_revision(ledger_url: str, migrations: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger as the program that knew no metrics left it, with two rows in a lane."""
    run = command.upgrade
    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", lambda config, _revision: run(config, "0001"))
        ledger = open_ledger(ledger_url)
    ledger.import_entries("lane", heartbeats(1, 2))
    ledger.close()


@pytest.mark.usefixtures("first_revision")
def test_a_ledger_without_metrics_is_brought_up_to_date_and_keeps_its_rows(ledger_url: str) -> None:
    raw = raw_engine(ledger_url)
    assert "metric_event" not in sa.inspect(raw).get_table_names()
    before = all_rows(raw)
    ledger = open_ledger(ledger_url)
    assert all_rows(raw) == before
    assert ledger.append("lane", heartbeat(3)).place == 3
    assert ledger.verify("lane").unbroken
    register(ledger, "sessions")
    assert list(ledger.metrics.rows()) == ["sessions"]
    with raw.connect() as connection:
        assert list(connection.scalars(sa.text("SELECT version_num FROM ledger_version"))) == [REVISIONS[-1]]
    ledger.close()


@pytest.mark.usefixtures("first_revision")
def test_a_step_that_fails_leaves_the_older_ledger_as_it_was(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = raw_engine(ledger_url)
    before = all_rows(raw)
    with monkeypatch.context() as patched:
        patched.setattr(metric_guards, "guard_metrics", lambda dialect, schema: ["CREATE TRIGGER nonsense"])
        with pytest.raises(LedgerError, match=r"syntax error|incomplete input"):
            open_ledger(ledger_url)
    assert sorted(sa.inspect(raw).get_table_names()) == ["heartbeat", "ledger_version"]
    assert all_rows(raw) == before
    open_ledger(ledger_url).close()


@pytest.fixture
def third_revision(ledger_url: str, migrations: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger as the program that knew no journal left it, with something of everything in it."""
    run = command.upgrade
    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", lambda config, _revision: run(config, "0003"))
        ledger = open_ledger(ledger_url)
    ledger.import_entries("lane", heartbeats(1, 2))
    register(ledger, "sessions")
    ledger.metrics.append_values([value("sessions", 1)])
    ledger.events.append([NewKpiEvent("WHOLESALE", "offer_sent", success=True)])
    ledger.close()


@pytest.mark.usefixtures("third_revision")
def test_a_ledger_without_a_journal_is_brought_up_to_date_and_keeps_what_it_has(ledger_url: str) -> None:
    raw = raw_engine(ledger_url)
    assert "journal_event" not in sa.inspect(raw).get_table_names()
    tables = ("heartbeat", "metric_event", "metric_value", "kpi_event")
    before = {table: _everything(raw, table) for table in tables}
    ledger = open_ledger(ledger_url)
    assert {table: _everything(raw, table) for table in tables} == before
    assert all(before.values())
    engaged_by_program(ledger)
    with pytest.raises(JournalRefused, match="only a person releases a switch"):
        ledger.journal.append(switch("released"), PROGRAM)
    assert ledger.append("lane", heartbeat(3)).place == 3
    assert ledger.events.append([NewKpiEvent("WHOLESALE", "offer_sent", success=True)]) == 1
    for found in (
        ledger.verify("lane"),
        ledger.metrics.verify_metric("sessions"),
        ledger.journal.verify("switch", "WHOLESALE"),
    ):
        assert found.unbroken
    ledger.close()
    again = open_ledger(ledger_url)
    assert again.journal.mark() == 2
    again.close()


@pytest.mark.usefixtures("third_revision")
def test_a_journal_whose_guards_cannot_be_made_is_not_made(ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = raw_engine(ledger_url)
    with monkeypatch.context() as patched:
        patched.setattr(journal_guards, "guard_journal", lambda dialect, schema: ["CREATE TRIGGER nonsense"])
        with pytest.raises(LedgerError, match=r"syntax error|incomplete input"):
            open_ledger(ledger_url)
    assert "journal_event" not in sa.inspect(raw).get_table_names()
    with raw.connect() as connection:
        assert list(connection.scalars(sa.text("SELECT version_num FROM ledger_version"))) == ["0003"]
    open_ledger(ledger_url).close()


def _everything(raw: sa.Engine, table: str) -> list[dict[str, Any]]:
    with raw.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1, 2"))]


def test_threads_make_ledgers_of_their_own_at_the_same_time(tmp_path: Path) -> None:
    many = 16
    start = threading.Barrier(many)

    def make(number: int) -> bool:
        start.wait()
        ledger = open_ledger(f"sqlite:///{tmp_path / str(number) / 'ledger.db'}")
        try:
            return ledger.append("lane", heartbeat(number + 1)).appended
        finally:
            ledger.close()

    with ThreadPoolExecutor(many) as threads:
        assert list(threads.map(make, range(many))) == [True] * many
