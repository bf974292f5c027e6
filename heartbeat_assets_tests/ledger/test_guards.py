"""What the database refuses from anybody, through raw SQL that knows nothing of the ledger's code."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, open_ledger
from heartbeat_assets_tests.ledger.conftest import ON_POSTGRESQL, ON_SQLITE
from heartbeat_assets_tests.ledger.entries import heartbeats
from heartbeat_assets_tests.ledger.raw import COLUMNS, INSERT, all_rows, execute, next_row, raw_engine

REFUSED = "the ledger is append-only"


def fill(ledger: Ledger) -> None:
    ledger.import_entries("lane", heartbeats(1, 2, 3))


@pytest.fixture(scope="module")
def fills() -> Callable[[Ledger], object]:
    return fill


@pytest.fixture
def refuses(shared: sa.Engine) -> Callable[..., None]:
    """Asserts that a statement is refused by the guards and changes nothing, in a lane of three rows."""
    before = all_rows(shared)

    def check(statement: str, /, **values: Any) -> None:
        with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
            execute(shared, statement, **values)
        assert all_rows(shared) == before

    return check


def head(raw: sa.Engine) -> dict[str, Any]:
    return all_rows(raw)[-1]


def test_the_next_row_of_the_chain_is_let_in(ledger: Ledger, raw: sa.Engine) -> None:
    fill(ledger)
    execute(raw, INSERT, **next_row(head(raw)))
    assert ledger.size("lane") == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE heartbeat SET status = 'ok' WHERE place = 2",
        "UPDATE heartbeat SET lane = 'elsewhere'",
        "UPDATE heartbeat SET place = place + 10 WHERE place = 3",
        "DELETE FROM heartbeat WHERE place = 3",
        "DELETE FROM heartbeat",
    ],
)
def test_rows_are_neither_changed_nor_deleted(refuses: Callable[..., None], statement: str) -> None:
    refuses(statement)


@pytest.mark.parametrize(
    "change",
    [
        {"place": 3},
        {"place": 5},
        {"place": 1, "previous_hash": "0" * 64},
        {"previous_hash": "0" * 64},
        {"previous_hash": "e" * 64},
        {"entry_key": "heartbeat-1"},
        {"entry_key": "heartbeat-3"},
        {"malformed_total": 1},
        {"malformed": True},
    ],
)
def test_a_row_out_of_line_is_not_let_in(
    refuses: Callable[..., None], shared: sa.Engine, change: dict[str, Any]
) -> None:
    refuses(INSERT, **next_row(head(shared), **change))


@pytest.mark.parametrize("change", [{"place": 2}, {"previous_hash": "e" * 64}, {"malformed_total": 1}])
def test_the_first_row_of_a_lane_is_guarded_too(
    refuses: Callable[..., None], shared: sa.Engine, change: dict[str, Any]
) -> None:
    first = {"lane": "new", "place": 1, "previous_hash": "0" * 64}
    refuses(INSERT, **next_row(head(shared), **{**first, **change}))


@pytest.mark.parametrize("target", [(2, "heartbeat-2"), (3, "heartbeat-3"), (2, "other"), (4, "heartbeat-2")])
@pytest.mark.parametrize("action", ["DO UPDATE SET status = excluded.status", "DO NOTHING"])
@pytest.mark.parametrize("conflict", ["(lane, place)", "(lane, entry_key)"])
def test_an_upsert_cannot_overwrite_a_row(
    refuses: Callable[..., None], shared: sa.Engine, target: tuple[int, str], action: str, conflict: str
) -> None:
    row = next_row(head(shared), place=target[0], entry_key=target[1], status="forged")
    refuses(f"{INSERT} ON CONFLICT {conflict} {action}", **row)


def test_one_statement_cannot_slip_a_second_row_out_of_line(refuses: Callable[..., None], shared: sa.Engine) -> None:
    refuses(f"INSERT INTO heartbeat ({COLUMNS}) SELECT {COLUMNS} FROM heartbeat")
    shifted = COLUMNS.replace("place", "place + 3", 1).replace("entry_key", "entry_key || 'x'")
    refuses(f"INSERT INTO heartbeat ({COLUMNS}) SELECT {shifted} FROM heartbeat ORDER BY place")


@pytest.mark.parametrize(
    "change",
    [
        {"text": None, "raw": None},
        {"text": "{}", "raw": b"{}"},
        {"entry_hash": "short"},
        {"entry_key": None},
        {"recorded_at": None},
    ],
)
def test_a_row_that_is_no_entry_is_not_let_in(shared: sa.Engine, change: dict[str, Any]) -> None:
    before = all_rows(shared)
    with pytest.raises(sa.exc.IntegrityError):
        execute(shared, INSERT, **next_row(head(shared), **change))
    assert all_rows(shared) == before


@ON_SQLITE
class TestSQLite:
    """Doors that only SQLite has."""

    @pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT OR FAIL"])
    @pytest.mark.parametrize("recursive_triggers", ["off", "on"])
    @pytest.mark.parametrize(
        "change",
        [
            {"place": 2, "entry_key": "heartbeat-2"},
            {"place": 3},
            {"place": 4, "entry_key": "heartbeat-1"},
            {"place": 2, "entry_key": "heartbeat-3"},
        ],
    )
    def test_replacing_cannot_delete_a_row_behind_the_guards(
        self, shared: sa.Engine, verb: str, recursive_triggers: str, change: dict[str, Any]
    ) -> None:
        before = all_rows(shared)
        with closing(sqlite3.connect(str(shared.url.database), isolation_level=None)) as connection:
            # Off is SQLite's default, under which REPLACE deletes without firing the DELETE trigger.
            connection.execute(f"PRAGMA recursive_triggers={recursive_triggers}")
            with pytest.raises(sqlite3.IntegrityError, match=REFUSED):
                connection.execute(INSERT.replace("INSERT", verb, 1), next_row(before[-1], **change))
            with pytest.raises(sqlite3.IntegrityError, match=REFUSED):
                connection.execute("UPDATE OR REPLACE heartbeat SET place = 1 WHERE place = 2")
        assert all_rows(shared) == before

    def test_a_value_of_the_wrong_type_is_not_let_in(self, shared: sa.Engine) -> None:
        for change in ({"lane": b"lane", "place": 1, "previous_hash": "0" * 64}, {"status": b"ok"}):
            with pytest.raises(sa.exc.IntegrityError, match="cannot store BLOB value"):
                execute(shared, INSERT, **next_row(head(shared), **change))


@ON_POSTGRESQL
class TestPostgreSQL:
    """Doors that only PostgreSQL has."""

    @pytest.mark.parametrize(
        "statement",
        [
            "TRUNCATE heartbeat",
            "UPDATE heartbeat SET status = 'ok' WHERE place = 99",
            "DELETE FROM heartbeat WHERE false",
            "MERGE INTO heartbeat USING (VALUES (2)) AS chosen (place) ON heartbeat.place = chosen.place "
            "WHEN MATCHED THEN DELETE",
        ],
    )
    def test_statements_that_change_rows_are_refused_even_when_they_touch_none(
        self, shared: sa.Engine, statement: str
    ) -> None:
        before = all_rows(shared)
        with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
            execute(shared, statement)
        assert all_rows(shared) == before

    def test_replica_mode_does_not_switch_the_guards_off(self, shared: sa.Engine) -> None:
        for statement in ("DELETE FROM heartbeat", "TRUNCATE heartbeat"):
            with shared.connect() as connection:
                connection.execute(sa.text("SET session_replication_role = replica"))
                with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
                    connection.execute(sa.text(statement))
        row = next_row(head(shared), place=9)
        with shared.connect() as connection:
            connection.execute(sa.text("SET session_replication_role = replica"))
            with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
                connection.execute(sa.text(INSERT), row)

    def test_a_temporary_table_cannot_stand_in_for_the_ledger(self, shared: sa.Engine) -> None:
        row = next_row(head(shared), place=1, previous_hash="0" * 64, lane="lane")
        with shared.connect() as connection:
            schema = connection.scalar(sa.text("SELECT current_schema()"))
            connection.execute(sa.text(f"CREATE TEMPORARY TABLE heartbeat (LIKE {schema}.heartbeat)"))
            with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
                connection.execute(sa.text(INSERT.replace("heartbeat", f"{schema}.heartbeat", 1)), row)


def test_on_postgresql_two_writers_that_skip_the_lock_cannot_fork_the_chain(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    fill(ledger)
    ledger.close()
    raw = raw_engine(postgres_url)
    row = next_row(head(raw))
    with raw.connect() as first, raw.connect() as second:
        first.execute(sa.text(INSERT), row)
        # The second waits for the first on the unique index; it must not wait for ever in this test.
        second.execute(sa.text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            second.execute(sa.text(INSERT), {**row, "entry_key": "other", "entry_hash": "a" * 64})
        second.rollback()
        first.commit()
        with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
            second.execute(sa.text(INSERT), {**row, "entry_key": "other", "entry_hash": "a" * 64})
