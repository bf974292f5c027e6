"""Burn rates and their rules against the workbook's figures and some worked out by hand."""

from fractions import Fraction

import pytest

from heartbeat_assets.objectives.slo.burn import WORKBOOK, outcome_of, rules_in
from heartbeat_assets.objectives.slo.durations import duration
from heartbeat_assets.objectives.slo.verdict import Verdict, judge
from heartbeat_assets_tests.objectives.slo.slo_making import DAY, FIVE_MINUTES, HOUR, at, buckets, month, rolling, slo

NOW = at("2026-03-31")


def test_the_rules_of_the_workbook_come_to_its_burn_rates_in_30_days() -> None:
    rules = rules_in(WORKBOOK)
    assert [float(rule.factor_in(30 * DAY)) for rule in rules] == [14.4, 6, 1]
    assert [rule.severity for rule in rules] == ["ERROR", "ERROR", "WARN"]
    assert [(str(rule.long), str(rule.short)) for rule in rules] == [("1h", "5m"), ("6h", "30m"), ("3d", "6h")]


@pytest.mark.parametrize(
    ("window", "instant", "factors"),
    [
        # 2% x 672 h, 5% x 672 h / 6 h, 10% x 672 h / 72 h; the same with 696, 744 and 743 hours.
        (month(), "2026-02-10", [13.44, 5.6, 672 / 720]),
        (month(), "2024-02-10", [13.92, 5.8, 696 / 720]),
        (month(), "2026-03-10", [14.88, 6.2, 744 / 720]),
        (month("Europe/Madrid"), "2026-03-10", [14.86, 743 / 120, 743 / 720]),
        (rolling("28d"), "2026-03-10", [13.44, 5.6, 672 / 720]),
        (rolling("7d"), "2026-03-10", [3.36, 1.4, 168 / 720]),
    ],
)
def test_a_rule_has_the_factor_of_its_windows_own_length(window: dict, instant: str, factors: list[float]) -> None:
    assert [float(burn.factor) for burn in judge(slo(window=window), [], at(instant)).burns] == pytest.approx(factors)


def judged(*hours: tuple[int, int], last: tuple[int, int] | None = None, **what: object) -> Verdict:
    """The verdict at NOW on so many (bad, total) in each of the last hours, newest first, spread over the hour's twelve
    buckets; `last` is what the newest bucket has instead."""
    api = slo(target=0.99, **what)
    figures = [(total - bad, total) for bad, total in reversed(hours) for _ in range(12)]
    if last:
        figures[-1] = (last[1] - last[0], last[1])
    return judge(
        api,
        buckets(api, at("2026-03-31").fromtimestamp(NOW.timestamp() - len(hours) * 3600, NOW.tzinfo), *figures),
        NOW,
    )


def fired(verdict: Verdict) -> list[str]:
    return [str(burn.rule.long) for burn in verdict.burns if burn.fires]


def test_a_burn_rate_is_the_error_rate_by_what_may_be_bad() -> None:
    burn = judged((30, 100)).burns[0]
    # 30% bad where 1% may be: 30. In an hour of 720 that uses 30 / 720 of the budget.
    assert (burn.long_rate, burn.short_rate, burn.events) == (30, 30, 1_200)
    assert burn.budget_used == pytest.approx(30 / 720)


def test_a_rule_fires_above_its_factor_and_not_at_it() -> None:
    # 144 of 1,000 bad is 14.4 exactly, which floats make 14.400000000000002.
    assert fired(judged((144, 1_000))) == ["6h", "3d"]
    assert fired(judged((145, 1_000))) == ["1h", "6h", "3d"]
    assert judged((145, 1_000)).severity == "ERROR"


def test_both_windows_must_burn() -> None:
    long_only = judged((30, 100), last=(0, 100))
    assert (long_only.burns[0].long_rate, long_only.burns[0].short_rate) == (Fraction(330, 12), 0)
    assert "1h" not in fired(long_only)
    short_only = judged((0, 100), last=(100, 100))
    assert (short_only.burns[0].long_rate, short_only.burns[0].short_rate) == (Fraction(100, 12), 100)
    assert fired(short_only) == ["6h", "3d"]


def test_a_slow_burn_makes_a_ticket() -> None:
    # 2% bad for three days: 2, above 1 and below 6.
    verdict = judged(*[(2, 100)] * 72)
    assert fired(verdict) == ["3d"]
    assert verdict.severity == "WARN"
    # 1% bad is burning just as fast as may be.
    assert fired(judged(*[(1, 100)] * 72)) == []


def test_trouble_that_is_over_stops_to_fire() -> None:
    verdict = judged(*[(0, 100)] * 6, *[(50, 100)] * 6)
    assert fired(verdict) == []
    assert verdict.severity is None


