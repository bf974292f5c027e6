"""Budgets against figures worked out by hand; each test says how."""

from dataclasses import replace
from fractions import Fraction

import pytest

from heartbeat_assets.objectives.slo.measured import Bucket
from heartbeat_assets.objectives.slo.periods import to_us
from heartbeat_assets.objectives.slo.slo import BudgetLimits
from heartbeat_assets.objectives.slo.verdict import judge
from heartbeat_assets_tests.objectives.slo.slo_making import (
    DAY,
    FIVE_MINUTES,
    MINUTE,
    THRESHOLD,
    at,
    buckets,
    month,
    rolling,
    slo,
)


def test_of_10_000_events_with_99_5_percent_50_may_be_bad() -> None:
    api = slo(window=month(), targetPercent=99.5)
    budget = judge(api, buckets(api, "2026-02-01", (4_990, 5_000), (4_980, 5_000)), at("2026-02-10")).corrected
    # 30 bad of 50: 60% used, 40% left. SLI 9,970 / 10,000. February has 28 days: 0.005 x 28 x 86,400 = 12,096 s.
    assert (budget.good, budget.bad, budget.total, budget.unit) == (9_970, 30, 10_000, "events")
    assert (budget.sli, budget.allowed, budget.left) == (0.997, 50, 20)
    assert (budget.consumed, budget.left_fraction, budget.state) == (0.6, 0.4, "YELLOW")
    assert (budget.seconds, budget.seconds_left) == (12_096, 4_838.4)
    assert budget.is_met


@pytest.mark.parametrize(
    ("instant", "seconds"),
    [
        # 0.1% of 28, 29, 30 and 31 days: 40.32, 41.76, 43.2 and 44.64 minutes.
        ("2026-02-10", 2_419.2),
        ("2024-02-10", 2_505.6),
        ("2026-04-10", 2_592.0),
        ("2026-03-10", 2_678.4),
    ],
)
def test_the_budget_in_time_is_that_of_the_month_as_long_as_it_is(instant: str, seconds: float) -> None:
    assert judge(slo(window=month(), target=0.999), [], at(instant)).corrected.seconds == seconds


@pytest.mark.parametrize(
    ("zone", "instant", "slices"),
    [
        ("UTC", "2026-02-10", 40_320),
        ("UTC", "2024-02-10", 41_760),
        ("UTC", "2026-04-10", 43_200),
        ("UTC", "2026-03-10", 44_640),
        ("Europe/Madrid", "2026-03-10", 44_580),
        ("Europe/Madrid", "2026-10-10", 44_700),
    ],
)
def test_a_month_has_a_slice_for_each_of_its_minutes(zone: str, instant: str, slices: int) -> None:
    api = slo(window=month(zone), method="Timeslices", target=0.99, timeSliceTarget=0.9, timeSliceWindow="1m")
    budget = judge(api, [], at(instant)).corrected
    assert (budget.state, budget.unit, budget.allowed) == ("NO_DATA", "slices", slices / 100)


def test_slices_are_good_when_enough_of_their_events_are() -> None:
    api = slo(
        window=month(),
        method="Timeslices",
        target=0.99,
        timeSliceTarget=0.95,
        timeSliceWindow="5m",
        annotations={"heartbeat/bucket": "1m"},
    )
    # 12:00 to 12:05: 95 of 100 good, just enough. To 12:10: 94 of 100. To 12:15: no event. To 12:20: not over yet.
    figures = [(19, 20)] * 5 + [(19, 20)] * 4 + [(18, 20)] + [(0, 0)] * 5 + [(0, 20)] * 2
    budget = judge(api, buckets(api, "2026-04-01T12:00", *figures), at("2026-04-01T12:17")).corrected
    # April has 30 x 288 = 8,640 slices; 1% are 86.4. One is bad.
    assert (budget.good, budget.bad, budget.sli) == (1, 1, 0.5)
    assert (budget.allowed, budget.left) == (86.4, 85.4)
    assert budget.consumed == pytest.approx(1 / 86.4, rel=1e-15)


def test_a_rolling_window_has_all_its_slices_whatever_the_minute() -> None:
    api = slo(method="Timeslices", target=0.99, timeSliceTarget=0.9, timeSliceWindow="1h", annotations=FIVE_MINUTES)
    one_bad_hour = buckets(api, "2026-03-01T00:00", *[(0, 10)] * 12)
    budget = judge(api, one_bad_hour, at("2026-03-30T23:59")).corrected
    # The last hour that is over ends at 23:00; 720 hours before it the window begins, so 00:00 on the 1st lies in it.
    assert (budget.bad, budget.allowed) == (1, 7.2)
    assert judge(api, one_bad_hour, at("2026-03-31T00:59")).corrected.bad == 1
    assert judge(api, one_bad_hour, at("2026-03-31T01:00")).corrected.state == "NO_DATA"


