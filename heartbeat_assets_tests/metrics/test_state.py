"""Tests of state: what a metric's events amount to, then and now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from heartbeat_assets.ledger import MetricEvent, MetricRow
from heartbeat_assets.metrics.state import (
    STAGES,
    MetricState,
    ThresholdHistory,
    reviewed,
    stage_of,
    state_of,
    thresholds_at,
)
from heartbeat_assets.metrics.thresholds import Thresholds

BEGIN = datetime(2026, 2, 1, tzinfo=UTC)


def row(**fields: Any) -> MetricRow:
    values: dict[str, Any] = {
        "metric_id": "m", "service": "shop", "registration": "registered", "sql_hash": "a", "source_schema": None,
        "direction": "lower_is_better", "norm_value": None, "alert_value": None, "recovery_value": None,
        "owner": None, "target_due_date": None, "verification_state": "unverified", "verified_until": None,
        "place": 4, "changed_at": BEGIN,
    }  # fmt: skip
    return MetricRow(**{**values, **fields})


def state(**fields: Any) -> MetricState:
    return state_of(row(**fields))


def event(day: int, field: str, after: str | None, before: str | None = None, kind: str = "person") -> MetricEvent:
    at = BEGIN + timedelta(days=day)
    return MetricEvent(1, "m", 1, field, before, after, "ana", kind, "cli", "why", at, "", "")  # type: ignore[arg-type]


def test_a_row_gets_types() -> None:
    found = state(
        norm_value=10.0,
        alert_value=20.0,
        owner="ana@example.org",
        target_due_date="2026-03-01",
        verification_state="verified",
        verified_until="2026-05-01T12:00:00+00:00",
    )
    assert found.thresholds == Thresholds("lower_is_better", 10.0, 20.0)
    assert found.target_due_date == date(2026, 3, 1)
    assert found.verified_until == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert (found.verified, found.retired, found.place, found.service) == (True, False, 4, "shop")
    assert state(registration="retired").retired
    assert state(direction=None, service=None).thresholds.direction == "higher_is_better"


def test_a_verification_expires_at_its_end_and_not_before() -> None:
    found = state(verification_state="verified", verified_until="2026-05-01T12:00:00")
    assert not found.expired(datetime(2026, 5, 1, 11, 59, tzinfo=UTC))
    assert found.expired(datetime(2026, 5, 1, 12, tzinfo=UTC))
    assert not state(verification_state="verified").expired(datetime(2999, 1, 1, tzinfo=UTC))
    assert not state(verified_until="2026-05-01T12:00:00").expired(datetime(2999, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("stage", "fields", "values", "benchmark"),
    [
        (2, {}, 0, False),
        (2, {"norm_value": 1.0}, 0, True),
        (3, {}, 1, False),
        (4, {}, 9, True),
        (4, {"recovery_value": 1.0}, 9, True),
        (5, {"norm_value": 1.0}, 9, False),
        (6, {"norm_value": 1.0}, 9, True),
        (6, {"alert_value": 1.0}, 9, True),
        (7, {"owner": "ana@example.org"}, 0, False),
        (9, {"owner": "ana@example.org", "verification_state": "verified"}, 9, True),
        (10, {"owner": "ana@example.org", "verification_state": "verified", "registration": "retired"}, 9, True),
    ],
)
def test_a_stage_is_the_last_one_that_is_reached(
    stage: int, fields: dict[str, Any], values: int, benchmark: bool
) -> None:
    assert stage_of(state(**fields), values, benchmark) == stage


def test_before_its_registration_a_metric_is_in_discovery_and_a_review_is_a_stage_of_its_owner() -> None:
    assert stage_of(None, 0, False) == 1
    assert stage_of(state(owner="ana@example.org"), 9, True, reviewed=True) == 8
    assert stage_of(state(norm_value=1.0), 9, True, reviewed=True) == 6
    assert len(STAGES) == 10


def test_a_review_begins_with_what_a_person_does_after_the_owner_was_set() -> None:
    registered = [event(0, "registration", "registered", kind="program"), event(0, "norm_value", "1.0", kind="program")]
    owned = [*registered, event(1, "norm_value", "2.0"), event(2, "owner", "ana@example.org")]
    assert not reviewed(owned)
    assert not reviewed([*owned, event(3, "sql_hash", "b", kind="program")])
    assert not reviewed([*owned, event(3, "verification_state", "verified", before="unverified")])
    assert reviewed([*owned, event(3, "alert_value", "3.0")])
    assert reviewed([*owned, event(3, "target_due_date", "2026-03-01")])
    assert reviewed([*owned, event(3, "verification_state", "unverified", before="verified", kind="program")])
    assert not reviewed([*owned, event(3, "alert_value", "3.0"), event(4, "owner", "eva@example.org")])


def test_thresholds_are_those_of_their_time() -> None:
    events = [
        event(0, "registration", "registered"),
        event(0, "direction", "lower_is_better"),
        event(0, "norm_value", "10.0"),
        event(0, "alert_value", "20.0"),
        event(2, "owner", "ana@example.org"),
        event(3, "norm_value", "12.0"),
        event(3, "recovery_value", "11.0"),
        event(5, "alert_value", None),
    ]
    first = Thresholds("lower_is_better", 10.0, 20.0)
    then = Thresholds("lower_is_better", 12.0, 20.0, 11.0)
    last = Thresholds("lower_is_better", 12.0, None, 11.0)
    history = ThresholdHistory(events)
    assert history.changes == [
        (BEGIN, first),
        (BEGIN + timedelta(days=3), then),
        (BEGIN + timedelta(days=5), last),
    ]
    for day, expected in ((-90, first), (0, first), (2, first), (3, then), (4.9, then), (5, last), (999, last)):
        assert history.at(BEGIN + timedelta(days=day)) == expected
        assert thresholds_at(events, BEGIN + timedelta(days=day)) == expected


def test_without_events_there_are_no_thresholds() -> None:
    assert thresholds_at([], BEGIN) == Thresholds("higher_is_better")
    assert ThresholdHistory([]).changes == []
