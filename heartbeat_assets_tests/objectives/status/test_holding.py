"""Whether a condition holds by the facts, or nobody can say."""

from __future__ import annotations

from typing import Any

import pytest

from heartbeat_assets.objectives.status.conditions import Condition
from heartbeat_assets.objectives.status.facts import Facts
from heartbeat_assets.objectives.status.holding import Held, look
from heartbeat_assets_tests.objectives.operating import NOW, STALE, ago, facts, lane, metric, schedule, slo


def held(known: Facts, **condition: Any) -> Held:
    return look(Condition(**condition), known, STALE)


@pytest.mark.parametrize(
    ("known", "condition", "holds"),
    [
        (facts(slo("red")), {"slo": "reads", "state": ["RED", "EXHAUSTED"]}, True),
        (facts(slo("green")), {"slo": "reads", "state": ["RED"]}, False),
        (facts(slo("green", severity="ERROR")), {"slo": "reads", "burning": "page"}, True),
        (facts(slo("green", severity="WARN")), {"slo": "reads", "burning": "page"}, False),
        (facts(slo("green", severity="ERROR")), {"slo": "reads", "burning": "ticket"}, True),
        # Either is enough.
        (facts(slo("exhausted")), {"slo": "reads", "burning": "page", "state": ["EXHAUSTED"]}, True),
        (facts(slo("no_data")), {"slo": "reads", "state": ["RED"]}, None),
        (facts(slo("no_data")), {"slo": "reads", "state": ["NO_DATA"]}, True),
        (facts(slo("problem")), {"slo": "reads", "state": ["RED"]}, None),
        (facts(), {"slo": "reads", "state": ["RED"]}, None),
        (facts(metric(6.0)), {"metric": "delay", "above": 5}, True),
        (facts(metric(5.0)), {"metric": "delay", "above": 5}, False),
        (facts(metric(5.0)), {"metric": "delay", "below": 5}, False),
        (facts(metric(4.0)), {"metric": "delay", "below": 5}, True),
        (facts(metric(4.0, "red")), {"metric": "delay", "status": ["red"]}, True),
        (facts(metric(None, "no_data")), {"metric": "delay", "above": 5}, None),
        (facts(metric(None, "no_data")), {"metric": "delay", "status": ["no_data"]}, True),
        (facts(metric(None, "no_data", at=None)), {"metric": "delay", "status": ["no_data"]}, None),
        (facts(lane(False)), {"lane": "market", "failed": True}, True),
        (facts(lane(True)), {"lane": "market", "failed": True}, False),
        (facts(lane(None, at=None)), {"lane": "market", "failed": True}, None),
        (facts(lane(True, at=ago(hours=30))), {"lane": "market", "older_than": "24h"}, True),
        (facts(lane(True, at=ago(hours=2))), {"lane": "market", "older_than": "24h"}, False),
        (facts(schedule(2)), {"schedule": "market"}, True),
        (facts(schedule(1)), {"schedule": "market"}, False),
        (facts(schedule(1)), {"schedule": "market", "missed": 1}, True),
        (facts(schedule(None)), {"schedule": "market"}, None),
        (facts(schedule(9, enabled=False)), {"schedule": "market"}, None),
        (facts(schedule(0), schedule(5, "app")), {"schedule": "any"}, True),
        (facts(schedule(0), schedule(5, "app")), {"schedule": "all"}, False),
        (facts(schedule(3), schedule(5, "app")), {"schedule": "all"}, True),
        (facts(schedule(3), schedule(None, "app"), schedule(0, "off", enabled=False)), {"schedule": "all"}, True),
        (facts(), {"schedule": "any"}, None),
    ],
)
def test_a_condition_holds_or_does_not_or_nobody_can_say(
    known: Facts, condition: dict[str, Any], holds: bool | None
) -> None:
    found = held(known, **condition)
    assert found.holds is holds
    assert found.sentence.endswith(".")


def test_an_old_fact_says_how_old_it_is_and_nothing_about_now() -> None:
    found = held(facts(metric(9.0, at=ago(hours=5))), metric="delay", above=5)
    assert (found.holds, found.stale, found.known, found.at) == (True, True, False, ago(hours=5))
    assert found.sentence == "delay was 9 s at 2026-03-10 07:00 UTC, above 5 s. That is 5 h old."
    assert held(facts(metric(9.0, at=ago(hours=5))), metric="delay", above=5, stale_after="6h").known
    assert held(facts(metric(9.0, at=ago(hours=3))), metric="delay", above=5).known


def test_that_nothing_runs_is_known_now_and_names_who_to_look_at() -> None:
    found = held(facts(schedule(3), schedule(8, "app")), schedule="any")
    assert found.at == NOW
    assert found.sentence == (
        "The schedule of app was due 8 times since 2026-03-10 11:00 UTC and nothing ran; the schedule of market was "
        "due 3 times since 2026-03-10 11:00 UTC and nothing ran."
    )
    assert "daemon" in held(facts(schedule(3)), schedule="all").sentence
