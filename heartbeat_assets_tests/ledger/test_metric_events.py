"""Recording changes of metrics, and what they amount to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heartbeat_assets.ledger import Actor, Ledger, LedgerError, MetricRow, StaleMetric, Verification
from heartbeat_assets_tests.ledger.metric_entries import PERSON, PROGRAM, change, edit, register, registration


def test_a_change_is_recorded_with_who_made_it_when_why_and_what_was_before(ledger: Ledger) -> None:
    register(ledger, "sessions", norm_value="0.85")
    before = datetime.now(UTC)
    (event,) = ledger.metrics.append_events("sessions", [change("norm_value", "0.9", "too lax")], PERSON)
    assert (event.seq, event.place, event.field, event.before, event.after) == (4, 4, "norm_value", "0.85", "0.9")
    assert (event.actor, event.actor_kind, event.via, event.reason) == ("ada@example.com", "person", "cli", "too lax")
    assert before <= event.at <= datetime.now(UTC)
    assert ledger.metrics.events("sessions")[-1] == event
    assert event.previous_hash == ledger.metrics.events("sessions")[-2].entry_hash


def test_the_state_is_what_the_events_amount_to(ledger: Ledger) -> None:
    fields = {"sql_hash": "abc", "source_schema": "def", "direction": "higher_is_better"}
    register(ledger, "sessions", **fields, norm_value="0.85", alert_value="-1.5e-05", recovery_value="1e+16")
    for field, after in (
        ("owner", "ada@example.com"),
        ("target_due_date", "2026-12-31"),
        ("verification_state", "verified"),
        ("verified_until", "2027-01-31T00:00:00+00:00"),
    ):
        (event,) = edit(ledger, "sessions", field, after)
    assert ledger.metrics.row("sessions") == MetricRow(
        metric_id="sessions",
        service="app",
        registration="registered",
        **fields,
        norm_value=0.85,
        alert_value=-1.5e-05,
        recovery_value=1e16,
        owner="ada@example.com",
        target_due_date="2026-12-31",
        verification_state="verified",
        verified_until="2027-01-31T00:00:00+00:00",
        place=12,
        changed_at=event.at,
    )


def test_a_metric_that_says_nothing_else_is_unverified_and_unset(ledger: Ledger) -> None:
    register(ledger, "sessions")
    row = ledger.metrics.row("sessions")
    assert row is not None
    assert (row.verification_state, row.owner, row.norm_value, row.place) == ("unverified", None, None, 2)
    assert ledger.metrics.row("nothing") is None
    assert ledger.metrics.events("nothing") == []


def test_what_is_set_can_be_unset(ledger: Ledger) -> None:
    register(ledger, "sessions", norm_value="0.85")
    edit(ledger, "sessions", "norm_value", None)
    row = ledger.metrics.row("sessions")
    assert row is not None
    assert row.norm_value is None
    assert ledger.metrics.events("sessions")[-1].before == "0.85"


def test_a_change_that_changes_nothing_is_dropped(ledger: Ledger) -> None:
    register(ledger, "sessions", norm_value="0.85")
    changes = [
        change("norm_value", "0.85"),
        change("owner", None),
        change("owner", "ada@example.com"),
        change("owner", "ada@example.com"),
    ]
    recorded = ledger.metrics.append_events("sessions", changes, PERSON)
    assert [(event.field, event.place) for event in recorded] == [("owner", 4)]
    assert ledger.metrics.append_events("sessions", [changes[0], changes[3]], PERSON) == []
    assert ledger.metrics.marks() == (0, 4, 0)


def test_several_changes_of_one_field_follow_each_other(ledger: Ledger) -> None:
    register(ledger, "sessions")
    changes = [change("owner", owner) for owner in ("ada@example.com", "bob@example.com", None)]
    recorded = ledger.metrics.append_events("sessions", changes, PERSON)
    assert [(event.before, event.after) for event in recorded] == [
        (None, "ada@example.com"),
        ("ada@example.com", "bob@example.com"),
        ("bob@example.com", None),
    ]


def test_all_changes_are_recorded_or_none(ledger: Ledger) -> None:
    register(ledger, "sessions")
    before = ledger.metrics.marks()
    with pytest.raises(LedgerError, match="only a person sets the owner"):
        ledger.metrics.append_events("sessions", [change("sql_hash", "b"), change("owner", "x@example.com")], PROGRAM)
    many = {"sessions": [change("sql_hash", "b")], "signups": registration(owner="x@example.com")}
    with pytest.raises(LedgerError, match="only a person sets the owner"):
        ledger.metrics.append_events_of_many(many, PROGRAM)
    assert ledger.metrics.marks() == before


def test_who_saw_an_older_state_is_told_what_it_is_now(ledger: Ledger) -> None:
    register(ledger, "sessions")
    edit(ledger, "sessions", "owner", "ada@example.com")
    with pytest.raises(StaleMetric, match="changed meanwhile: its newest change has place 3, not 2") as caught:
        ledger.metrics.append_events("sessions", [change("owner", "bob@example.com")], PERSON, if_place=2)
    assert caught.value.current == ledger.metrics.row("sessions")
    (event,) = ledger.metrics.append_events("sessions", [change("owner", "bob@example.com")], PERSON, if_place=3)
    assert event.before == "ada@example.com"


def test_place_0_means_a_new_metric(ledger: Ledger) -> None:
    with pytest.raises(StaleMetric) as caught:
        ledger.metrics.append_events("sessions", registration(), PERSON, if_place=1)
    assert caught.value.current is None
    assert len(ledger.metrics.append_events("sessions", registration(), PERSON, if_place=0)) == 1
    with pytest.raises(StaleMetric):
        ledger.metrics.append_events("sessions", registration(), PERSON, if_place=0)


def test_retired_metrics_stay_readable_and_take_no_more_events(ledger: Ledger) -> None:
    register(ledger, "sessions", "signups")
    ledger.metrics.append_events("sessions", [change("registration", "retired", "its file is gone")], PROGRAM)
    assert {metric: row.registration for metric, row in ledger.metrics.rows().items()} == {
        "sessions": "retired",
        "signups": "registered",
    }
    for actor in (PERSON, PROGRAM):
        for event in (change("registration", "registered"), change("sql_hash", "b")):
            with pytest.raises(LedgerError, match="a retired metric takes no more events, and its id is never"):
                ledger.metrics.append_events("sessions", [event], actor)
    assert ledger.metrics.events("sessions")[-1].reason == "its file is gone"


def test_a_change_of_a_metric_that_was_never_registered_is_refused(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="the first event of a metric is its registration"):
        edit(ledger, "sesions", "owner", "ada@example.com")


@pytest.mark.parametrize("field", ["norm_value", "alert_value", "recovery_value"])
def test_after_the_registration_a_threshold_is_a_persons_to_change(ledger: Ledger, field: str) -> None:
    register(ledger, "with", **{field: "0.5"})
    register(ledger, "without")
    for metric in ("with", "without"):
        for after in ("0.7", None):
            if metric == "with" or after:
                with pytest.raises(LedgerError, match="only a person sets a threshold"):
                    ledger.metrics.append_events(metric, [change(field, after)], PROGRAM)
        edit(ledger, metric, field, "0.6")
        with pytest.raises(LedgerError, match="only a person sets a threshold"):
            ledger.metrics.append_events(metric, [change(field, "0.7")], PROGRAM)
        row = ledger.metrics.row(metric)
        assert row is not None
        assert getattr(row, field) == 0.6


def test_a_program_may_unverify_but_not_verify(ledger: Ledger) -> None:
    register(ledger, "sessions")
    for event in (change("verification_state", "verified"), change("verified_until", "2027-01-31")):
        with pytest.raises(LedgerError, match="only a person verifies a metric"):
            ledger.metrics.append_events("sessions", [event], PROGRAM)
        ledger.metrics.append_events("sessions", [event], PERSON)
    back = [change("verification_state", "unverified", "the SQL changed"), change("verified_until", None)]
    assert len(ledger.metrics.append_events("sessions", [change("sql_hash", "b"), *back], PROGRAM)) == 3


@pytest.fixture(scope="module")
def fills() -> Callable[[Ledger], object]:
    return lambda ledger: register(ledger, "sessions")


@pytest.mark.parametrize(
    ("actor", "event", "sentence"),
    [
        (Actor(" \n", "person", "cli"), change("owner", "x"), "a change of owner has no actor"),
        (Actor("\u2003", "person", "cli"), change("owner", "x"), "a change of owner has no actor"),
        (PERSON, change("owner", "x", "\t "), "a change of owner has no reason"),
        (PERSON, change("colour", "x"), "a metric has no such field"),
        (PERSON, change("norm_value", "much"), "a threshold is a number"),
        (PERSON, change("direction", "sideways"), "direction is higher_is_better or lower_is_better"),
        (PERSON, change("target_due_date", "soon"), "target_due_date is a date"),
        (Actor("ada", "robot", "cli"), change("owner", "x"), "a person or a program"),  # type: ignore[arg-type]
        (Actor("ada", "person", "fax"), change("owner", "x"), "via cli, cockpit, api"),  # type: ignore[arg-type]
    ],
)
def test_a_change_that_cannot_be_is_refused_in_a_sentence(
    shared_ledger: Ledger, actor: Actor, event: Any, sentence: str
) -> None:
    with pytest.raises(LedgerError, match=sentence) as caught:
        shared_ledger.metrics.append_events("sessions", [event], actor)
    assert "CONTEXT" not in str(caught.value)
    assert shared_ledger.metrics.marks() == (0, 2, 0)


@pytest.mark.parametrize("metric_id", ["", "  ", "a" * 201, "nul\x00", "\ud800"])
def test_what_cannot_name_a_metric_is_refused(shared_ledger: Ledger, metric_id: str) -> None:
    metrics = shared_ledger.metrics
    with pytest.raises(LedgerError, match="cannot name a metric"):
        metrics.append_events(metric_id, registration(), PERSON)
    with pytest.raises(LedgerError, match="cannot name a metric"):
        metrics.append_events_of_many({"new": registration(), metric_id: registration()}, PERSON)
    assert list(metrics.rows()) == ["sessions"]


def test_any_text_comes_back_as_it_was(ledger: Ledger) -> None:
    register(ledger, "sessions")
    for text in ("\x00", "\ud800", "\x1a", "Ünïcode \U0001f600", "'; DROP TABLE metric_event; --"):
        actor = Actor(f"ada {text}", "person", "cockpit")
        (event,) = ledger.metrics.append_events("sessions", [change("owner", text, f"so {text}")], actor)
        row = ledger.metrics.row("sessions")
        assert row is not None
        assert (event.after, event.reason, event.actor, row.owner) == (text, f"so {text}", actor.name, text)
        assert ledger.metrics.events("sessions")[-1] == event
    assert ledger.metrics.verify_metric("sessions").unbroken


def test_events_of_all_metrics_are_read_in_the_order_of_their_recording(ledger: Ledger) -> None:
    register(ledger, "b", "a")
    edit(ledger, "b", "owner", "ada@example.com")
    events = ledger.metrics.events_after(0)
    assert [(event.seq, event.metric_id, event.place) for event in events] == [
        (1, "b", 1),
        (2, "b", 2),
        (3, "a", 1),
        (4, "a", 2),
        (5, "b", 3),
    ]
    assert ledger.metrics.events_after(2, limit=2) == events[2:4]
    assert ledger.metrics.events_after(5) == []


def test_a_metrics_chain_can_be_verified(ledger: Ledger) -> None:
    register(ledger, "sessions", "signups")
    edit(ledger, "sessions", "owner", "ada@example.com")
    head = ledger.metrics.events("sessions")[-1].entry_hash
    assert ledger.metrics.verify_metric("sessions") == Verification("sessions", True, 3, head, None, "")
    assert ledger.metrics.verify_metric("nothing") == Verification("nothing", True, 0, "0" * 64, None, "")


def test_more_metrics_than_fit_in_one_statement_are_registered_at_once(ledger: Ledger) -> None:
    events = {f"metric_{number}": registration(service="app", norm_value="0.5") for number in range(1100)}
    assert ledger.metrics.append_events_of_many(events, PROGRAM) == 3300
    assert ledger.metrics.append_events_of_many(events, PROGRAM) == 0
    rows = ledger.metrics.rows()
    assert len(rows) == 1100
    assert {(row.norm_value, row.place) for row in rows.values()} == {(0.5, 3)}
    assert datetime.now(UTC) - rows["metric_7"].changed_at < timedelta(minutes=5)
    assert ledger.metrics.verify_metric("metric_1099").unbroken
