"""Tests of changes: what a person may change, checked whole and recorded whole or not at all."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.ledger import MetricStore, NewMetricEvent, StaleMetric
from heartbeat_assets.metrics.changes import EDITABLE, FieldProblem, UnknownMetric, change_metric
from heartbeat_assets.metrics.registry import retire_metric
from heartbeat_assets.metrics.state import MetricState
from heartbeat_assets_tests.metrics.projects import PERSON, PROGRAM

NOW = datetime(2026, 2, 23, 14, 30, 15, 5, tzinfo=UTC)
ANA = "ana@example.org"


@pytest.fixture
def registered(store: MetricStore) -> MetricStore:
    """A ledger with the metric `m`: higher is better, norm 0.85, alert 0.7."""
    return register(store)


@pytest.fixture
def on_sqlite(sqlite_store: MetricStore) -> MetricStore:
    """The same on SQLite alone, for what no database has a part in."""
    return register(sqlite_store)


def register(store: MetricStore) -> MetricStore:
    store.append_events(
        "m",
        [
            NewMetricEvent(field, after, "registered")
            for field, after in (
                ("registration", "registered"), ("service", "shop"), ("direction", "higher_is_better"),
                ("verification_state", "unverified"), ("norm_value", "0.85"), ("alert_value", "0.7"),
            )
        ],
        PROGRAM,
    )  # fmt: skip
    return store


def change(store: MetricStore, if_place: int | None = None, **changes: Any) -> MetricState:
    return change_metric(store, "m", changes, actor=PERSON, reason="agreed", if_place=if_place, now=NOW)


def refused(store: MetricStore, **changes: Any) -> tuple[str, str]:
    before = store.marks()
    with pytest.raises(FieldProblem) as raised:
        change(store, **changes)
    assert store.marks() == before
    assert raised.value.exit_code == 2
    assert str(raised.value) == f"{raised.value.field}: {raised.value.sentence}"
    return raised.value.field, raised.value.sentence


def test_several_fields_change_at_once_and_each_is_an_event(registered: MetricStore) -> None:
    state = change(
        registered, owner=f" {ANA} ", norm_value=1, alert_value=None, recovery_value=1.5, target_due_date="2026-03-01"
    )
    assert (state.owner, state.target_due_date) == (ANA, date(2026, 3, 1))
    assert (state.thresholds.norm_value, state.thresholds.alert_value) == (1.0, None)
    assert state.thresholds.recovery_value == 1.5
    found = registered.events("m")[6:]
    assert [(event.field, event.before, event.after) for event in found] == [
        ("owner", None, ANA),
        ("norm_value", "0.85", "1.0"),
        ("alert_value", "0.7", None),
        ("recovery_value", None, "1.5"),
        ("target_due_date", None, "2026-03-01"),
    ]
    assert {(event.actor, event.actor_kind, event.reason) for event in found} == {(ANA, "person", "agreed")}
    assert state.place == found[-1].place == 11


def test_what_is_so_already_makes_no_event(registered: MetricStore) -> None:
    before = registered.marks()
    state = change(registered, norm_value=0.85, owner=None, verification_state="unverified", if_place=6)
    assert registered.marks() == before
    assert state.place == 6


def test_null_clears(registered: MetricStore) -> None:
    change(registered, owner=ANA, target_due_date=date(2026, 3, 1))
    state = change(registered, owner=None, target_due_date=None, norm_value=None, alert_value=None)
    assert (state.owner, state.target_due_date, state.thresholds.norm_value) == (None, None, None)


def test_an_owner_verifies_and_an_expiry_is_noted(registered: MetricStore) -> None:
    state = change_metric(
        registered,
        "m",
        {"verification_state": "verified", "owner": ANA},
        actor=PERSON,
        reason="counted by hand",
        verify_every=timedelta(days=90),
        now=NOW,
    )
    assert state.verified
    assert state.verified_until == datetime(2026, 5, 24, 14, 30, 15, tzinfo=UTC)
    assert not change(registered, verification_state="unverified").verified_until


def test_verifying_again_sets_a_new_end(registered: MetricStore) -> None:
    change(registered, owner=ANA, verification_state="verified")
    later = NOW + timedelta(days=10)
    state = change_metric(
        registered,
        "m",
        {"verification_state": "verified"},
        actor=PERSON,
        reason="again",
        verify_every=timedelta(days=1),
        now=later,
    )
    assert state.verified_until == (later + timedelta(days=1)).replace(microsecond=0)
    assert change(registered, verification_state="verified").verified_until is None


def test_a_verified_metric_needs_an_owner(registered: MetricStore) -> None:
    said = ("verification_state", "a metric is verified by its owner; give it an owner first")
    assert refused(registered, verification_state="verified") == said
    assert refused(registered, verification_state="verified", owner=None) == said
    change(registered, owner=ANA, verification_state="verified")
    assert refused(registered, verification_state="verified", owner=None) == said


def test_without_its_owner_a_metric_is_verified_no_more(registered: MetricStore) -> None:
    change(registered, owner=ANA, verification_state="verified")
    assert change(registered, owner="eva@example.org").verified
    state = change(registered, owner=None)
    assert not state.verified
    newest = registered.events("m")[-2:]
    assert [(event.field, event.after) for event in newest] == [("owner", None), ("verification_state", "unverified")]


def test_tuning_thresholds_leaves_the_verification_as_it_is(registered: MetricStore) -> None:
    change(registered, owner=ANA, verification_state="verified")
    assert change(registered, norm_value=0.9, target_due_date="2026-12-31").verified


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"owner": "ana"}, "owner", "'ana' is no e-mail address: it has no @; write one such as ana@example.org"),
        ({"owner": 5}, "owner", "must be an e-mail address, not 5"),
        ({"owner": ""}, "owner", "'' is no e-mail address: it has no @; write one such as ana@example.org"),
        ({"owner": "a" * 250 + "@b.org"}, "owner", "is 256 characters long; an e-mail address has at most 254"),
        ({"verification_state": True}, "verification_state", "must be unverified or verified, not true"),
        ({"verification_state": None}, "verification_state", "must be unverified or verified, not null"),
        ({"verification_state": []}, "verification_state", "must be unverified or verified, not a list"),
        ({"norm_value": "0.5"}, "norm_value", "must be a number, not '0.5': write it without quotes"),
        ({"norm_value": False}, "norm_value", "must be a number, not false"),
        ({"norm_value": math.nan}, "norm_value", "must be a finite number, not nan"),
        ({"norm_value": math.inf}, "norm_value", "must be a finite number, not inf"),
        ({"norm_value": 10**400}, "norm_value", f"must be a finite number, not 1{'0' * 59}..."),
        ({"norm_value": 10**5000}, "norm_value", "must be a finite number, not such a large number"),
        ({"norm_value": 1e308}, "norm_value", "1e+308 cannot be kept; write 0 or a size from 1e-300 to 1e+300"),
        ({"norm_value": {}}, "norm_value", "must be a number, not an object"),
        ({"target_due_date": "2026-02-30"}, "target_due_date", "must be a date such as 2026-12-31, not '2026-02-30'"),
        ({"target_due_date": "20260201"}, "target_due_date", "must be a date such as 2026-12-31, not '20260201'"),
        ({"target_due_date": NOW}, "target_due_date", f"must be a date such as 2026-12-31, not {NOW!r}"[:121]),
        ({"target_due_date": ""}, "target_due_date", "must be a date such as 2026-12-31, not ''"),
        ({"norm": 1}, "norm", "is no field that can be changed; did you mean 'norm_value'?"),
        ({"sql_hash": "x"}, "sql_hash", f"is no field that can be changed; there are {', '.join(EDITABLE)}"),
        ({"registration": "retired"}, "registration", "is no field that can be changed; there are owner, "
         "verification_state, norm_value, alert_value, recovery_value, target_due_date"),
    ],
)  # fmt: skip
def test_a_wrong_value_names_its_field(on_sqlite: MetricStore, changes: dict[str, Any], field: str, said: str) -> None:
    named, sentence = refused(on_sqlite, **changes)
    assert named == field
    assert sentence == said or sentence.startswith("must be a date such as 2026-12-31, not datetime.datetime(")


def test_thresholds_must_fit_together_after_the_change(registered: MetricStore) -> None:
    field, said = refused(registered, alert_value=0.9)
    assert (field, said[:40]) == ("alert_value", "0.9 is stricter than norm_value 0.85; wh")
    # The field that was changed is the one that is named, where the sentence is about both.
    assert refused(registered, norm_value=0.5)[0] == "alert_value"
    assert refused(registered, recovery_value=0.7)[0] == "recovery_value"
    assert change(registered, alert_value=0.9, norm_value=0.95, recovery_value=0.97).thresholds.problems() == []


def test_one_wrong_field_keeps_the_others_from_being_changed(registered: MetricStore) -> None:
    assert refused(registered, owner=ANA, norm_value="x")[0] == "norm_value"
    row = registered.row("m")
    assert row is not None
    assert row.owner is None


@pytest.mark.parametrize("reason", ["", " \n", None, "x" * 2001])
def test_a_change_has_a_reason(on_sqlite: MetricStore, reason: Any) -> None:
    with pytest.raises(FieldProblem) as raised:
        change_metric(on_sqlite, "m", {"owner": ANA}, actor=PERSON, reason=reason)
    assert raised.value.field == "reason"


def test_only_a_person_changes_anything(on_sqlite: MetricStore) -> None:
    with pytest.raises(UsageProblem, match="registry is a program; owner, thresholds and verification are changed by"):
        change_metric(on_sqlite, "m", {"norm_value": 1.0}, actor=PROGRAM, reason="drifted")


def test_a_metric_that_is_not_there_is_told(registered: MetricStore) -> None:
    with pytest.raises(UnknownMetric, match="no metric 'n' is registered"):
        change_metric(registered, "n", {"owner": ANA}, actor=PERSON, reason="agreed")


def test_a_retired_metric_takes_no_change(registered: MetricStore) -> None:
    retire_metric(registered, "m", actor=PERSON, reason="replaced")
    field, said = refused(registered, owner=ANA)
    assert field == "registration"
    assert said.startswith("m was retired on 2")


def test_who_saw_an_older_state_changes_nothing(registered: MetricStore) -> None:
    change(registered, owner=ANA, if_place=6)
    before = registered.marks()
    with pytest.raises(StaleMetric, match="m was changed by somebody else meanwhile") as raised:
        change(registered, norm_value=0.9, if_place=6)
    assert raised.value.current is not None
    assert (raised.value.current.owner, raised.value.current.place) == (ANA, 7)
    assert registered.marks() == before


def test_who_named_no_state_changes_the_newest(registered: MetricStore, monkeypatch: pytest.MonkeyPatch) -> None:
    append, faster = MetricStore.append_events, ["0.8"]

    def after_somebody_else(self: MetricStore, metric_id: str, *args: Any, **how: Any) -> Any:
        while faster:
            append(self, "m", [NewMetricEvent("alert_value", faster.pop(), "faster")], PERSON)
        return append(self, metric_id, *args, **how)

    monkeypatch.setattr(MetricStore, "append_events", after_somebody_else)
    assert change(registered, norm_value=0.81).thresholds.alert_value == 0.8

    # What fits together with what was seen does not with what is there when it is recorded.
    faster.append("0.805")
    with pytest.raises(FieldProblem):
        change(registered, norm_value=0.801)

    faster.append("0.7")
    with pytest.raises(StaleMetric):
        change(registered, owner=ANA, if_place=9)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.lists(st.integers()),
    st.sampled_from(["verified", "unverified", ANA, 10**400, 0.7, 0.85, "2026-03-01"]),
)  # fmt: skip


@given(st.dictionaries(st.one_of(st.sampled_from(EDITABLE), st.text()), VALUES))
def test_any_change_is_made_or_refused_with_its_field(on_sqlite: MetricStore, changes: dict[str, Any]) -> None:
    before = on_sqlite.marks()
    try:
        state = change_metric(on_sqlite, "m", changes, actor=PERSON, reason="any")
    except FieldProblem as problem:
        assert problem.field in changes or problem.field in EDITABLE  # noqa: PT017
        assert on_sqlite.marks() == before
    else:
        assert state.thresholds.problems() == []
        assert state.owner is not None or not state.verified
        assert on_sqlite.verify_metric("m").unbroken


def test_a_field_problem_is_an_error_for_users() -> None:
    assert issubclass(FieldProblem, HeartbeatError)
