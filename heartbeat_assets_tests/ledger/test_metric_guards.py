"""What the database refuses of metrics from anybody, through raw SQL that knows nothing of the ledger's code."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, open_ledger
from heartbeat_assets_tests.ledger.conftest import ON_POSTGRESQL, ON_SQLITE
from heartbeat_assets_tests.ledger.metric_entries import (
    BENCHMARK_COLUMNS,
    EVENT_COLUMNS,
    INSERT_BENCHMARK,
    INSERT_EVENT,
    INSERT_VALUE,
    VALUE_COLUMNS,
    benchmark,
    change,
    edit,
    next_event,
    register,
    registration,
    rows_of,
    value,
)
from heartbeat_assets_tests.ledger.metric_entries import PROGRAM as REGISTRY
from heartbeat_assets_tests.ledger.raw import execute, raw_engine

REFUSED = "the ledger is append-only"
TABLES = ("metric_event", "metric_value", "metric_benchmark")
PROGRAM = {"actor": "registry", "actor_kind": "program", "via": "dagster"}
SECOND_MOMENT = "2026-02-23T14:31:06.000001+00:00"


def fill(ledger: Ledger) -> None:
    """A metric with an owner and provisional thresholds, one without anything, and a retired one."""
    register(ledger, "sessions", norm_value="0.85", alert_value="0.7")
    register(ledger, "bare", "gone")
    edit(ledger, "sessions", "owner", "ada@example.com")
    edit(ledger, "sessions", "verification_state", "verified")
    ledger.metrics.append_events("gone", [change("registration", "retired")], REGISTRY)
    ledger.metrics.append_values([value("sessions", 1), value("sessions", 2, None), value("bare", 1)])
    ledger.metrics.append_values([value("sessions", 2, 2.0)])
    ledger.metrics.append_benchmarks([benchmark("sessions"), benchmark("bare")])


@pytest.fixture(scope="module")
def fills() -> Callable[[Ledger], object]:
    return fill


def all_rows(raw: sa.Engine) -> list[list[dict[str, Any]]]:
    return [rows_of(raw, table) for table in TABLES]


@pytest.fixture
def refuses(shared: sa.Engine) -> Callable[..., None]:
    """Asserts that a statement is refused by the guards, in this sentence, and changes nothing."""
    before = all_rows(shared)

    def check(statement: str, sentence: str = REFUSED, /, **values: Any) -> None:
        with pytest.raises(sa.exc.IntegrityError, match=REFUSED) as caught:
            execute(shared, statement, **values)
        assert sentence in str(caught.value.orig)
        assert all_rows(shared) == before

    return check


def next_value(raw: sa.Engine, **changes: Any) -> dict[str, Any]:
    rows = rows_of(raw, "metric_value")
    return {**rows[0], "seq": len(rows) + 1, "tick": 0, "revision": 1, **changes}


def next_benchmark(raw: sa.Engine, **changes: Any) -> dict[str, Any]:
    rows = rows_of(raw, "metric_benchmark")
    return {**rows[0], "seq": len(rows) + 1, **changes}


def test_rows_in_line_are_let_in(ledger: Ledger, raw: sa.Engine) -> None:
    fill(ledger)
    execute(raw, INSERT_EVENT, **next_event(raw, "sessions"))
    execute(raw, INSERT_EVENT, **next_event(raw, "new", field="registration", after="registered", **PROGRAM))
    execute(raw, INSERT_EVENT, **next_event(raw, "new", field="norm_value", after="0.5", **PROGRAM))
    execute(raw, INSERT_VALUE, **next_value(raw))
    execute(raw, INSERT_BENCHMARK, **next_benchmark(raw))
    assert ledger.metrics.verify_metric("sessions").unbroken
    assert ledger.metrics.rows()["new"].norm_value == 0.5


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET metric_id = 'other'",
        "UPDATE {} SET seq = seq + 10 WHERE seq = 1",
        "DELETE FROM {} WHERE seq = 1",
        "DELETE FROM {}",
    ],
)
def test_rows_are_neither_changed_nor_deleted(refuses: Callable[..., None], table: str, statement: str) -> None:
    refuses(statement.format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE metric_state SET norm_value = 0.1",
        "UPDATE metric_state SET owner = 'forger@example.com' WHERE metric_id = 'sessions'",
        "DELETE FROM metric_state",
        "INSERT INTO metric_state (metric_id, norm_value) VALUES ('sessions', 0.1)",
    ],
)
def test_the_state_cannot_be_written(shared_ledger: Ledger, shared: sa.Engine, statement: str) -> None:
    before = shared_ledger.metrics.rows()
    with pytest.raises(sa.exc.DBAPIError, match=r"because it is a view|cannot (update|delete from|insert into) view"):
        execute(shared, statement)
    assert shared_ledger.metrics.rows() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seq": 1}, "right after the newest event"),
        ({"seq": 99}, "right after the newest event"),
        ({"place": 6}, "right after the newest one of its metric"),
        ({"place": 8}, "right after the newest one of its metric"),
        ({"place": 1, "previous_hash": "0" * 64}, "right after the newest one of its metric"),
        ({"previous_hash": "0" * 64}, "previous_hash of a new event"),
        ({"previous_hash": "e" * 64}, "previous_hash of a new event"),
        ({"entry_hash": "short"}, "has 64 digits"),
        ({"before": None}, "before of an event is the value that the field has"),
        ({"before": "bob@example.com"}, "before of an event is the value that the field has"),
        ({"field": "alert_value", "before": "0.85", "after": "0.1"}, "before of an event is the value"),
        ({"field": "target_due_date", "before": "", "after": "2026-12-31"}, "before of an event is the value"),
        ({"after": "ada@example.com"}, "an event changes something"),
        ({"field": "target_due_date", "after": None}, "an event changes something"),
        ({"field": "colour"}, "no such field"),
        ({"field": ""}, "no such field"),
        ({"actor": ""}, "says who made it"),
        ({"actor": " \t\n"}, "says who made it"),
        ({"reason": ""}, "says why it was made"),
        ({"reason": "\r\n "}, "says why it was made"),
        ({"actor_kind": "robot"}, "a person or a program"),
        ({"actor_kind": ""}, "a person or a program"),
        ({"via": "sql"}, "via cli, cockpit, api, dagster or file"),
        ({"at": "yesterday"}, "at of an event is a moment"),
        ({"at": "2026-02-23T14:31:05+00:00"}, "at of an event is a moment"),
        ({"at": "2026-02-23T14:31:05.000001+01:00"}, "at of an event is a moment"),
        ({"field": "registration", "after": "paused"}, "registration is registered or retired"),
        ({"field": "registration", "after": None}, "registration is registered or retired"),
        ({"field": "verification_state", "after": "sure"}, "verification_state is unverified or verified"),
        ({"field": "verification_state", "after": None}, "verification_state is unverified or verified"),
        ({"field": "direction", "after": "up"}, "direction is higher_is_better or lower_is_better"),
        ({"field": "target_due_date", "after": "2026-12-31T00:00"}, "target_due_date is a date"),
        ({"field": "target_due_date", "after": "now"}, "target_due_date is a date"),
        ({"field": "verified_until", "after": "for ever"}, "verified_until begins with a date"),
    ],
)
def test_an_event_out_of_line_is_not_let_in(
    refuses: Callable[..., None], shared: sa.Engine, changes: dict[str, Any], sentence: str
) -> None:
    refuses(INSERT_EVENT, sentence, **next_event(shared, "sessions", **changes))


def test_a_threshold_that_is_no_number_is_not_let_in(refuses: Callable[..., None], shared: sa.Engine) -> None:
    words = ["", " ", "much", "0x10", "NaN", "nan", "inf", "Infinity", "-inf", "1e999", "-1e301", "1e-301"]
    nearly = ["0.9 ", " 0.9", "1,5", "1-2", "--1", "+1", ".5", "5.", "1e", "e1", "1e5.5", "007", "1e5e5", "1\n", "1; 2"]
    for text in words + nearly:
        refuses(
            INSERT_EVENT, "a threshold is a number", **next_event(shared, "sessions", field="norm_value", after=text)
        )


def test_a_threshold_is_any_number_of_python(ledger: Ledger, raw: sa.Engine) -> None:
    fill(ledger)
    for number in (0.0, -0.0, 1e300, -1e300, 1e-300, 5e-5, 1e16, 123456789.125, -0.1, 1 / 3):
        execute(raw, INSERT_EVENT, **next_event(raw, "sessions", field="norm_value", after=repr(number)))
        row = ledger.metrics.row("sessions")
        assert row is not None
        assert row.norm_value == number


@pytest.mark.parametrize("date", ["2026-02-30", "2026-13-01", "0000-00-00", "0000-01-01"])
def test_a_day_that_is_in_no_calendar_is_not_let_in(shared: sa.Engine, date: str) -> None:
    before = rows_of(shared, "metric_event")
    for changes in (
        {"field": "target_due_date", "after": date},
        {"field": "verified_until", "after": f"{date}T00:00:00+00:00"},
        {"at": f"{date}T00:00:00.000001+00:00"},
    ):
        with pytest.raises(sa.exc.DBAPIError, match=rf"{REFUSED}|out of range"):
            execute(shared, INSERT_EVENT, **next_event(shared, "sessions", **changes))
    assert rows_of(shared, "metric_event") == before


@pytest.mark.parametrize(
    "changes",
    [
        {"field": "owner"},
        {"field": "service", "after": "app"},
        {"field": "norm_value", "after": "0.5"},
        {"field": "registration", "after": "retired"},
    ],
)
def test_a_metric_begins_with_its_registration(
    refuses: Callable[..., None], shared: sa.Engine, changes: dict[str, Any]
) -> None:
    refuses(INSERT_EVENT, "the first event of a metric is its registration", **next_event(shared, "new", **changes))


@pytest.mark.parametrize("metric_id", ["", " \t", "a" * 201])
def test_a_metric_has_a_name(refuses: Callable[..., None], shared: sa.Engine, metric_id: str) -> None:
    sentence = "a metric has a name"
    first = next_event(shared, metric_id, field="registration", after="registered")
    refuses(INSERT_EVENT, sentence, **first)
    refuses(INSERT_VALUE, sentence, **next_value(shared, metric_id=metric_id))
    refuses(INSERT_BENCHMARK, sentence, **next_benchmark(shared, metric_id=metric_id))


@pytest.mark.parametrize("actor", [PROGRAM, {}])
@pytest.mark.parametrize(
    ("field", "after"), [("registration", "registered"), ("sql_hash", "b"), ("owner", "x"), ("norm_value", "1")]
)
def test_a_retired_metric_takes_no_more_events(
    refuses: Callable[..., None], shared: sa.Engine, actor: dict[str, str], field: str, after: str
) -> None:
    refuses(INSERT_EVENT, "a retired metric", **next_event(shared, "gone", field=field, after=after, **actor))


@pytest.mark.parametrize(
    ("metric_id", "field", "after", "sentence"),
    [
        ("sessions", "owner", "x@example.com", "only a person sets the owner"),
        ("sessions", "owner", None, "only a person sets the owner"),
        ("bare", "owner", "x@example.com", "only a person sets the owner"),
        ("bare", "target_due_date", "2026-12-31", "only a person sets the owner and the due date"),
        ("sessions", "norm_value", "0.1", "only a person sets a threshold"),
        ("sessions", "norm_value", None, "only a person sets a threshold"),
        ("sessions", "alert_value", "0.1", "only a person sets a threshold"),
        ("sessions", "recovery_value", "0.1", "only a person sets a threshold"),
        ("bare", "norm_value", "0.1", "only a person sets a threshold"),
        ("bare", "verification_state", "verified", "only a person verifies"),
        ("bare", "verified_until", "2027-01-31", "only a person verifies"),
    ],
)
def test_a_program_changes_nothing_that_is_a_persons(
    refuses: Callable[..., None], shared: sa.Engine, metric_id: str, field: str, after: str | None, sentence: str
) -> None:
    refuses(INSERT_EVENT, sentence, **next_event(shared, metric_id, field=field, after=after, **PROGRAM))


def test_a_program_may_change_what_a_file_says(ledger: Ledger, raw: sa.Engine) -> None:
    fill(ledger)
    edit(ledger, "sessions", "verified_until", "2027-01-31T00:00:00+00:00")
    for field, after in (
        ("verification_state", "unverified"),
        ("verified_until", None),
        ("sql_hash", "b"),
        ("source_schema", "c"),
        ("direction", "lower_is_better"),
        ("service", "web"),
        ("registration", "retired"),
    ):
        execute(raw, INSERT_EVENT, **next_event(raw, "sessions", field=field, after=after, **PROGRAM))
    assert ledger.metrics.verify_metric("sessions").unbroken


@pytest.mark.parametrize("between", [None, "owner"])
def test_a_provisional_threshold_comes_with_the_registration_or_never(
    ledger: Ledger, raw: sa.Engine, between: str | None
) -> None:
    ledger.metrics.append_events_of_many({"new": registration()}, REGISTRY)
    registered_at = rows_of(raw, "metric_event")[-1]["at"]
    if between:
        edit(ledger, "new", between, "ada@example.com")
    at = registered_at if between else SECOND_MOMENT
    late = next_event(raw, "new", field="norm_value", after="0.5", at=at, **PROGRAM)
    with pytest.raises(sa.exc.IntegrityError, match="only a person sets a threshold"):
        execute(raw, INSERT_EVENT, **late)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seq": 1}, "right after the newest value"),
        ({"seq": 99}, "right after the newest value"),
        ({"revision": 0}, "revision of a new value"),
        ({"revision": 2}, "revision of a new value"),
        ({"tick": 1771808400}, "revision of a new value"),
        ({"tick": 1771812000, "revision": 2}, "revision of a new value"),
        ({"tick": 1771812000, "revision": 4}, "revision of a new value"),
        ({"status": "purple"}, "green, amber, red or no_data"),
        ({"status": ""}, "green, amber, red or no_data"),
        ({"value": None}, "missing just when its status is no_data"),
        ({"status": "no_data"}, "missing just when its status is no_data"),
        ({"value": float("inf")}, "value is a finite number"),
        ({"value": float("-inf")}, "value is a finite number"),
        ({"tick": 253402300800}, "tick is a time"),
        ({"tick": -62135596801}, "tick is a time"),
        ({"computed_at": 2**62}, "computed_at is a time"),
        ({"source_as_of": -(2**62)}, "source_as_of is a time"),
    ],
)
def test_a_value_out_of_line_is_not_let_in(
    refuses: Callable[..., None], shared: sa.Engine, changes: dict[str, Any], sentence: str
) -> None:
    refuses(INSERT_VALUE, sentence, **next_value(shared, **changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seq": 1}, "right after the newest benchmark"),
        ({"seq": 99}, "right after the newest benchmark"),
        ({"count": -1}, "counts 0 values or more"),
        ({"window_days": 0}, "covers a day or more"),
        ({"mad": float("inf")}, "mad is a finite number"),
        ({"last_tick": 2**62}, "last_tick is a time"),
    ],
)
def test_a_benchmark_out_of_line_is_not_let_in(
    refuses: Callable[..., None], shared: sa.Engine, changes: dict[str, Any], sentence: str
) -> None:
    refuses(INSERT_BENCHMARK, sentence, **next_benchmark(shared, **changes))


@pytest.mark.parametrize("action", ["DO UPDATE SET after = excluded.after", "DO NOTHING"])
@pytest.mark.parametrize("conflict", ["(metric_id, place)", "(seq)"])
@pytest.mark.parametrize("changes", [{"place": 5}, {"seq": 5}, {"place": 5, "seq": 5}])
def test_an_upsert_cannot_overwrite_an_event(
    refuses: Callable[..., None], shared: sa.Engine, changes: dict[str, Any], conflict: str, action: str
) -> None:
    refuses(f"{INSERT_EVENT} ON CONFLICT {conflict} {action}", **next_event(shared, "sessions", **changes))


@pytest.mark.parametrize("action", ["DO UPDATE SET value = excluded.value", "DO NOTHING"])
@pytest.mark.parametrize("conflict", ["(metric_id, tick, revision)", "(seq)"])
@pytest.mark.parametrize("changes", [{"tick": 1771808400}, {"seq": 1}])
def test_an_upsert_cannot_overwrite_a_value(
    refuses: Callable[..., None], shared: sa.Engine, changes: dict[str, Any], conflict: str, action: str
) -> None:
    refuses(f"{INSERT_VALUE} ON CONFLICT {conflict} {action}", **next_value(shared, value=9.0, **changes))


@pytest.mark.parametrize(
    ("table", "columns"), list(zip(TABLES, (EVENT_COLUMNS, VALUE_COLUMNS, BENCHMARK_COLUMNS), strict=True))
)
def test_one_statement_cannot_slip_rows_in_out_of_line(refuses: Callable[..., None], table: str, columns: str) -> None:
    refuses(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}")
    shifted = columns.replace("seq", "seq + 1000", 1)
    refuses(f"INSERT INTO {table} ({columns}) SELECT {shifted} FROM {table} ORDER BY seq")


@ON_SQLITE
class TestSQLite:
    """Doors that only SQLite has."""

    @pytest.mark.parametrize("verb", ["REPLACE", "INSERT OR REPLACE", "INSERT OR IGNORE", "INSERT OR FAIL"])
    @pytest.mark.parametrize("recursive_triggers", ["off", "on"])
    def test_replacing_cannot_delete_a_row_behind_the_guards(
        self, shared: sa.Engine, verb: str, recursive_triggers: str
    ) -> None:
        before = all_rows(shared)
        attempts = [(INSERT_EVENT, next_event(shared, "sessions", **changes)) for changes in ({"place": 4}, {"seq": 4})]
        attempts += [(INSERT_VALUE, next_value(shared, **changes)) for changes in ({"tick": 1771808400}, {"seq": 1})]
        attempts += [(INSERT_BENCHMARK, next_benchmark(shared, seq=1))]
        with closing(sqlite3.connect(str(shared.url.database), isolation_level=None)) as connection:
            connection.execute(f"PRAGMA recursive_triggers={recursive_triggers}")
            for statement, row in attempts:
                with pytest.raises(sqlite3.IntegrityError, match=REFUSED):
                    connection.execute(statement.replace("INSERT", verb, 1), row)
            for table in TABLES:
                with pytest.raises(sqlite3.IntegrityError, match=REFUSED):
                    connection.execute(f"UPDATE OR REPLACE {table} SET seq = 1 WHERE seq = 2")
        assert all_rows(shared) == before

    def test_a_value_of_the_wrong_type_is_not_let_in(self, shared: sa.Engine) -> None:
        for changes in ({"value": b"1.5"}, {"value": "much"}, {"sql_hash": b"a"}):
            with pytest.raises(sa.exc.IntegrityError, match="cannot store"):
                execute(shared, INSERT_VALUE, **next_value(shared, **changes))


@ON_POSTGRESQL
class TestPostgreSQL:
    """Doors that only PostgreSQL has."""

    @pytest.mark.parametrize("table", TABLES)
    def test_tables_are_not_emptied_even_in_replica_mode(self, shared: sa.Engine, table: str) -> None:
        before = rows_of(shared, table)
        for statement in (f"TRUNCATE {table}", f"DELETE FROM {table} WHERE false", f"UPDATE {table} SET seq = 1"):
            for mode in ("origin", "replica"):
                with shared.connect() as connection:
                    connection.execute(sa.text(f"SET session_replication_role = {mode}"))
                    with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
                        connection.execute(sa.text(statement))
        assert rows_of(shared, table) == before

    def test_replica_mode_lets_nothing_in_out_of_line(self, shared: sa.Engine) -> None:
        for statement, row in (
            (INSERT_EVENT, next_event(shared, "sessions", before="bob@example.com")),
            (INSERT_VALUE, next_value(shared, seq=99)),
            (INSERT_BENCHMARK, next_benchmark(shared, seq=99)),
        ):
            with shared.connect() as connection:
                connection.execute(sa.text("SET session_replication_role = replica"))
                with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
                    connection.execute(sa.text(statement), row)

    def test_not_a_number_is_not_let_in(self, shared: sa.Engine) -> None:
        with pytest.raises(sa.exc.IntegrityError, match="value is a finite number"):
            execute(shared, INSERT_VALUE, **next_value(shared, value=float("nan")))

    def test_a_temporary_table_cannot_stand_in_for_the_ledger(self, shared: sa.Engine) -> None:
        row = next_event(shared, "sessions", place=1, seq=1, before=None, previous_hash="0" * 64)
        with shared.connect() as connection:
            schema = connection.scalar(sa.text("SELECT current_schema()"))
            connection.execute(sa.text(f"CREATE TEMPORARY TABLE metric_event (LIKE {schema}.metric_event)"))
            with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
                connection.execute(sa.text(INSERT_EVENT.replace("metric_event", f"{schema}.metric_event", 1)), row)


def test_on_postgresql_two_writers_that_skip_the_lock_cannot_fork_the_chain(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    fill(ledger)
    ledger.close()
    raw = raw_engine(postgres_url)
    row = next_event(raw, "sessions")
    with raw.connect() as first, raw.connect() as second:
        first.execute(sa.text(INSERT_EVENT), row)
        second.execute(sa.text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"):
            second.execute(sa.text(INSERT_EVENT), {**row, "after": "other", "entry_hash": "a" * 64})
        second.rollback()
        first.commit()
        with pytest.raises(sa.exc.IntegrityError, match=REFUSED):
            second.execute(sa.text(INSERT_EVENT), {**row, "after": "other", "entry_hash": "a" * 64})
