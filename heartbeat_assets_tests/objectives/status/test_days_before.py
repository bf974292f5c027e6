"""Days of which nothing was recorded: what the objectives counted on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from heartbeat_assets.objectives.operations import UptimeDay
from heartbeat_assets.objectives.status.components import judge_components
from heartbeat_assets.objectives.status.facts import Facts
from heartbeat_assets_tests.objectives.operating import NOW, changed, facts, slo, spec

DAY = 86_400
API = {
    "id": "api",
    "name": "API",
    "rules": [
        {"slo": "reads", "burning": "page", "to": "DEGRADED"},
        {"slo": "writes", "burning": "page", "to": "DEGRADED"},
    ],
}


def counted(back: int, good: int, total: int, coverage: float | None = 1.0) -> dict[str, Any]:
    """A day of an objective, so many days ago."""
    day = (NOW - timedelta(days=back)).date().isoformat()
    return {"day": day, "good": good, "total": total, "coverage": coverage}


def days(known: Facts, *recorded: Any) -> tuple[UptimeDay, ...]:
    (found,) = judge_components(spec(API), known, {"api": recorded}, NOW)
    return found.days


def seconds(day: UptimeDay) -> tuple[int, int, int, int]:
    return day.ok, day.degraded, day.down, day.unknown


def test_a_day_that_missed_the_target_was_degraded_and_one_that_met_it_ok() -> None:
    known = facts(slo(target=0.99, days=[counted(2, 989, 1000), counted(1, 990, 1000)]))
    found = days(known)
    assert seconds(found[-3]) == (0, DAY, 0, 0)
    assert seconds(found[-2]) == (DAY, 0, 0, 0)
    assert seconds(found[-4]) == (0, 0, 0, DAY)


def test_what_was_not_measured_of_a_day_stays_unknown() -> None:
    known = facts(slo(target=0.99, days=[counted(1, 990, 1000, 0.25), counted(2, 0, 0), counted(3, 5, 5, None)]))
    found = days(known)
    assert seconds(found[-2]) == (DAY // 4, 0, 0, DAY * 3 // 4)
    assert [one.worst for one in found[-4:-2]] == ["NO_DATA", "NO_DATA"]


def test_of_two_objectives_one_that_missed_is_enough_and_both_must_have_been_measured() -> None:
    reads = slo(target=0.99, days=[counted(1, 1000, 1000)])
    writes = slo(name="writes", target=0.9, days=[counted(1, 89, 100, 0.5)])
    assert seconds(days(facts(reads, writes))[-2]) == (0, DAY // 2, 0, DAY // 2)


def test_what_was_recorded_of_a_day_stands() -> None:
    known = facts(slo(target=0.99, days=[counted(2, 0, 1000)]))
    recorded = changed((NOW.replace(hour=6) - timedelta(days=2), "OK"))
    assert seconds(days(known, *recorded)[-3]) == (12 * 3600, 0, 0, 12 * 3600)
    assert days(facts(slo()))[-2].worst == "NO_DATA"