def test_too_few_events_are_not_judged() -> None:
    # An hour with nine events, all bad.
    api = slo(annotations={"heartbeat/minEvents": "10"})
    few = judge(api, buckets(api, "2026-03-30T23:50", (0, 4), (0, 5)), NOW)
    assert few.severity is None
    assert few.burns[0].has_enough is False
    assert "not judged, 9 of at least 10 events" in few.burns[0].sentence
    enough = judge(api, buckets(api, "2026-03-30T23:50", (0, 5), (0, 5)), NOW)
    assert enough.severity == "ERROR"


def test_windows_without_events_do_not_burn() -> None:
    api = slo()
    verdict = judge(api, buckets(api, "2026-03-01", (0, 100)), NOW)
    assert [burn.long_rate for burn in verdict.burns] == [None, None, None]
    assert verdict.severity is None
    assert "burn rate unknown" in verdict.burns[0].sentence


def test_what_was_not_measured_is_not_said_to_be_within_the_limit() -> None:
    api = slo(annotations={"heartbeat/minEvents": "10", "heartbeat/burnRules": "2% 1h 5m page"})
    for start, figures, outcome, said in (
        ("2026-03-30T12:00", (10, 10), "no data", "not judged, 0 of at least 10 events"),
        ("2026-03-30T23:30", (50, 50), "no data", "nothing was counted in one of them, so it does not fire"),
        ("2026-03-30T23:55", (9, 9), "too few events", "not judged, 9 of at least 10 events"),
        ("2026-03-30T23:55", (90, 90), "within", "within the limit"),
        ("2026-03-30T23:55", (0, 90), "fires", "burning too fast"),
    ):
        (burn,) = judge(api, buckets(api, start, figures), NOW).burns
        assert outcome_of(burn.record()) == outcome
        assert said in burn.sentence


def test_a_look_back_does_not_stop_at_the_start_of_a_calendar_window() -> None:
    api = slo(window=month())
    verdict = judge(api, buckets(api, "2026-03-31T23:00", *[(70, 100)] * 12), at("2026-04-01"))
    assert verdict.state == "NO_DATA"
    assert verdict.burns[0].long_rate == 30


def test_a_look_back_begins_with_a_whole_bucket() -> None:
    # At 12:03 the five minutes before begin in the bucket of 11:55.
    api = slo()
    verdict = judge(api, buckets(api, "2026-03-31T11:55", (0, 100), (100, 100)), at("2026-03-31T12:03"))
    assert verdict.burns[0].short_rate == 50


@pytest.mark.parametrize("minute", [0, 4])
def test_slices_burn_by_the_last_that_is_over(minute: int) -> None:
    api = slo(method="Timeslices", timeSliceTarget=0.9, timeSliceWindow="5m")
    made = buckets(api, "2026-03-31T11:00", *[(90, 100)] * 11, (0, 100), (100, 100))
    verdict = judge(api, made, at(f"2026-03-31T12:0{minute}"))
    # One of the twelve slices of the hour is bad, and it is the last.
    assert (verdict.burns[0].long_rate, verdict.burns[0].short_rate) == (Fraction(100, 12), 100)


def test_a_slice_longer_than_the_short_window_stands_for_it() -> None:
    api = slo(method="Timeslices", timeSliceTarget=0.9, timeSliceWindow="1h", annotations=FIVE_MINUTES)
    verdict = judge(api, buckets(api, "2026-03-31T11:00", *[(0, 100)] * 12), at("2026-03-31T12:30"))
    assert verdict.burns[0].short_rate == 100


def test_rules_are_data() -> None:
    short, factor = rules_in("3.5% 2h 10m ticket; 2x 1d 2h page", min_events=7)
    assert (short.share, short.long, short.short, short.severity) == (
        Fraction(7, 200),
        duration("2h"),
        duration("10m"),
        "WARN",
    )
    assert (factor.factor_in(5 * HOUR), factor.severity, factor.min_events) == (2, "ERROR", 7)
    assert rules_in("none") == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2% 1h page", "is no burn rule"),
        ("2% 5m 1h page", "the short window must be shorter"),
        ("2% 1h 5m wake", "'wake' is no severity; write page or ticket"),
        ("2% 1M 5m page", "not always as long"),
        ("0% 1h 5m page", "must be more than 0"),
        ("", "is no burn rule"),
    ],
)
def test_a_rule_that_cannot_be_read_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        rules_in(text)


def test_a_rule_longer_than_the_window_is_named_and_left_out(tmp_path: object) -> None:
    api = slo(window=rolling("2d"))
    assert [str(rule.long) for rule in api.rules] == ["1h", "6h"]
