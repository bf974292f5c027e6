"""A verdict as a value: its words, its record, and what it needs to be judged."""

import json
from datetime import timedelta

import pytest

from heartbeat_assets.objectives.slo.periods import Window
from heartbeat_assets.objectives.slo.sentences import percent
from heartbeat_assets.objectives.slo.verdict import judge, needed
from heartbeat_assets_tests.objectives.slo.slo_making import FIVE_MINUTES, at, buckets, month, rolling, slo


def test_a_record_is_plain_and_has_all_of_it() -> None:
    api = slo(window=month(), annotations={"heartbeat/owner": "team:ops"})
    record = judge(api, buckets(api, "2026-03-01", (97, 100)), at("2026-03-01T00:05")).record()
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record["window"]["start"] == "2026-03-01T00:00:00+00:00"
    assert (record["name"], record["owner"], record["state"], record["severity"]) == (
        "api",
        "team:ops",
        "EXHAUSTED",
        "WARN",
    )
    assert (record["budget"]["consumed"], record["raw"]["consumed"]) == (3, 3)
    assert (record["burn_rate"], record["burn_rate_over"]) == (3, "1d")
    assert [burn["fires"] for burn in record["burns"]] == [False, False, True]


def test_the_words_say_what_happened_and_what_is_left() -> None:
    api = slo(window=month(), target=0.99)
    verdict = judge(api, buckets(api, "2026-03-01", (9_940, 10_000)), at("2026-03-01T12:00"))
    assert verdict.sentence == (
        "api: 99.4% of 10,000 events were good in this calendar window of 1 month (target 99%); "
        "40% of the error budget is left (60 bad, 100 allowed); "
        "as it burned over the last 1 day, it is used up on 2026-03-22 at 04:00 UTC; "
        "0.69% of the time was measured."
    )


def test_the_words_for_a_budget_that_is_used_up_and_a_rule_that_fires() -> None:
    api = slo(window=rolling("7d"), target=0.99, annotations={"heartbeat/burnRules": "2% 1h 5m page"})
    verdict = judge(api, buckets(api, "2026-03-01", (50, 100)), at("2026-03-01T00:05"))
    assert "the error budget is used up (50 bad, 1 allowed)" in verdict.sentence
    assert "burn rate 50 over 1 hour and 50 over 5 minutes, limit 3.36; burning too fast" in verdict.sentence


def test_the_words_without_data_say_where_to_look() -> None:
    assert judge(slo(), [], at("2026-03-01")).sentence == (
        "api: nothing was measured in the last 30 days (target 99%); look at the sources of its query."
    )


@pytest.mark.parametrize(
    ("fraction", "below", "words"),
    [
        (0.995, None, "99.5%"),
        (1.0, None, "100%"),
        (0.0, None, "0%"),
        (0.99499999, 0.995, "99.499999%"),
        (0.9999999, 1, "99.99999%"),
        (0.12345, None, "12.35%"),
    ],
)
def test_a_percentage_just_below_its_target_does_not_look_as_if_it_were_met(
    fraction: float, below: float | None, words: str
) -> None:
    assert percent(fraction, below=below) in (words, words.replace("12.35", "12.34"))


def test_what_is_needed_is_the_window_so_far_and_the_longest_look_back() -> None:
    # On the 2nd the three days of the slowest rule reach into the month before.
    api = slo(window=month())
    assert needed(api, at("2026-03-02T00:03")) == Window(at("2026-02-27"), at("2026-03-02T00:03"))
    assert needed(api, at("2026-03-20")) == Window(at("2026-03-01"), at("2026-03-20"))
    assert needed(slo(), at("2026-03-20T12:03")) == Window(at("2026-02-18T12:03"), at("2026-03-20T12:03"))


def test_whole_slices_are_needed() -> None:
    api = slo(
        method="Timeslices", timeSliceTarget=0.9, timeSliceWindow="1h", window=rolling("7d"), annotations=FIVE_MINUTES
    )
    assert needed(api, at("2026-03-20T12:30")).start == at("2026-03-13T12:00")


def test_what_comes_after_now_is_not_looked_at() -> None:
    api = slo(window=month())
    later = buckets(api, "2026-03-02T00:00", (0, 1_000))
    verdict = judge(api, [*buckets(api, "2026-03-01", (1, 1)), *later], at("2026-03-02"))
    assert (verdict.corrected.total, verdict.state) == (1, "GREEN")


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    from zoneinfo import ZoneInfo

    api = slo(window=month("Europe/Madrid", duration="1d"))
    made = buckets(api, "2026-03-28T23:00", (9, 10))
    there = at("2026-03-29T12:00").astimezone(ZoneInfo("Asia/Tokyo"))
    assert judge(api, made, there).record() == judge(api, made, at("2026-03-29T12:00")).record()
    assert judge(api, made, there).window.seconds == 23 * 3600


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        judge(slo(), [], at("2026-03-01").replace(tzinfo=None))


def test_the_day_that_is_an_hour_longer_is_covered_by_its_25_hours() -> None:
    api = slo(window=month("Europe/Madrid", duration="1d"))
    start = at("2026-10-24T22:00")
    made = buckets(api, start, *[(1, 1)] * (25 * 12))
    verdict = judge(api, made, start + timedelta(hours=25), window=api.window.at(start))
    assert (verdict.corrected.total, verdict.coverage.fraction, verdict.coverage.elapsed) == (300, 1, 25 * 3600)


def test_the_29th_of_february_counts_to_its_month() -> None:
    api = slo(window=month())
    made = buckets(api, "2024-02-29T23:55", (0, 1), (1, 1))
    verdict = judge(api, made, at("2024-03-01T00:05"), window=api.window.at(at("2024-02-29T12:00")))
    assert (verdict.corrected.bad, verdict.corrected.total) == (1, 1)
    assert judge(api, made, at("2024-03-01T00:05")).corrected.bad == 0
