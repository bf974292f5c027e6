"""Clocks against the table of promises: to the minute, in business hours, and when the severity changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from heartbeat_assets.objectives.incidents import Clock, Incident, Terms, breached, clocks, incident_record
from heartbeat_assets_tests.objectives.incidents.incident_events import at, incident

TERMS = Terms()
LATER = at("2026-06-01 00:00")


def clock(one: Incident, name: str, now: datetime = LATER, terms: Terms = TERMS, spell: int = 1) -> Clock:
    return next(found for found in clocks(one, terms, now) if (found.name, found.spell) == (name, spell))


# 20 February 2026 is a Friday, 24 February a Tuesday.
@pytest.mark.parametrize(
    ("severity", "since", "acknowledge", "mitigate"),
    [
        (1, "2026-02-21 23:50", "2026-02-22 00:05", "2026-02-22 03:50"),
        (2, "2026-02-24 10:00", "2026-02-24 11:00", "2026-02-25 10:00"),
        (2, "2026-02-20 16:30", "2026-02-23 09:30", "2026-02-23 16:30"),
        (2, "2026-02-21 23:50", "2026-02-23 10:00", "2026-02-24 09:00"),
        (3, "2026-02-24 10:00", "2026-02-25 10:00", None),
        (3, "2026-02-20 18:00", "2026-02-24 09:00", None),
    ],
)
def test_the_promises_are_those_of_the_table(severity: int, since: str, acknowledge: str, mitigate: str | None) -> None:
    one = incident((since,), severity=severity)
    assert clock(one, "acknowledge").due_at == at(acknowledge)
    assert clock(one, "mitigate").due_at == (at(mitigate) if mitigate else None)


def test_a_promise_is_kept_before_its_instant_and_not_at_it() -> None:
    for when, state in (("2026-02-24 10:14", "met"), ("2026-02-24 10:15", "breached")):
        found = clock(incident(("2026-02-24 10:00",), (when, "acknowledged")), "acknowledge")
        assert (found.state, found.met_at, found.remaining) == (state, at(when), None)
    running = incident(("2026-02-24 10:00",))
    assert clock(running, "acknowledge", at("2026-02-24 10:14")).state == "running"
    assert clock(running, "acknowledge", at("2026-02-24 10:15")).state == "breached"


def test_a_clock_says_what_is_left_and_how_late_it_is() -> None:
    one = incident(("2026-02-24 10:00",))
    early = clock(one, "mitigate", at("2026-02-24 12:30"))
    assert (early.state, early.remaining, early.late) == ("running", timedelta(hours=1, minutes=30), None)
    late = clock(one, "mitigate", at("2026-02-24 14:20"))
    assert (late.state, late.remaining, late.late) == ("breached", timedelta(minutes=-20), timedelta(minutes=20))
    met = clock(incident(("2026-02-24 10:00",), ("2026-02-24 16:00", "mitigated")), "mitigate")
    assert (met.state, met.remaining, met.late) == ("breached", None, timedelta(hours=2))


def test_best_effort_is_never_late() -> None:
    one = incident(("2026-02-24 10:00",), severity=3)
    found = clock(one, "mitigate")
    assert (found.state, found.due_at, found.remaining, found.late, found.paused) == (
        "running",
        None,
        None,
        None,
        False,
    )
    assert (
        clock(incident(("2026-02-24 10:00",), ("2026-05-24 10:00", "mitigated"), severity=3), "mitigate").state == "met"
    )


def test_who_mitigates_or_resolves_has_acknowledged() -> None:
    for kind in ("mitigated", "resolved"):
        one = incident(("2026-02-24 10:00",), ("2026-02-24 10:10", kind))
        assert [found.state for found in clocks(one, TERMS, LATER)] == ["met", "met"]
        assert one.acknowledged_at == one.mitigated_at == at("2026-02-24 10:10")


def test_the_clocks_start_when_it_was_known() -> None:
    known = {"detected_at": "2026-02-24T09:50:00+00:00", "started_at": "2026-02-24T08:00:00+00:00"}
    one = incident(("2026-02-24 10:10",), **known)
    assert clock(one, "acknowledge").due_at == at("2026-02-24 10:05")
    assert (one.started_at, one.detected_at, one.opened_at) == (
        at("2026-02-24 08:00"), at("2026-02-24 09:50"), at("2026-02-24 10:10")
    )  # fmt: skip


def test_a_clock_rests_outside_business_hours_only_where_they_count() -> None:
    lasting, urgent = incident(("2026-02-20 16:30",), severity=2), incident(("2026-02-20 16:30",))
    saturday = at("2026-02-21 12:00")
    assert [found.paused for found in clocks(lasting, TERMS, saturday)] == [True, True]
    assert [found.paused for found in clocks(lasting, TERMS, at("2026-02-20 16:40"))] == [False, False]
    assert [found.paused for found in clocks(urgent, TERMS, at("2026-02-20 17:10"))] == [False, False]


def test_a_raised_severity_starts_its_shorter_time_and_gives_no_more_than_there_was() -> None:
    raised = incident(("2026-02-24 10:00",), ("2026-02-24 11:00", "updated", {"severity": 1}), severity=3)
    found = clock(raised, "acknowledge")
    assert (found.severity, found.promise, found.due_at) == (1, "15m", at("2026-02-24 11:15"))
    assert clock(raised, "mitigate").due_at == at("2026-02-24 15:00")
    at_last = incident(("2026-02-24 10:00",), ("2026-02-24 10:55", "updated", {"severity": 1}), severity=2)
    assert clock(at_last, "acknowledge").due_at == at("2026-02-24 11:00")


def test_a_lowered_severity_gives_its_time_from_the_start() -> None:
    lowered = incident(("2026-02-24 10:00",), ("2026-02-24 10:10", "updated", {"severity": 2}))
    assert clock(lowered, "acknowledge").due_at == at("2026-02-24 11:00")
    assert clock(lowered, "mitigate").due_at == at("2026-02-25 10:00")
    lowest = incident(("2026-02-24 10:00",), ("2026-02-24 10:10", "updated", {"severity": 3}))
    assert clock(lowest, "mitigate").due_at is None


def test_lowering_the_severity_takes_nothing_back_that_was_late() -> None:
    late = incident(("2026-02-24 10:00",), ("2026-02-24 10:20", "updated", {"severity": 3}))
    found = clock(late, "acknowledge")
    assert (found.state, found.severity, found.due_at) == ("breached", 1, at("2026-02-24 10:15"))


def test_raising_the_severity_makes_nothing_late_that_was_met() -> None:
    met = incident(
        ("2026-02-24 10:00",), ("2026-02-24 10:40", "acknowledged"), ("2026-02-24 10:50", "updated", {"severity": 1}),
        severity=2,
    )  # fmt: skip
    found = clock(met, "acknowledge")
    assert (found.state, found.severity) == ("met", 2)
    assert clock(met, "mitigate").due_at == at("2026-02-24 14:50")


def test_what_comes_back_has_clocks_of_its_own_and_the_first_ones_stay() -> None:
    back = incident(
        ("2026-02-24 10:00",), ("2026-02-24 15:00", "resolved"), ("2026-02-24 18:00", "reopened"),
    )  # fmt: skip
    assert [(found.spell, found.name, found.state) for found in clocks(back, TERMS, at("2026-02-24 19:00"))] == [
        (1, "acknowledge", "breached"), (1, "mitigate", "breached"),
        (2, "acknowledge", "met"), (2, "mitigate", "running"),
    ]  # fmt: skip
    assert clock(back, "mitigate", spell=2).due_at == at("2026-02-24 22:00")
    assert breached(clocks(back, TERMS, LATER))


def test_a_file_may_promise_something_else() -> None:
    terms = Terms.model_validate({
        "sla": [{"severity": 2, "acknowledge": "2 business days", "mitigate": "8h", "hours": "always"}],
        "business_hours": {"time_zone": "America/New_York"},
    })  # fmt: skip
    one = incident(("2026-02-24 15:00",), severity=2)
    assert clock(one, "acknowledge", terms=terms).due_at == at("2026-02-26 15:00")
    assert clock(one, "mitigate", terms=terms).due_at == at("2026-02-24 23:00")
    assert [level.severity for level in terms.levels()] == [1, 2, 3]
    assert terms.level(1).acknowledge == "15m"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"sla": [{"severity": 4, "acknowledge": "1h", "mitigate": "1h"}]}, "Input should be 1, 2 or 3"),
        ({"sla": [{"severity": 1, "acknowledge": "soon", "mitigate": "1h"}]}, "must be as 15m, 4h, 1 business day"),
        ({"sla": [{"severity": 1, "acknowledge": "0m", "mitigate": "1h"}]}, "must be as 15m"),
        ({"sla": [{"severity": 1, "acknowledge": "1h", "mitigate": "1h"}] * 2}, "severity 1 is in sla twice"),
    ],
)
def test_wrong_promises_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Terms.model_validate(wrong)


def test_a_record_holds_the_clocks_and_whether_one_was_late() -> None:
    record = incident_record(incident(("2026-02-24 10:00",)), TERMS, at("2026-02-24 10:20"))
    assert record["sla_breached"] is True
    assert [(one["name"], one["state"]) for one in record["clocks"]] == [
        ("acknowledge", "breached"), ("mitigate", "running")
    ]  # fmt: skip
    assert (record["clocks"][0]["late_seconds"], record["clocks"][1]["remaining_seconds"]) == (300.0, 13200.0)
