"""Tests of proportions: evidence, interval and sample size, against figures worked out by hand."""

from __future__ import annotations

import functools
import math
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.governance import proportions
from heartbeat_assets.governance.proportions import drop_p_value, events_needed, ratio_interval, wilson_interval

Counts = tuple[int, int, int, int]


@st.composite
def counts(draw: st.DrawFn, most: int = 60) -> Counts:
    events, base_events = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(st.integers(0, events)), events, draw(st.integers(0, base_events)), base_events


def test_few_events_are_judged_by_boschloos_test() -> None:
    # 0 of 2 against 2 of 2 is the clearest drop there is: (1-r)^2 r^2, which is largest at r = 1/2.
    p_value, method = drop_p_value(0, 2, 2, 2)
    assert p_value == pytest.approx(1 / 16)
    assert method == proportions.BOSCHLOO


def test_many_events_with_small_counts_are_judged_by_fishers_test() -> None:
    # Failures 5 of 1,000 against 5 of 4,000: 5 or more of the 10 among the 1,000.
    by_hand = sum(math.comb(1000, k) * math.comb(4000, 10 - k) for k in range(5, 11)) / math.comb(5000, 10)
    p_value, method = drop_p_value(995, 1000, 3995, 4000)
    assert p_value == pytest.approx(by_hand)
    assert method == proportions.FISHER


def test_large_counts_are_judged_by_the_score_test() -> None:
    # z = 0.05 / sqrt(0.475 * 0.525 * (1/1000 + 1/1000)) = 2.2389
    p_value, method = drop_p_value(450, 1000, 500, 1000)
    assert p_value == pytest.approx(0.01258, abs=1e-5)
    assert method == proportions.SCORE


def test_boschloos_test_is_never_weaker_than_fishers() -> None:
    from scipy import stats

    for now in range(0, 51, 5):
        fisher = stats.fisher_exact([[now, 150], [50 - now, 50]], alternative="less").pvalue
        assert drop_p_value(now, 50, 150, 200)[0] <= fisher + 1e-9


@functools.cache
def p_value_of(*given_counts: int) -> float:
    """The same at every rate, and slow."""
    return drop_p_value(*given_counts)[0]


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3, 0.5, 0.8, 0.98])
def test_chance_alone_passes_a_level_no_more_often_than_the_level_says(rate: float) -> None:
    def often(successes: int, events: int) -> float:
        return math.comb(events, successes) * rate**successes * (1 - rate) ** (events - successes)

    for level in (0.0125, 0.05):
        passing = 0.0
        for before in range(31):
            for now in range(9):
                if p_value_of(now, 8, before, 30) > level:
                    break
                passing += often(now, 8) * often(before, 30)
        assert passing <= level


@pytest.mark.parametrize("same", [(0, 50, 0, 200), (50, 50, 200, 200), (0, 0, 5, 10), (5, 10, 0, 0)])
def test_where_nothing_can_differ_there_is_no_evidence(same: Counts) -> None:
    assert drop_p_value(*same)[0] == 1.0


@settings(max_examples=15, deadline=None)
@given(counts())
def test_any_counts_give_a_probability_and_an_interval_around_what_was_seen(given_counts: Counts) -> None:
    successes, events, base_successes, base_events = given_counts
    assert 0 <= drop_p_value(*given_counts)[0] <= 1
    interval = ratio_interval(*given_counts, 0.975)
    if base_successes == 0:
        assert interval is None
    else:
        assert interval is not None
        ratio = (successes / events) / (base_successes / base_events)
        assert 0 <= interval[0] <= ratio <= interval[1] < math.inf


@settings(max_examples=12, deadline=None)
@given(counts())
def test_fewer_successes_are_never_less_evidence(given_counts: Counts) -> None:
    successes, events, base_successes, base_events = given_counts
    here = drop_p_value(*given_counts)[0]
    if successes:
        assert drop_p_value(successes - 1, events, base_successes, base_events)[0] <= here + 1e-9
    if base_successes < base_events:
        assert drop_p_value(successes, events, base_successes + 1, base_events)[0] <= here + 1e-9


@settings(max_examples=12, deadline=None)
@given(counts())
def test_a_drop_of_successes_is_a_rise_of_failures_seen_from_the_other_side(given_counts: Counts) -> None:
    successes, events, base_successes, base_events = given_counts
    mirrored = drop_p_value(base_events - base_successes, base_events, events - successes, events)
    assert drop_p_value(*given_counts)[0] == pytest.approx(mirrored[0], rel=1e-3, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.floats(0, 1), st.floats(0, 1))
def test_counts_of_any_size_are_judged(events: int, base_events: int, share: float, base_share: float) -> None:
    if events + base_events > proportions.EXACT_UP_TO:
        p_value, _ = drop_p_value(round(share * events), events, round(base_share * base_events), base_events)
        assert 0 <= p_value <= 1


def test_the_interval_of_a_rate_is_wilsons() -> None:
    # 0 of 50: up to z^2 / (50 + z^2), with z^2 = 3.8415.
    assert wilson_interval(0, 50, 0.95) == (0.0, pytest.approx(0.07135, abs=1e-5))
    assert wilson_interval(50, 50, 0.95) == (pytest.approx(0.92865, abs=1e-5), 1.0)


def test_the_interval_of_a_ratio_is_there_where_nothing_succeeded() -> None:
    # Without a success the formula shrinks to 0 and u / sqrt(l (2b - l)).
    least, base = wilson_interval(100, 200, 0.95)[0], 0.5
    by_hand = 0.0713476 / math.sqrt(least * (2 * base - least))
    assert ratio_interval(0, 50, 100, 200, 0.95) == (0.0, pytest.approx(by_hand, rel=1e-5))


def test_the_interval_of_a_ratio_is_close_to_the_score_interval_where_that_one_works() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    score = confint_proportions_2indep(38, 50, 190, 200, method="score", compare="ratio")
    assert ratio_interval(38, 50, 190, 200, 0.95) == pytest.approx(score, abs=0.02)


def test_the_events_needed_are_those_of_the_normal_formula() -> None:
    z, base, changed = NormalDist().inv_cdf, 0.8, 0.64
    pooled = (changed + 4 * base) / 5
    noise = z(0.9875) * math.sqrt(pooled * (1 - pooled) * 1.25)
    noise += z(0.8) * math.sqrt(changed * (1 - changed) + base * (1 - base) / 4)
    by_hand = math.ceil((noise / (base - changed)) ** 2)
    assert events_needed(base, changed, 0.0125, 4, 0.8) == pytest.approx(by_hand, abs=3)


def test_a_change_that_is_none_can_be_seen_with_no_number_of_events() -> None:
    assert events_needed(0.0, 0.0, 0.0125, 4, 0.8) is None
    assert events_needed(0.0, 5e-324, 0.0125, 4, 0.8) is None
    assert events_needed(0.0, 1.1125369292536007e-308, 0.125, 1.0, 0.8) is None


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(1e-6, 0.2), st.floats(0.01, 1000))
def test_any_rates_give_a_whole_number_of_events_or_none(
    base: float, changed: float, level: float, times: float
) -> None:
    needed = events_needed(base, changed, level, times, 0.8)
    assert needed is None or needed >= 1
