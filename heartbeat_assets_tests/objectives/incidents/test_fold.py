"""From events to an incident: the same events always make the same one, and what cannot be read is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.objectives.incidents import IncidentUnreadable, fold
from heartbeat_assets_tests.objectives.incidents.incident_events import ID, WHAT, at, incident, told


def test_an_incident_is_what_its_events_say() -> None:
    one = incident(
        ("2026-02-23 10:00",),
        ("2026-02-23 10:05", "acknowledged"),
        ("2026-02-23 10:10", "updated", {"severity": 2, "components": ["api_read", "api_write"], "rca": "an index"}),
        ("2026-02-23 11:00", "mitigated", {"mitigation": "rolled back"}),
        ("2026-02-23 12:00", "resolved", {"ended_at": "2026-02-23T11:00:00+00:00"}),
    )
    assert (one.id, one.status, one.severity, one.place) == (ID, "resolved", 2, 5)
    assert (one.components, one.rca, one.mitigation) == (("api_read", "api_write"), "an index", "rolled back")
    assert (one.started_at, one.ended_at) == (at("2026-02-23 10:00"), at("2026-02-23 11:00"))
    assert (one.acknowledged_at, one.resolved_at) == (at("2026-02-23 10:05"), at("2026-02-23 12:00"))
    assert one.is_over


def test_what_has_no_end_of_its_own_ends_when_it_is_resolved_and_not_any_more_when_it_is_back() -> None:
    steps = [("2026-02-23 10:00",), ("2026-02-23 12:00", "resolved")]
    assert incident(*steps).ended_at == at("2026-02-23 12:00")
    back = incident(*steps, ("2026-02-23 13:00", "reopened"))
    assert (back.ended_at, back.status, back.reopened, back.resolved_at) == (None, "acknowledged", 1, None)


def test_the_timeline_has_what_was_noted_later_where_it_belongs() -> None:
    one = incident(
        ("2026-02-23 10:00",),
        ("2026-02-23 11:00", "updated"),
        ("2026-02-23 12:00", "mitigated", {"at": "2026-02-23T10:30:00+00:00"}),
    )
    assert [(entry.kind, entry.at.minute, entry.place) for entry in one.timeline] == [
        ("opened", 0, 1), ("mitigated", 30, 3), ("updated", 0, 2)
    ]  # fmt: skip
    assert one.timeline[1].recorded_at == at("2026-02-23 12:00")


def test_it_is_felt_in_the_time_that_its_period_touches() -> None:
    one = incident(("2026-02-23 10:00",), ("2026-02-23 12:00", "resolved"))
    assert one.felt_in(at("2026-02-23 11:59"), at("2026-02-24 00:00"))
    assert not one.felt_in(at("2026-02-23 12:00"), at("2026-02-24 00:00"))
    assert not one.felt_in(at("2026-02-22 00:00"), at("2026-02-23 10:00"))
    assert incident(("2026-02-23 10:00",)).felt_in(at("2026-05-01 00:00"), at("2026-05-02 00:00"))


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("acknowledged", {}, r"event 1 \(acknowledged\) cannot be read"),
        ("opened", {**WHAT, "severity": 4}, "severity 4 is not 1, 2 or 3"),
        ("opened", {**WHAT, "severity": True}, "severity True is not 1, 2 or 3"),
        ("opened", {"title": "x"}, "KeyError"),
        ("opened", {**WHAT, "started_at": "2026-02-23T10:00:00"}, "has no time zone"),
        ("opened", {**WHAT, "started_at": "yesterday"}, "Invalid isoformat"),
    ],
)
def test_what_another_program_wrote_is_said_by_its_place(kind: str, body: dict[str, Any], said: str) -> None:
    with pytest.raises(IncidentUnreadable, match=said):
        fold(told(("2026-02-23 10:00", kind, body)))


def test_an_unknown_kind_and_an_unknown_item_cannot_be_read() -> None:
    for kind, body in (("escalated", {}), ("action_done", {"id": "A1"})):
        with pytest.raises(IncidentUnreadable, match=rf"{ID}: event 2 \({kind}\)"):
            incident(("2026-02-23 10:00",), ("2026-02-23 11:00", kind, body))
    with pytest.raises(IncidentUnreadable, match="at least one event"):
        fold([])


_STEPS = st.lists(st.sampled_from(["updated", "acknowledged", "mitigated", "resolved", "reopened"]), max_size=12)


@given(_STEPS)
def test_any_order_of_events_can_be_read_and_folding_again_changes_nothing(kinds: list[str]) -> None:
    steps = [(f"2026-02-23 11:{minute:02d}", kind, {}) for minute, kind in enumerate(kinds)]
    events = told(("2026-02-23 10:00", "opened", WHAT), *steps)
    one = fold(events)
    assert one == fold(events)
    assert len(one.timeline) == one.place == len(events)
    assert one.reopened == kinds.count("reopened")
    assert one.record(date(2026, 3, 1))["status"] == one.status
