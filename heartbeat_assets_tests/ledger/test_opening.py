"""Opening: making a ledger, coming back to it, and saying clearly why it cannot be opened."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import LedgerError, open_ledger
from heartbeat_assets.ledger import engine as connections
from heartbeat_assets.ledger.location import locate
from heartbeat_assets.ledger.schema import REVISIONS
from heartbeat_assets_tests.ledger import workers
from heartbeat_assets_tests.ledger.entries import heartbeat, heartbeats
from heartbeat_assets_tests.ledger.raw import execute, raw_engine
from heartbeat_assets_tests.ledger.test_processes import finish, start


def test_a_ledger_is_found_again_with_what_was_recorded(ledger_url: str) -> None:
    open_ledger(ledger_url).append("lane", heartbeat(1))
    ledger = open_ledger(ledger_url)
    assert ledger.append("lane", heartbeat(2)).place == 2
    ledger.close()
    assert ledger.size("lane") == 2
    ledger.close()


def test_a_ledger_of_a_newer_program_is_refused(ledger_url: str) -> None:
    open_ledger(ledger_url).close()
    raw = raw_engine(ledger_url)
    execute(raw, "UPDATE ledger_version SET version_num = '9999'")
    with pytest.raises(LedgerError, match=rf"revision 9999, .* knows is {REVISIONS[-1]}: .*upgrade this one"):
        open_ledger(ledger_url)


def test_a_file_that_was_taken_away_is_an_error_and_never_an_empty_ledger(sqlite_url: str) -> None:
    ledger = open_ledger(sqlite_url)
    ledger.append("lane", heartbeat(1))
    for suffix in ("", "-wal", "-shm"):
        Path(sqlite_url.removeprefix("sqlite:///") + suffix).unlink(missing_ok=True)
    with pytest.raises(LedgerError, match="cannot be opened: check that it is there"):
        ledger.append("lane", heartbeat(2))
    with pytest.raises(LedgerError, match="cannot be opened"):
        ledger.head("lane")
    assert open_ledger(sqlite_url).append("lane", heartbeat(2)).place == 1
    ledger.close()


def test_a_file_that_was_replaced_is_noticed(tmp_path: Path) -> None:
    ledger, other = open_ledger(str(tmp_path / "one.sqlite")), open_ledger(str(tmp_path / "other.sqlite"))
    ledger.import_entries("lane", heartbeats(1))
    other.import_entries("lane", heartbeats(1, 2, 3))
    other.close()
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"one.sqlite{suffix}").unlink()
    (tmp_path / "other.sqlite").replace(tmp_path / "one.sqlite")
    assert ledger.size("lane") == 3
    ledger.close()


def test_a_sqlite_ledger_is_durable_and_lets_readers_read(sqlite_url: str) -> None:
    ledger = open_ledger(sqlite_url)
    with connections.reading(locate(sqlite_url)) as connection:
        settings = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in settings]
    assert values == ["wal", 2, 1, 300_000]
    ledger.close()


def test_a_restored_copy_gets_its_write_ahead_log_back(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.sqlite"))
    ledger.append("lane", heartbeat(1))
    ledger.close()
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "copy.sqlite"),))
    copy = open_ledger(str(tmp_path / "copy.sqlite"))
    with closing(sqlite3.connect(tmp_path / "copy.sqlite")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert copy.append("lane", heartbeat(2)).place == 2
    assert copy.verify("lane").unbroken
    copy.close()


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").touch()
    ledger = open_ledger(str(tmp_path / "ledger.sqlite"))
    assert ledger.append("lane", heartbeat(1)).appended
    ledger.close()


def test_what_cannot_be_a_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("these are no pages of a database, but they are long enough" * 20)
    with pytest.raises(LedgerError, match=r"notes\.txt: the file is not a SQLite database"):
        open_ledger(str(tmp_path / "notes.txt"))
    with pytest.raises(LedgerError, match="is a folder or a device"):
        open_ledger(str(tmp_path))
    with pytest.raises(LedgerError, match=r"cannot be (reached|made or written)"):
        open_ledger(str(tmp_path / "notes.txt" / "ledger.sqlite"))


def test_missing_rights_are_named(tmp_path: Path) -> None:
    report = tmp_path / "report"
    with tempfile.TemporaryDirectory() as folder:
        # Not under tmp_path: that is closed to others altogether.
        Path(folder).chmod(0o755)
        finish(start(workers.try_without_rights, Path(folder), report))
        Path(folder).chmod(0o755)
    append, other, new = report.read_text().splitlines()
    assert append.startswith("LedgerError: ")
    assert "cannot be opened" in append or "read-only" in append
    for attempt in (other, new):
        assert "cannot be made or written (Permission denied)" in attempt


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.sqlite"))
    ledger.append("lane", heartbeat(1))
    location = locate(str(tmp_path / "ledger.sqlite"))
    with connections.reading(location) as connection:
        # The one connection in the pool, so the next transaction meets the limit.
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(LedgerError, match="the disk is full: free some space"):
        ledger.import_entries("lane", heartbeats(*range(2, 500)))
    ledger.close()
    assert ledger.append("lane", heartbeat(2)).place == 2
    assert ledger.verify("lane").unbroken
    ledger.close()


def test_a_writer_that_hangs_is_reported_to_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "WAIT_SECONDS", 0.05)
    ledger = open_ledger(str(tmp_path / "ledger.sqlite"))
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as hanging:
        hanging.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another process has been writing for too long"):
            ledger.append("lane", heartbeat(1))
        assert ledger.size("lane") == 0
    assert ledger.append("lane", heartbeat(1)).appended
    ledger.close()


@pytest.mark.parametrize("missing", ["psycopg"])
def test_a_missing_driver_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(LedgerError, match=r"pip install 'psycopg\[binary\]'"):
        open_ledger("postgresql://user:secret@127.0.0.1:1/no_driver")


def test_a_server_that_is_not_there_is_named_without_the_password() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(LedgerError, match="cannot reach the server") as caught:
        open_ledger("postgresql://user:secret@127.0.0.1:1/nowhere")
    assert "127.0.0.1" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_wrong_password_is_not_shown(postgres_url: str) -> None:
    wrong = sa.make_url(postgres_url).set(password="wrong-secret").render_as_string(hide_password=False)
    with pytest.raises(LedgerError, match="password authentication failed") as caught:
        open_ledger(wrong)
    assert "wrong-secret" not in str(caught.value)


def test_a_schema_that_may_not_be_written_is_named(postgres_url: str) -> None:
    raw = raw_engine(postgres_url)
    # A role belongs to the whole server, which several test runs may share.
    role = f"heartbeat_reader_{uuid.uuid4().hex}"
    execute(raw, f"CREATE ROLE {role} LOGIN PASSWORD 'reader'")
    url = sa.make_url(postgres_url).set(username=role, password="reader")
    try:
        with pytest.raises(LedgerError, match=r"this role may not do that|no schema to work in"):
            open_ledger(url.render_as_string(hide_password=False))
    finally:
        execute(raw, f"DROP ROLE {role}")


def test_opening_a_current_ledger_loads_nothing_but_sqlalchemy(sqlite_url: str) -> None:
    ledger = open_ledger(sqlite_url)
    ledger.append("lane", heartbeat(1))
    ledger.close()
    program = (
        "import sys; from heartbeat_assets.ledger import open_ledger; "
        "assert open_ledger(sys.argv[1]).size('lane') == 1; "
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program, sqlite_url],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ).stdout.split()
    assert "sqlalchemy" in loaded
    assert not {"alembic", "filelock", "psycopg", "sqlalchemy.orm", "dagster", "pandas"} & set(loaded)
