"""What holds whatever was measured."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.objectives.slo.corrections import Correction
from heartbeat_assets.objectives.slo.measured import Bucket
from heartbeat_assets.objectives.slo.periods import from_us
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets.objectives.slo.verdict import judge, needed
from heartbeat_assets_tests.objectives.slo.slo_making import FIVE_MINUTES, at, buckets, month, rolling, slo

NOW = at("2026-03-10T12:00")
METHODS: dict[str, dict[str, Any]] = {
    "Occurrences": {},
    "Timeslices": {"timeSliceTarget": 0.8, "timeSliceWindow": "10m"},
    "RatioTimeslices": {"timeSliceWindow": "10m"},
}
SLOS = [
    replace(slo(method=method, window=window, target=target, annotations=FIVE_MINUTES, **fields), rules=rules)
    for method, fields in METHODS.items()
    for window, target in ((month("Europe/Madrid"), 0.9), (rolling("7d"), 0.995), (rolling("1d"), 1.0))
    for rules in [slo(window=rolling("30d")).rules[:2]]
]
slos = st.sampled_from(SLOS)
figures = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda pair: (min(pair), max(pair)))
series = st.lists(st.none() | figures, min_size=1, max_size=40)
few = settings(max_examples=30, deadline=None)


def before_now(one: Slo, given_figures: list[tuple[int, int] | None]) -> list[Bucket]:
    return buckets(one, NOW - timedelta(minutes=5 * len(given_figures)), *given_figures)


@few
@given(slos, series)
def test_the_shares_of_a_budget_belong_together(one: Slo, measured: list[tuple[int, int] | None]) -> None:
    budget = judge(one, before_now(one, measured), NOW).corrected
    assert (budget.state == "NO_DATA") == (not budget.total)
    if budget.sli is not None:
        assert 0 <= budget.sli <= 1
        assert abs(budget.good + budget.bad - budget.total) < 1e-9
    if budget.consumed is not None and budget.left is not None and budget.allowed:
        assert abs(budget.consumed + (budget.left_fraction or 0) - 1) < 1e-9
        assert abs(budget.left - budget.allowed * (budget.left_fraction or 0)) < 1e-6
        assert (budget.left <= 0) == (budget.state == "EXHAUSTED")


@few
@given(slos, series, st.integers(0, 40))
def test_time_without_events_changes_no_budget_and_no_burn_rate(
    one: Slo, measured: list[tuple[int, int] | None], quiet: int
) -> None:
    made = before_now(one, measured)
    first = NOW - timedelta(minutes=5 * (len(measured) + quiet))
    before, after = judge(one, made, NOW), judge(one, [*buckets(one, first, *[(0, 0)] * quiet), *made], NOW)
    assert after.corrected == before.corrected
    assert after.burns == before.burns
    assert (after.coverage.fraction or 0) >= (before.coverage.fraction or 0)


@few
@given(slos, series, st.data())
def test_leaving_out_a_bad_bucket_makes_nothing_worse(
    one: Slo, measured: list[tuple[int, int] | None], data: st.DataObject
) -> None:
    # A bucket in which everything was bad, in a slice of its own, is excluded as maintenance.
    worst = data.draw(st.integers(0, len(measured) - 1))
    pair = worst - worst % 2
    figures_left = [*measured, None][: len(measured) + len(measured) % 2]
    figures_left[pair : pair + 2] = [(0, 5), (0, 5)]
    made = before_now(one, figures_left)
    start = NOW - timedelta(minutes=5 * (len(figures_left) - pair))
    verdict = judge(one, made, NOW, [Correction(start, start + timedelta(minutes=10))])
    assert verdict.raw == judge(one, made, NOW).corrected
    if verdict.corrected.left_fraction is not None and verdict.raw.left_fraction is not None:
        assert verdict.corrected.left_fraction >= verdict.raw.left_fraction - 1e-12
    if verdict.corrected.sli is not None and verdict.raw.sli is not None:
        assert verdict.corrected.sli >= verdict.raw.sli - 1e-12


@few
@given(slos, series, st.randoms(use_true_random=False))
def test_the_order_of_buckets_does_not_matter(one: Slo, measured: list[tuple[int, int] | None], chance: Any) -> None:
    made = before_now(one, measured)
    shuffled = list(made)
    chance.shuffle(shuffled)
    assert judge(one, shuffled, NOW).record() == judge(one, made, NOW).record()


@few
@given(slos, series)
def test_what_lies_outside_what_is_needed_is_not_looked_at(one: Slo, measured: list[tuple[int, int] | None]) -> None:
    made = before_now(one, measured)
    span = needed(one, NOW)
    width = one.bucket.us
    beyond = [Bucket(us - us % width, width, 0, 9) for us in (span.start_us - width, span.end_us + width)]
    assert judge(one, [*made, *beyond], NOW).record() == judge(one, made, NOW).record()


@few
@given(slos, st.integers(0, 40 * 24 * 60))
def test_what_is_needed_begins_no_later_than_the_window(one: Slo, minute: int) -> None:
    now = at("2026-03-01") + timedelta(minutes=minute)
    span, window = needed(one, now), one.window.at(now)
    assert span.start <= window.start
    assert span.end == from_us(span.end_us) == now


@few
@given(series, st.integers(1, 5))
def test_more_of_the_same_burns_no_faster(measured: list[tuple[int, int] | None], times: int) -> None:
    one = SLOS[0]
    many = [None if figure is None else (figure[0] * times, figure[1] * times) for figure in measured]
    first, second = judge(one, before_now(one, measured), NOW), judge(one, before_now(one, many), NOW)
    assert [burn.long_rate for burn in first.burns] == [burn.long_rate for burn in second.burns]
    assert first.corrected.consumed == second.corrected.consumed