def test_ratio_timeslices_average_the_slices_and_not_the_events() -> None:
    api = slo(
        window=rolling("1d"), method="RatioTimeslices", target=0.9, timeSliceWindow="1h", annotations=FIVE_MINUTES
    )
    # One hour with 1 of 10,000 good and 23 with 9 of 10 good: the mean is (0.0001 + 23 x 0.9) / 24.
    figures = [(1, 10_000), *[(0, 0)] * 11] + [(9, 10), *[(0, 0)] * 11] * 23
    budget = judge(api, buckets(api, "2026-03-01", *figures), at("2026-03-02")).corrected
    assert budget.sli == pytest.approx((0.0001 + 23 * 0.9) / 24, rel=1e-12)
    # 10% of 24 slices are 2.4; used are 0.9999 + 23 x 0.1 = 3.2999.
    assert budget.allowed == pytest.approx(2.4)
    assert budget.left == pytest.approx(2.4 - 3.2999)
    assert budget.state == "EXHAUSTED"


@pytest.mark.parametrize(
    ("method", "minutes", "bad_a_minute", "bad_otherwise"),
    [
        # The example that OpenSLO gives of its budgeting methods: two weeks, 95%, 99% of requests well, then an attack
        # that lets 1% through. 5% of 20,160 minutes are 1,008; by the mean, (1,008 - 201.6) / 0.98 = 822.9.
        ("Timeslices", 1_008, 1, 0),
        ("RatioTimeslices", 823, 0.99, 0.01),
    ],
)
def test_the_budgeting_methods_come_to_what_openslo_says_of_them(
    method: str, minutes: int, bad_a_minute: float, bad_otherwise: float
) -> None:
    share = {"timeSliceTarget": 0.9} if method == "Timeslices" else {}
    api = slo(window=rolling("2w"), method=method, target=0.95, timeSliceWindow="1m", **share)
    end = at("2026-03-15")
    first = to_us(end) - 14 * DAY
    made = [Bucket(first + minute * MINUTE, MINUTE, 1 if minute < minutes else 99, 100) for minute in range(20_160)]
    budget = judge(api, made, end).corrected
    assert (budget.allowed, budget.state) == (1_008, "EXHAUSTED")
    assert budget.bad == pytest.approx(minutes * bad_a_minute + (20_160 - minutes) * bad_otherwise)
    # A minute less, and it would not be.
    assert budget.bad - (bad_a_minute - bad_otherwise) < 1_008


def test_a_value_is_held_against_the_limit_by_itself() -> None:
    sse = slo(window=rolling("7d"), sli=THRESHOLD, op="lte", value=5, targetPercent=95)
    budget = judge(sse, buckets(sse, "2026-03-01", (95, 100)), at("2026-03-02")).corrected
    # 5 of 100 above 5 s is just what may be, so p95 <= 5 s is kept and nothing is left.
    assert (budget.unit, budget.is_met, budget.left, budget.state) == ("values", True, 0, "EXHAUSTED")


def test_without_data_nothing_is_said_and_nothing_divided() -> None:
    for method in ("Occurrences", "Timeslices", "RatioTimeslices"):
        slices = {} if method == "Occurrences" else {"timeSliceWindow": "5m"}
        share = {"timeSliceTarget": 0.9} if method == "Timeslices" else {}
        api = slo(method=method, **slices, **share)
        for figures in ([], [(0, 0)] * 20):
            verdict = judge(api, buckets(api, "2026-03-01", *figures), at("2026-03-02"))
            assert verdict.state == "NO_DATA"
            assert verdict.severity is None
            assert verdict.corrected.sli is verdict.corrected.consumed is verdict.corrected.left is None
            assert verdict.record()["exhausted_at"] is None


def test_the_first_instant_of_a_calendar_window_has_no_data_yet() -> None:
    api = slo(window=month())
    verdict = judge(api, buckets(api, "2026-02-28T23:55", (0, 10)), at("2026-03-01"))
    assert verdict.state == "NO_DATA"
    assert verdict.coverage.fraction is None


def test_a_target_of_100_percent_leaves_no_budget() -> None:
    api = slo(target=1.0)
    good = judge(api, buckets(api, "2026-03-01", (10, 10)), at("2026-03-02"))
    assert (good.state, good.corrected.consumed, good.corrected.allowed) == ("GREEN", 0, 0)
    assert good.severity is None
    bad = judge(api, buckets(api, "2026-03-01T23:55", (9, 10)), at("2026-03-02"))
    assert (bad.state, bad.corrected.consumed, bad.corrected.left, bad.exhausted_at) == ("EXHAUSTED", None, -1, None)
    assert bad.severity == "ERROR"
    assert bad.record()["burns"][0]["long_rate"] is None
    assert "a target of 100% has no error budget, and 1 were bad" in bad.sentence


