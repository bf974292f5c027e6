"""Components as they are shown: by rules, damped, overridden, and honest about what is not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from heartbeat_assets.ledger import JournalEvent
from heartbeat_assets.objectives.operations import ComponentStatus
from heartbeat_assets.objectives.status.components import judge_components, overall, overall_sentence
from heartbeat_assets.objectives.status.facts import Facts
from heartbeat_assets_tests.objectives.operating import NOW, ago, changed, event, facts, metric, slo, spec

RULES: list[dict[str, Any]] = [
    {"metric": "delay", "above": 300, "to": "DOWN"},
    {"metric": "delay", "status": ["amber", "red"], "to": "DEGRADED"},
    {"slo": "reads", "state": ["EXHAUSTED"], "to": "DEGRADED"},
]
API = {"id": "api", "name": "API", "rules": RULES}


def status(known: Facts, events: Sequence[JournalEvent] = (), now: datetime = NOW, **component: Any) -> ComponentStatus:
    (found,) = judge_components(spec({**API, **component}), known, {"api": events}, now)
    return found


def test_the_worst_rule_that_holds_counts_and_the_reasons_are_its_figures() -> None:
    found = status(facts(metric(400.0, "red"), slo("exhausted")))
    assert (found.state, found.stale, found.updated_at) == ("DOWN", False, NOW)
    assert found.reasons[0] == "delay was 400 s at 2026-03-10 12:00 UTC, above 300 s."
    assert len(found.reasons) == 3
    assert status(facts(metric(20.0, "amber"), slo())).state == "DEGRADED"
    fine = status(facts(metric(1.0), slo()))
    assert (fine.state, fine.reasons) == ("OK", ())


def test_without_any_fact_it_is_not_ok() -> None:
    found = status(facts())
    assert (found.state, found.stale, found.updated_at, found.since) == ("NO_DATA", True, None, None)
    assert "SLO reads has no verdict yet." in found.reasons
    assert status(facts(metric(1.0, at=ago(hours=9)))).state == "NO_DATA"
    assert status(facts(), rules=[]).reasons == ("It has no rules; a person says how it is.",)


def test_what_is_missing_or_old_is_said_though_the_rest_is_fine() -> None:
    found = status(facts(metric(1.0), slo(at=ago(hours=4))))
    assert (found.state, found.stale, found.updated_at) == ("OK", True, ago(hours=4))
    (reason,) = found.reasons
    assert reason.endswith("That is 4 h old.")


def test_an_old_figure_that_was_bad_stays_bad_and_says_that_it_is_old() -> None:
    found = status(facts(metric(400.0, "red", at=ago(hours=5))))
    assert (found.state, found.stale) == ("DOWN", True)


def test_an_improvement_is_announced_and_shown_after_it_has_held() -> None:
    events = changed((ago(hours=2), "OK"), (ago(minutes=30), "DOWN"), (ago(minutes=4), "OK"))
    found = status(facts(metric(1.0), slo()), events)
    assert (found.state, found.found, found.since, found.flaps) == ("DOWN", "OK", ago(minutes=30), 1)
    assert found.reasons[0] == "It was DOWN and looks OK now; that is shown once it has held for 10 min."
    settled = status(facts(metric(1.0), slo()), events, NOW.replace(minute=6))
    assert (settled.state, settled.since) == ("OK", NOW.replace(minute=6))
    # What nobody wrote down yet has not held at all.
    assert status(facts(metric(1.0), slo()), events[:2]).state == "DOWN"


def test_worse_is_shown_at_once_though_nobody_wrote_it_down() -> None:
    found = status(facts(metric(400.0), slo()), changed((ago(hours=2), "OK")))
    assert (found.state, found.since) == ("DOWN", NOW)


def test_a_person_says_how_it_is_and_the_rules_are_told_beside_it() -> None:
    until = ago(hours=-2)
    events = [*changed((ago(hours=2), "OK")), event("overridden", ago(hours=1), "it moves", state="DOWN", until=until)]
    found = status(facts(metric(1.0), slo()), events)
    assert (found.state, found.found, found.since) == ("DOWN", "OK", ago(hours=1))
    assert found.override is not None
    assert (found.override.actor, found.override.until) == ("ana@example.org", until)
    assert found.reasons == (
        "A person says it is DOWN until 2026-03-10 14:00 UTC: it moves", "By the rules it is OK."
    )  # fmt: skip
    over = status(facts(metric(1.0, at=until), slo(at=until), at=until), events, until)
    assert (over.state, over.override) == ("OK", None)


def test_the_whole_is_as_bad_as_its_worst_part_and_a_part_that_is_not_essential_takes_nothing_down() -> None:
    known = facts(metric(400.0), slo())
    calm = {"id": "jobs", "name": "Jobs", "rules": [{"slo": "reads", "state": ["RED"], "to": "DOWN"}]}
    both = judge_components(spec(API, calm), known, {}, NOW)
    assert (overall(both), overall_sentence(both)) == ("DOWN", "API is DOWN.")
    minor = judge_components(spec({**API, "essential": False}, calm), known, {}, NOW)
    assert overall(minor) == "DEGRADED"
    unknown = judge_components(spec(API, calm), facts(), {}, NOW)
    assert (overall(unknown), overall_sentence(unknown)) == ("NO_DATA", "Nothing is known of API and Jobs.")
    fine = judge_components(spec(API, calm), facts(metric(1.0), slo()), {}, NOW)
    assert (overall(fine), overall_sentence(fine)) == ("OK", "All 2 components are OK.")


def test_the_same_facts_make_the_same_answer() -> None:
    events = changed((ago(hours=2), "OK"), (ago(minutes=5), "DOWN"))
    assert status(facts(metric(1.0), slo()), events) == status(facts(metric(1.0), slo()), events)
