"""Tests of series: which events are recent, which are the baseline, and events that cannot be compared."""

from __future__ import annotations

import math

import pytest

from heartbeat_assets.governance.series import FrozenBaseline, KpiEvent, SeriesProblem, Windows, windows_of
from heartbeat_assets_tests.governance.tripwire_events import numbers, runs


def windows(events: list[KpiEvent], frozen: FrozenBaseline | None = None) -> Windows:
    return windows_of(events, recent=50, baseline=200, name="A.b", frozen=frozen)


def bounds(made: Windows) -> tuple[int | None, ...]:
    return (made.baseline.first, made.baseline.last, made.recent.first, made.recent.last)


def test_the_baseline_is_what_came_just_before_the_recent_events() -> None:
    assert bounds(windows(runs((1000, 1000)))) == (751, 950, 951, 1000)


def test_few_events_are_recent_before_they_are_baseline() -> None:
    made = windows(runs((60, 60)))
    assert (made.recent.events, made.baseline.events) == (50, 10)


def test_without_events_both_windows_are_empty() -> None:
    made = windows([])
    assert (made.kind, made.recent.events, made.baseline.figure) == (None, 0, None)


def test_a_frozen_baseline_stays_however_many_events_follow() -> None:
    assert bounds(windows(runs((1000, 1000)), FrozenBaseline(11, 210))) == (11, 210, 951, 1000)


def test_with_a_frozen_baseline_only_events_after_it_are_recent() -> None:
    assert bounds(windows(runs((230, 230)), FrozenBaseline(11, 210))) == (11, 210, 211, 230)


def test_events_between_the_frozen_baseline_and_the_recent_ones_may_be_left_out() -> None:
    events = runs((1000, 1000))
    frozen = FrozenBaseline(11, 210)
    assert windows(events[10:210] + events[950:], frozen) == windows(events, frozen)


def test_gaps_in_the_sequence_do_not_matter() -> None:
    events = [KpiEvent(10 * event.sequence, success=True) for event in runs((300, 300))]
    assert bounds(windows(events)) == (510, 2500, 2510, 3000)


def test_a_rate_counts_successes_and_a_mean_has_none() -> None:
    assert windows(runs((190, 200), (37, 50))).baseline.successes == 190
    mean = windows(numbers([1.0, 2.0, 4.5]))
    assert (mean.kind, mean.recent.successes, mean.recent.figure) == ("mean", None, 2.5)


@pytest.mark.parametrize("binary_first", [True, False])
def test_successes_and_numbers_in_one_series_are_an_error_that_says_so(binary_first: bool) -> None:
    events = runs((200, 200)) + numbers([1.0] * 50, start=201)
    if not binary_first:
        events = numbers([1.0] * 200) + [KpiEvent(200 + event.sequence, success=True) for event in runs((50, 50))]
    with pytest.raises(SeriesProblem, match=r"A\.b: event \d+ is a success or failure and event \d+ a number; .* own"):
        windows(events)


def test_a_mixture_within_a_window_is_an_error_as_well() -> None:
    with pytest.raises(SeriesProblem, match="event 1 is a success or failure and event 2 a number"):
        windows(runs((1, 1)) + numbers([1.0], start=2))


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (KpiEvent(7), "event 7 is neither a success nor a failure and has no value"),
        (KpiEvent(7, success=True, value=1.0), "event 7 is a success or failure and has a value as well"),
        (KpiEvent(7, value=math.nan), "event 7 has the value nan; emit finite numbers"),
        (KpiEvent(7, value=-math.inf), "event 7 has the value -inf; emit finite numbers"),
    ],
)
def test_an_event_that_is_no_event_is_an_error_that_names_it(event: KpiEvent, sentence: str) -> None:
    with pytest.raises(SeriesProblem, match=sentence):
        windows([event])


def test_the_order_of_the_events_counts_and_not_their_numbers() -> None:
    # Event 900 happened before event 2 and was recorded much later.
    late = [*runs((1, 1)), KpiEvent(900, success=False), *runs((299, 299))[1:]]
    assert windows_of(late, recent=298, baseline=10, name="A.b").baseline.numbers == (1.0, 0.0)


def test_a_frozen_baseline_is_found_by_its_first_and_last_event_whatever_their_numbers() -> None:
    events = [KpiEvent(number, success=True) for number in (70, 3, 90, 5, 60, 61, 62)]
    made = windows(events, FrozenBaseline(3, 5))
    assert bounds(made) == (3, 5, 60, 62)
    assert (made.baseline.events, made.recent.events) == (3, 3)


@pytest.mark.parametrize("gone", [FrozenBaseline(-1, 210), FrozenBaseline(11, -1), FrozenBaseline(210, 11)])
def test_a_frozen_baseline_without_its_first_or_last_event_is_none(gone: FrozenBaseline) -> None:
    assert windows(runs((230, 230)), gone).baseline.events == 0


def test_an_event_that_is_given_twice_is_an_error_in_one_window_or_in_both() -> None:
    twice = KpiEvent(2, success=True)
    with pytest.raises(SeriesProblem, match=r"A\.b: event 2 is given twice; give events in the order of their time"):
        windows([twice, twice])
    with pytest.raises(SeriesProblem, match="event 2 is given twice"):
        windows_of([twice, KpiEvent(3, success=True), twice], recent=1, baseline=2, name="A.b")
