"""What the database refuses of the journal from anybody, through raw SQL that knows nothing of the ledger's code."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, open_ledger
from heartbeat_assets_tests.ledger.conftest import ON_POSTGRESQL, ON_SQLITE
from heartbeat_assets_tests.ledger.journal_entries import (
    BY_PROGRAM,
    COLUMNS,
    INSERT,
    OK,
    REFUSED,
    fill,
    next_row,
    rows_of,
)
from heartbeat_assets_tests.ledger.raw import execute, raw_engine


def test_rows_in_line_are_let_in(takes: Callable[..., None]) -> None:
    takes("note", "a", body='{"a": [1, {"b": null}], "c": "\\u0000\\ud800"}')
    takes("note", "b", cause=OK, reason="", **BY_PROGRAM)
    takes("a" * 40, "s" * 200, kind="_" * 40, body=" { } ")


def test_events_are_neither_changed_nor_deleted(refuses: Callable[..., None]) -> None:
    refuses("UPDATE journal_event SET reason = 'other'")
    refuses("UPDATE journal_event SET seq = seq + 10 WHERE seq = 1")
    refuses("DELETE FROM journal_event WHERE seq = 1")
    refuses("DELETE FROM journal_event")


OUT_OF_LINE: list[tuple[dict[str, Any], str]] = [
    ({"seq": 1}, "the number right after the newest one"),
    ({"seq": 99}, "the number right after the newest one"),
    ({"place": 2}, "the place right after the newest one of its subject"),
    ({"place": 4}, "the place right after the newest one of its subject"),
    ({"place": 1, "previous_hash": "0" * 64}, "the place right after the newest one of its subject"),
    ({"previous_hash": "0" * 64}, "previous_hash of a new event"),
    ({"previous_hash": "e" * 64}, "previous_hash of a new event"),
    ({"entry_hash": "short"}, "has 64 digits"),
    ({"cause": 0}, "cause of an event is the number of an earlier one"),
    ({"cause": -1}, "cause of an event is the number of an earlier one"),
    ({"cause": 8}, "cause of an event is the number of an earlier one"),
    ({"cause": 9}, "cause of an event is the number of an earlier one"),
    ({"actor": ""}, "says who made it"),
    ({"actor": " \t\n"}, "says who made it"),
    ({"actor_kind": "robot"}, "a person or a program"),
    ({"actor_kind": "PERSON"}, "a person or a program"),
    ({"via": "post"}, "cli, cockpit, api, dagster or file"),
    ({"at": "2026-02-23T14:31:05+00:00"}, "at of an event is a moment"),
    ({"at": "2026-02-23T14:31:05.000001Z"}, "at of an event is a moment"),
    ({"at": "2026-02-23T14:31:05.000001+02:00"}, "at of an event is a moment"),
    ({"at": "2026-02-23 14:31:05.000001+00:00"}, "at of an event is a moment"),
    ({"at": "yesterday"}, "at of an event is a moment"),
    ({"body": ""}, "body of an event is a JSON object"),
    ({"body": "{"}, "body of an event is a JSON object"),
    ({"body": "[]"}, "body of an event is a JSON object"),
    ({"body": '"text"'}, "body of an event is a JSON object"),
    ({"body": "null"}, "body of an event is a JSON object"),
    ({"body": "1"}, "body of an event is a JSON object"),
    ({"body": "{} {}"}, "body of an event is a JSON object"),
    ({"body": '{"a": NaN}'}, "body of an event is a JSON object"),
    ({"body": "{'a': 1}"}, "body of an event is a JSON object"),
    ({"body": '{"a": 1,}'}, "body of an event is a JSON object"),
    ({"kind": ""}, "a kind is 1 to 40"),
    ({"kind": "Said"}, "a kind is 1 to 40"),
    ({"kind": "said "}, "a kind is 1 to 40"),
    ({"kind": "said\n"}, "a kind is 1 to 40"),
    ({"kind": "a" * 41}, "a kind is 1 to 40"),
]


def test_an_event_out_of_line_is_not_let_in(refuses: Callable[..., None], shared: sa.Engine) -> None:
    for changes, sentence in OUT_OF_LINE:
        refuses(INSERT, sentence, **next_row(shared, "note", "a", **changes))


def test_a_day_that_is_in_no_calendar_is_not_let_in(ledger: Ledger, raw: sa.Engine) -> None:
    for day in ("2026-02-30", "2026-13-01", "0000-01-01"):
        with pytest.raises(sa.exc.DBAPIError, match=rf"{REFUSED}|out of range"):
            execute(raw, INSERT, **next_row(raw, "note", "a", at=f"{day}T00:00:00.000001+00:00"))
    assert ledger.journal.mark() == 0


def test_streams_and_subjects_have_plain_names(refuses: Callable[..., None], shared: sa.Engine) -> None:
    for stream in ("", "Note", "no te", "note\n", "nöte", "note1", "a" * 41):
        refuses(INSERT, "a stream is 1 to 40 of a-z", **next_row(shared, stream, "a"))
    for subject in ("", " \t", "a" * 201):
        refuses(INSERT, "a subject has 1 to 200 letters", **next_row(shared, "note", subject))


def test_nothing_but_the_cause_may_be_missing(ledger: Ledger, raw: sa.Engine) -> None:
    for missing in COLUMNS.split(", "):
        if missing != "cause":
            with pytest.raises(sa.exc.IntegrityError):
                execute(raw, INSERT, **{**next_row(raw, "note", "a"), missing: None})
    assert ledger.journal.mark() == 0


def test_an_upsert_cannot_overwrite_an_event(refuses: Callable[..., None], shared: sa.Engine) -> None:
    changes: dict[str, Any]
    for changes in ({"place": 2}, {"seq": 5}, {"place": 2, "seq": 5}):
        for conflict in ("(stream, subject, place)", "(seq)"):
            for action in ("DO UPDATE SET reason = excluded.reason", "DO NOTHING"):
                upsert = f"{INSERT} ON CONFLICT {conflict} {action}"
                refuses(upsert, **next_row(shared, "note", "a", **changes))


def test_one_statement_cannot_slip_rows_in_out_of_line(refuses: Callable[..., None]) -> None:
    refuses(f"INSERT INTO journal_event ({COLUMNS}) SELECT {COLUMNS} FROM journal_event")
    shifted = COLUMNS.replace("seq", "seq + 1000", 1)
    refuses(f"INSERT INTO journal_event ({COLUMNS}) SELECT {shifted} FROM journal_event ORDER BY seq")


@ON_SQLITE
class TestSQLite:
    """Doors that only SQLite has."""

    @pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT OR FAIL"])
    @pytest.mark.parametrize("recursive_triggers", ["off", "on"])
    def test_replacing_cannot_delete_a_row_behind_the_guards(
        self, shared: sa.Engine, verb: str, recursive_triggers: str
    ) -> None:
        before = rows_of(shared)
        with closing(sqlite3.connect(str(shared.url.database), isolation_level=None)) as connection:
            connection.execute(f"PRAGMA recursive_triggers={recursive_triggers}")
            for changes in ({"place": 2}, {"seq": 2}, {"place": 1, "seq": 1}):
                with pytest.raises(sqlite3.IntegrityError, match=REFUSED):
                    connection.execute(INSERT.replace("INSERT", verb, 1), next_row(shared, "note", "a", **changes))
            with pytest.raises(sqlite3.IntegrityError, match=REFUSED):
                connection.execute("UPDATE OR REPLACE journal_event SET seq = 1 WHERE seq = 2")
        assert rows_of(shared) == before

    @pytest.mark.parametrize("changes", [{"body": b"{}"}, {"reason": b"x"}, {"cause": "first"}, {"subject": b"a"}])
    def test_a_value_of_the_wrong_type_is_not_let_in(self, shared: sa.Engine, changes: dict[str, Any]) -> None:
        before = rows_of(shared)
        with pytest.raises(sa.exc.IntegrityError):
            execute(shared, INSERT, **{**next_row(shared, "note", "a"), **changes})
        assert rows_of(shared) == before


@ON_POSTGRESQL
class TestPostgreSQL:
    """Doors that only PostgreSQL has."""

    @pytest.mark.parametrize("mode", ["origin", "replica"])
    def test_the_table_is_not_emptied_even_in_replica_mode(self, shared: sa.Engine, mode: str) -> None:
        before = rows_of(shared)
        for statement in (
            "TRUNCATE journal_event",
            "DELETE FROM journal_event WHERE false",
            "UPDATE journal_event SET seq = 1",
        ):
            with shared.connect() as connection:
                connection.execute(sa.text(f"SET session_replication_role = {mode}"))
                with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
                    connection.execute(sa.text(statement))
        assert rows_of(shared) == before

    def test_replica_mode_lets_nothing_in_out_of_line(self, shared: sa.Engine) -> None:
        row = next_row(shared, "switch", "WHOLESALE", kind="released", **BY_PROGRAM)
        with shared.connect() as connection:
            connection.execute(sa.text("SET session_replication_role = replica"))
            with pytest.raises(sa.exc.IntegrityError, match="only a person releases a switch"):
                connection.execute(sa.text(INSERT), row)

    def test_a_temporary_table_cannot_stand_in_for_the_journal(self, shared: sa.Engine) -> None:
        row = next_row(shared, "note", "a", place=1, seq=1, previous_hash="0" * 64)
        with shared.connect() as connection:
            schema = connection.scalar(sa.text("SELECT current_schema()"))
            connection.execute(sa.text(f"CREATE TEMPORARY TABLE journal_event (LIKE {schema}.journal_event)"))
            with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
                connection.execute(sa.text(INSERT.replace("journal_event", f"{schema}.journal_event", 1)), row)


@pytest.fixture
def postgres_raw(postgres_url: str) -> sa.Engine:
    """Such a journal on PostgreSQL that is of one test."""
    ledger = open_ledger(postgres_url)
    fill(ledger)
    ledger.close()
    return raw_engine(postgres_url)


def test_on_postgresql_two_writers_that_skip_the_lock_cannot_fork_the_chain(postgres_raw: sa.Engine) -> None:
    row = next_row(postgres_raw, "note", "a")
    other = {**row, "reason": "other", "entry_hash": "a" * 64}
    with postgres_raw.connect() as first, postgres_raw.connect() as second:
        first.execute(sa.text(INSERT), row)
        second.execute(sa.text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            second.execute(sa.text(INSERT), other)
        second.rollback()
        first.commit()
        with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
            second.execute(sa.text(INSERT), other)


def test_on_postgresql_two_writers_that_skip_the_lock_cannot_engage_a_switch_twice(postgres_raw: sa.Engine) -> None:
    rows = [next_row(postgres_raw, "switch", "GLOBAL", kind="engaged", reason=reason) for reason in ("one", "other")]
    with postgres_raw.connect() as first, postgres_raw.connect() as second:
        first.execute(sa.text(INSERT), rows[0])
        second.execute(sa.text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            second.execute(sa.text(INSERT), rows[1])
