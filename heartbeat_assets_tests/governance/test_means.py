"""Tests of means: evidence by ranks, bootstrap interval and sample size, against figures worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.governance.means import drop_interval, drop_p_value, events_needed

NUMBERS = st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=40)


def test_few_numbers_are_judged_exactly() -> None:
    # Of the ten ways to choose two ranks of five, one is as low as this.
    assert drop_p_value([1, 2], [3, 4, 5])[0] == pytest.approx(0.1)


def test_few_numbers_with_ties_are_judged_by_permutations() -> None:
    # The two lowest, 1 and 1, are drawn in one way of ten; equal numbers change nothing else.
    assert drop_p_value([1, 1], [3, 3, 3])[0] == pytest.approx(0.1, abs=0.01)


def test_one_huge_number_does_not_decide() -> None:
    baseline = [float(number) for number in range(100)]
    assert drop_p_value([*baseline[:-1], -1e9], baseline)[0] > 0.4


def test_numbers_that_are_all_the_same_are_no_evidence() -> None:
    assert drop_p_value([5.0] * 50, [5.0] * 200)[0] == 1.0
    assert drop_p_value([], [5.0])[0] == 1.0


def test_the_interval_holds_the_drop_that_was_seen_and_is_always_the_same() -> None:
    baseline, recent = [90.0, 100.0, 110.0] * 60, [60.0, 70.0, 80.0] * 20
    low, high = drop_interval(recent, baseline, 0.975) or (math.nan, math.nan)
    # 100 to 70, with standard errors of 0.6 and 1.1: 30% give or take 2.2 x 1.2%.
    assert (low, high) == (pytest.approx(0.272, abs=0.006), pytest.approx(0.328, abs=0.006))
    assert drop_interval(recent, baseline, 0.975) == (low, high)


def test_a_baseline_that_may_be_zero_has_no_interval() -> None:
    assert drop_interval([1.0, 2.0], [-1.0, 1.0, 0.5], 0.95) is None
    assert drop_interval([0.0], [0.0], 0.95) is None


def test_a_negative_baseline_has_an_interval_of_its_size() -> None:
    assert drop_interval([-150.0] * 5, [-100.0] * 5, 0.95) == pytest.approx((0.5, 0.5))


def test_the_events_needed_are_noethers() -> None:
    # Once lowered, every number is below every other: 3.083^2 / (12 x 0.2 x 0.8 x 0.5^2) = 19.8, a fifth recent.
    assert events_needed([0.0, 1.0], 2.0, 0.0125, 4, 0.8) == 4


def test_a_drop_that_ranks_cannot_show_needs_no_number_of_events() -> None:
    assert events_needed([0.0, 1.0], 0.5, 0.0125, 4, 0.8) is None
    assert events_needed([0.0, 1.0], 0.0, 0.0125, 4, 0.8) is None
    assert events_needed([1.0], 5.0, 0.0125, 4, 0.8) is None


@settings(max_examples=15, deadline=None)
@given(NUMBERS, NUMBERS, st.floats(0, 1e300))
def test_any_numbers_give_figures_that_are_finite(recent: list[float], baseline: list[float], drop: float) -> None:
    p_value, _ = drop_p_value(recent, baseline)
    assert 0 <= p_value <= 1
    assert drop_p_value(recent, baseline)[0] == p_value
    interval = drop_interval(recent, baseline, 0.975)
    assert interval is None or (interval[0] <= interval[1] and all(map(math.isfinite, interval)))
    needed = events_needed(baseline, drop, 0.0125, 4, 0.8)
    assert needed is None or needed >= 1
