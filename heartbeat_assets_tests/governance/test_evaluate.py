"""Tests of a look: every outcome, both rules, both directions, the frozen baseline, and what holds for any events."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.governance.evaluate import evaluate
from heartbeat_assets.governance.evaluation import OUTCOMES, Evaluation
from heartbeat_assets.governance.policies import shipped_policies
from heartbeat_assets.governance.series import FrozenBaseline, KpiEvent
from heartbeat_assets_tests.governance.tripwire_events import NOW, numbers, policy, runs

ANY_RULE = st.sampled_from(["test", "none"])
ANY_DIRECTION = st.sampled_from(["higher_is_better", "lower_is_better"])


def look(events: list[KpiEvent], frozen: FrozenBaseline | None = None, **fields: Any) -> Evaluation:
    return evaluate(policy(**fields), events, now=NOW, frozen=frozen)


def spread(mean: float, count: int) -> list[float]:
    return [mean + (position % 5 - 2) for position in range(count)]


# --- Judged cases -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("successes", [37, 38])
def test_95_to_75_percent_on_50_against_200_triggers_the_shipped_policy(successes: int) -> None:
    shipped = shipped_policies()[0].model_copy(update={"enabled": True})
    found = evaluate(shipped, runs((190, 200), (successes, 50)), now=NOW)
    assert (found.outcome, found.action, found.acts) == ("TRIGGERED", "throttle", True)


def test_a_permanent_loss_is_still_triggered_after_250_bad_events_because_the_baseline_is_frozen() -> None:
    def every_fifth_fails(good: bool, count: int, start: int) -> list[KpiEvent]:
        # 80% good, then 48%, spread evenly.
        rate = 80 if good else 48
        return [KpiEvent(start + n, success=(n * rate) % 100 < rate) for n in range(count)]

    events, frozen = every_fifth_fails(True, 400, 1), None
    for bad in range(50, 251, 50):
        seen = events + every_fifth_fails(False, bad, 401)
        found = look(seen, frozen)
        assert found.outcome == "TRIGGERED", bad
        frozen = found.freeze
    assert frozen == FrozenBaseline(201, 400, NOW)
    assert look(seen).outcome == "OK", "without it the bad events are the new normal"


def test_a_series_however_long_is_looked_at_in_no_time() -> None:
    events = runs((180_000, 200_000))
    look(events[:500])
    started = time.process_time()
    assert look(events).outcome == "OK"
    assert time.process_time() - started < 1


# --- Outcomes ---------------------------------------------------------------------------------------------


def test_a_disabled_policy_looks_at_nothing() -> None:
    found = look([KpiEvent(1)], enabled=False)
    assert (found.outcome, found.recent, found.p_value) == ("DISABLED", None, None)


def test_without_events_there_is_no_data() -> None:
    assert look([]).outcome == "NO_DATA"


def test_too_few_events_say_how_many_more_it_takes() -> None:
    found = look(runs((60, 60)))
    assert found.outcome == "INSUFFICIENT_EVENTS"
    assert found.sentence == (
        "WHOLESALE.contract_rate has 50 recent events and 10 to compare them with; 30 of each are needed, so 20 more "
        "events."
    )
    assert look(runs((79, 79))).outcome == "INSUFFICIENT_EVENTS"
    assert look(runs((80, 80))).outcome == "OK"


def test_a_drop_at_the_limit_exactly_triggers_and_one_event_less_does_not() -> None:
    assert look(runs((200, 200), (40, 50))).drop_pct == 20.0
    assert look(runs((200, 200), (40, 50))).outcome == "TRIGGERED"
    assert look(runs((200, 200), (41, 50))).outcome == "OK"


def test_a_drop_without_evidence_is_inconclusive_and_says_what_it_takes() -> None:
    found = look(runs((20, 200), (4, 50)))
    assert (found.outcome, found.acts, found.freeze) == ("INCONCLUSIVE", False, None)
    assert found.p_value == pytest.approx(0.39, abs=0.02)
    assert found.events_needed == pytest.approx(2638, abs=5)
    assert "chance alone may explain that (p = 0.39" in found.sentence
    assert (
        "about 2,638 recent events against 10,552 to tell a change of 20% from chance 80% of the time" in found.sentence
    )


def test_with_evidence_none_the_size_decides_alone() -> None:
    found = look(runs((20, 200), (4, 50)), evidence="none")
    assert found.outcome == "TRIGGERED"
    assert "its size alone decides (evidence: none)" in found.sentence


def test_a_sentence_says_what_happened_and_what_follows() -> None:
    assert look(runs((190, 200), (37, 50)), action="kill_switch").sentence == (
        "WHOLESALE.contract_rate went from 95% (190 of 200) to 74% (37 of 50): down 22.1% of the baseline (limit 20%; "
        "98% interval -39.3% to -9.06%); more than chance explains (p < 0.0001, to act it must be at most 0.01), "
        "its policy says: engage the kill switch."
    )


# --- Zero, numbers, and the other direction ---------------------------------------------------------------


@pytest.mark.parametrize("rule", ["test", "none"])
def test_from_a_rate_of_zero_nothing_can_drop(rule: str) -> None:
    found = look(runs((0, 200), (3, 50)), evidence=rule)
    assert (found.outcome, found.drop_pct, found.interval) == ("OK", None, None)
    assert "a percentage of a baseline of zero cannot be said" in found.sentence


def test_from_a_rate_of_zero_any_rise_is_beyond_the_limit_where_lower_is_better() -> None:
    assert look(runs((0, 200), (9, 50)), direction="lower_is_better").outcome == "TRIGGERED"
    assert look(runs((0, 200), (1, 50)), direction="lower_is_better").outcome == "INCONCLUSIVE"
    assert look(runs((0, 200), (9, 50)), direction="lower_is_better", evidence="none").outcome == "OK"


def test_where_lower_is_better_a_rise_is_the_drop() -> None:
    found = look(runs((20, 200), (15, 50)), direction="lower_is_better")
    assert (found.outcome, found.drop_pct) == ("TRIGGERED", 200.0)
    assert "up 200% of the baseline" in found.sentence
    assert look(runs((20, 200), (0, 50)), direction="lower_is_better").outcome == "OK"


def test_numbers_are_compared_by_their_means() -> None:
    found = look(numbers(spread(100, 200) + spread(60, 50)), max_drop_pct=30)
    assert (found.outcome, found.kind, found.method) == ("TRIGGERED", "mean", "Mann-Whitney test")
    assert found.drop_pct == pytest.approx(40)
    assert found.interval is not None
    assert found.interval[0] < 40 < found.interval[1]


def test_a_mean_at_the_limit_exactly_is_at_the_limit() -> None:
    assert look(numbers([1.0] * 200 + [0.8] * 50)).drop_pct == 20.0
    assert look(numbers([1.0] * 200 + [0.8] * 50)).outcome == "TRIGGERED"


def test_a_loss_that_grows_is_a_drop_in_percent_of_its_size() -> None:
    found = look(numbers(spread(-100, 200) + spread(-150, 50)))
    assert found.outcome == "TRIGGERED"
    assert found.drop_pct == pytest.approx(50)


def test_one_huge_loss_among_numbers_is_a_drop_without_evidence() -> None:
    assert look(numbers([*spread(100, 249), -1e6])).outcome == "INCONCLUSIVE"


# --- Freezing ---------------------------------------------------------------------------------------------


def test_a_tripwire_that_triggers_freezes_its_baseline() -> None:
    assert look(runs((200, 300), (0, 50))).freeze == FrozenBaseline(101, 300, NOW)


def test_a_frozen_baseline_stays_frozen_whatever_the_next_look_finds() -> None:
    frozen = FrozenBaseline(1, 200, NOW - timedelta(days=7))
    recovered = look(runs((190, 200), (0, 100), (48, 50)), frozen)
    assert (recovered.outcome, recovered.freeze) == ("OK", frozen)
    assert "compared with the baseline frozen at events 1 to 200" in recovered.sentence
    assert "a person may release the frozen baseline" in recovered.sentence
    assert look(runs((190, 200), (0, 100)), frozen).freeze == frozen


def test_a_frozen_baseline_that_is_gone_is_said() -> None:
    found = look(runs((190, 200)), FrozenBaseline(-300, -1))
    assert found.outcome == "INSUFFICIENT_EVENTS"
    assert "the frozen baseline (events -300 to -1) is not all there: release it" in found.sentence


# --- What holds for any events ----------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 60), st.integers(0, 80), st.data(), ANY_RULE, ANY_DIRECTION)
def test_any_counts_are_judged_and_can_be_written_as_json(
    before: int, now: int, data: st.DataObject, rule: str, direction: str
) -> None:
    counts = [(data.draw(st.integers(0, events)), events) for events in (before, now)]
    found = look(runs(*counts), recent=20, baseline=60, min_events=5, evidence=rule, direction=direction)
    assert found.outcome in OUTCOMES
    assert found == look(runs(*counts), recent=20, baseline=60, min_events=5, evidence=rule, direction=direction)
    json.dumps(found.record(), allow_nan=False)
    assert "nan" not in found.sentence
    assert "None" not in found.sentence
    if found.outcome == "TRIGGERED" and rule == "test":
        assert found.p_value is not None
        assert found.p_value <= found.level


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-1e300, 1e300), min_size=10, max_size=60), ANY_RULE, ANY_DIRECTION)
def test_any_numbers_are_judged_the_same_in_a_mirror(values: list[float], rule: str, direction: str) -> None:
    other = "lower_is_better" if direction == "higher_is_better" else "higher_is_better"
    windows = {"recent": 10, "baseline": 50, "min_events": 5, "evidence": rule}
    found = look(numbers(values), direction=direction, **windows)
    mirrored = look(numbers(-value for value in values), direction=other, **windows)
    json.dumps(found.record(), allow_nan=False)
    for field in ("outcome", "drop_pct", "interval", "p_value", "events_needed"):
        assert getattr(found, field) == getattr(mirrored, field), field


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 60), st.integers(1, 20))
def test_one_success_less_never_makes_an_outcome_milder(before: int, now: int) -> None:
    severity = {"OK": 0, "INCONCLUSIVE": 1, "TRIGGERED": 2}
    fields = {"recent": 20, "baseline": 60, "min_events": 5}
    milder, worse = (look(runs((before, 60), (count, 20)), **fields).outcome for count in (now, now - 1))
    assert severity[worse] >= severity[milder]
