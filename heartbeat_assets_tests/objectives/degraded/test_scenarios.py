"""Which scenario applies, from when, and when its rollback criterion is met."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from heartbeat_assets.objectives.degraded.scenarios import applies
from heartbeat_assets.objectives.operations import ScenarioNow
from heartbeat_assets.objectives.status.facts import Facts
from heartbeat_assets_tests.objectives.operating import NOW, STALE, ago, event, facts, metric, spec

A: dict[str, Any] = {
    "id": "A",
    "title": "SSE down or delayed",
    "symptoms": [
        {"text": "no new events", "when": {"metric": "delay", "above": 30}},
        {"text": "reconnect storms"},
        {"text": "errors", "when": {"metric": "errors", "above": 1}, "decides": False},
    ],
    "actions": ["Poll."],
    "rollback": {"text": "Stop polling once P95 delay < 5s.", "when": {"metric": "delay", "below": 5}},
}


def now(known: Facts, past: Any = None, at: datetime = NOW, **changes: Any) -> ScenarioNow:
    (found,) = applies(
        spec(scenarios=[{**A, **changes}]).scenarios, known, {"A": past} if past else {}, at, stale_after=STALE
    )
    return found


def test_it_applies_while_a_bound_symptom_shows() -> None:
    found = now(facts(metric(90.0, at=ago(minutes=20))))
    assert (found.applies, found.since, found.rollback_met) == (True, ago(minutes=20), False)
    assert found.sentence == "Scenario A applies now since 2026-03-10 11:40 UTC; its rollback criterion is not met yet."
    shows = [(one.text, one.shows, one.bound) for one in found.symptoms]
    assert shows == [("no new events", True, True), ("reconnect storms", None, False), ("errors", None, True)]
    assert found.symptoms[0].figure == "delay was 90 s at 2026-03-10 11:40 UTC, above 30 s."
    calm = now(facts(metric(2.0)))
    assert (calm.applies, calm.rollback_met, calm.sentence) == (False, None, "Scenario A does not apply.")


def test_a_symptom_that_does_not_decide_is_shown_only() -> None:
    found = now(facts(metric(2.0), metric(5.0, name="errors")))
    assert not found.applies
    assert found.symptoms[2].shows is True


def test_it_goes_on_until_the_rollback_criterion_is_met() -> None:
    began = event("applied", ago(hours=1), since=ago(hours=2))
    between = now(facts(metric(12.0)), began)
    assert (between.applies, between.since, between.rollback_met) == (True, ago(hours=2), False)
    over = now(facts(metric(4.0)), began)
    assert (over.applies, over.over_since, over.rollback_met) == (False, NOW, True)
    assert over.sentence.endswith("its rollback criterion is met: roll back what was done.")
    unknown = now(facts(), began)
    assert (unknown.applies, unknown.rollback_met) == (True, None)


def test_that_it_is_over_is_told_for_a_day() -> None:
    ended = event("over", ago(hours=23), since=ago(hours=30))
    assert now(facts(metric(4.0)), ended).rollback_met is True
    later = event("over", ago(hours=25), since=ago(hours=30))
    quiet = now(facts(metric(4.0)), later)
    assert (quiet.rollback_met, quiet.over_since, quiet.sentence) == (None, ago(hours=25), "Scenario A does not apply.")


def test_old_figures_decide_nothing() -> None:
    found = now(facts(metric(90.0, at=ago(hours=5))))
    assert (found.applies, found.symptoms[0].shows) == (False, None)
    assert "missing or old" in found.sentence


def test_all_symptoms_may_be_needed_and_people_may_decide_the_rollback() -> None:
    both = [
        {"text": "slow", "when": {"metric": "delay", "above": 30}},
        {"text": "errors", "when": {"metric": "errors", "above": 1}},
    ]
    wanted: dict[str, Any] = {"symptoms": both, "applies_when": "all", "rollback": {"text": "When calm."}}
    assert not now(facts(metric(90.0)), **wanted).applies
    found = now(facts(metric(90.0), metric(3.0, name="errors")), **wanted)
    assert (found.applies, found.rollback_met) == (True, None)
    assert found.sentence.endswith("people decide when it is over.")
    began = event("applied", ago(hours=1))
    assert now(facts(metric(90.0), metric(0.0, name="errors")), began, **wanted).applies
    assert not now(facts(metric(2.0), metric(0.0, name="errors")), began, **wanted).applies


def test_without_any_figure_people_decide() -> None:
    found = now(facts(), symptoms=[{"text": "people complain"}])
    assert (found.applies, found.sentence) == (
        False,
        "Scenario A: no figure shows it; people decide whether it applies.",
    )