def test_a_target_of_0_percent_can_be_judged() -> None:
    api = slo(target=0.0)
    verdict = judge(api, buckets(api, "2026-03-01", (0, 10)), at("2026-03-02"))
    assert (verdict.corrected.consumed, verdict.corrected.is_met) == (1, True)


@pytest.mark.parametrize(
    ("bad", "state"),
    [(0, "GREEN"), (49, "GREEN"), (50, "YELLOW"), (79, "YELLOW"), (80, "RED"), (99, "RED"), (100, "EXHAUSTED")],
)
def test_a_state_begins_when_its_limit_is_reached(bad: int, state: str) -> None:
    api = slo(target=0.99)
    assert judge(api, buckets(api, "2026-03-01", (10_000 - bad, 10_000)), at("2026-03-02")).state == state


def test_limits_of_states_are_data() -> None:
    api = slo(annotations={"heartbeat/yellowAt": "75%", "heartbeat/redAt": "10%"})
    assert api.limits == BudgetLimits(Fraction(3, 4), Fraction(1, 10))
    assert judge(api, buckets(api, "2026-03-01", (9_970, 10_000)), at("2026-03-02")).state == "YELLOW"


@pytest.mark.parametrize(
    ("window", "instant", "bad", "expected"),
    [
        # 40% left, burning at 60 / (0.01 x 10,000) = 0.6 over the last day: 0.4 x 30 / 0.6 = 20 days.
        (rolling(), "2026-03-02", 60, "2026-03-22"),
        # 90% left at 0.1: 270 days, by when a rolling window has let go of it all.
        (rolling(), "2026-03-02", 10, None),
        # The same in March: 0.4 x 31 / 0.6 = 20.67 days from the 2nd, that is on the 22nd at 16:00.
        (month(), "2026-03-02", 60, "2026-03-22T16:00"),
        # 30% left at 0.7: 13.29 days from the 2nd lie in March; from the 30th they would not.
        (month(), "2026-03-30", 70, None),
        # Nothing bad, and nothing left.
        (rolling(), "2026-03-02", 0, None),
        (rolling(), "2026-03-02", 100, None),
    ],
)
def test_the_end_of_the_budget_is_foretold_from_the_last_day(
    window: dict, instant: str, bad: int, expected: str | None
) -> None:
    api = slo(window=window, target=0.99)
    day_before = at(instant).replace(day=at(instant).day - 1)
    found = judge(api, buckets(api, day_before, (10_000 - bad, 10_000)), at(instant)).exhausted_at
    assert found == (at(expected) if expected else None)


def test_what_lies_outside_the_look_back_does_not_burn() -> None:
    api = slo(target=0.99)
    verdict = judge(api, buckets(api, "2026-03-01", (9_940, 10_000)), at("2026-03-03"))
    assert (verdict.state, verdict.rate, verdict.exhausted_at) == ("YELLOW", None, None)


def test_a_window_that_is_over_is_judged_as_it_was_at_its_end() -> None:
    api = slo(window=month(), method="Timeslices", timeSliceTarget=0.9, timeSliceWindow="1h", annotations=FIVE_MINUTES)
    made = buckets(api, "2026-02-28T23:00", *[(0, 1)] * 12, *[(1, 1)] * 12)
    verdict = judge(api, made, at("2026-03-20"), window=api.window.at(at("2026-02-10")))
    assert (verdict.corrected.bad, verdict.corrected.good, verdict.corrected.allowed) == (1, 0, 6.72)


def test_a_slice_cut_short_by_the_end_of_its_month_is_one_slice() -> None:
    api = slo(
        window=month("Europe/Madrid"),
        method="Timeslices",
        timeSliceTarget=0.9,
        timeSliceWindow="1d",
        annotations=FIVE_MINUTES,
    )
    # March 2026 has 743 hours in Madrid: 30 days of 24 hours and one slice of 23.
    last_hour = buckets(api, "2026-03-31T21:00", *[(0, 1)] * 12)
    verdict = judge(api, last_hour, at("2026-04-10"), window=api.window.at(at("2026-03-10")))
    assert (verdict.corrected.bad, verdict.corrected.allowed) == (1, 0.31)


def test_the_state_is_that_of_exact_numbers() -> None:
    # 0.1% of 3,000 are 3; in floats 1 - 0.999 is a little more than 0.001.
    api = replace(slo(target=0.999), rules=())
    assert judge(api, buckets(api, "2026-03-01", (2_997, 3_000)), at("2026-03-02")).corrected.left == 0
