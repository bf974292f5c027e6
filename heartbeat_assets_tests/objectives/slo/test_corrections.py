"""Maintenance and corrections: the raw figure stays beside the corrected one."""

from typing import Any

import pytest

from heartbeat_assets.objectives.slo.corrections import Correction, corrected
from heartbeat_assets.objectives.slo.periods import to_us
from heartbeat_assets.objectives.slo.verdict import judge
from heartbeat_assets_tests.objectives.slo.slo_making import HOUR, MINUTE, at, buckets, month, slo

NOW = at("2026-03-01T14:00")


def correction(start: str, end: str, **what: Any) -> Correction:
    return Correction(at(f"2026-03-01T{start}"), at(f"2026-03-01T{end}"), **what)


def test_maintenance_leaves_the_raw_figure_beside_the_corrected_one() -> None:
    api = slo(window=month(), target=0.99)
    made = buckets(api, "2026-03-01T12:00", *[(100, 100)] * 12, *[(50, 100)] * 6, *[(100, 100)] * 6)
    verdict = judge(api, made, NOW, [correction("13:00", "13:30", reason="new database")])
    # Raw: 300 of 2,400 bad, where 24 may be. Corrected: none of 1,800.
    assert (verdict.raw.bad, verdict.raw.total, verdict.raw.state) == (300, 2_400, "EXHAUSTED")
    assert verdict.raw.consumed == 12.5
    assert (verdict.corrected.bad, verdict.corrected.total, verdict.state) == (0, 1_800, "GREEN")
    # Measured were 2 of 14 hours; without the half hour 1.5 of 13.5.
    assert verdict.raw_coverage.fraction == 2 / 14
    assert verdict.coverage.fraction == 1.5 / 13.5
    assert verdict.coverage.excluded == 1_800
    assert verdict.severity is None
    (said,) = verdict.record()["corrections"]
    assert (said["reason"], said["applied_from"]) == ("new database", "2026-03-01T13:00:00+00:00")


def test_maintenance_does_not_make_the_budget_of_slices_smaller() -> None:
    api = slo(window=month(), method="Timeslices", target=0.999, timeSliceTarget=0.9, timeSliceWindow="1m")
    made = buckets(api, "2026-03-01T12:00", *[(0, 10)] * 30, *[(10, 10)] * 30)
    verdict = judge(api, made, NOW, [correction("12:00", "12:20")])
    # March has 44,640 minutes: 44.64 may be bad. 30 were, 20 of them in maintenance.
    assert (verdict.raw.bad, verdict.raw.allowed, verdict.raw.left) == (30, 44.64, 14.64)
    assert (verdict.corrected.bad, verdict.corrected.allowed, verdict.corrected.left) == (10, 44.64, 34.64)


def test_a_correction_takes_the_whole_buckets_it_touches() -> None:
    one = correction("13:01", "13:06")
    assert one.span(5 * MINUTE) == (to_us(at("2026-03-01T13:00")), to_us(at("2026-03-01T13:10")))
    api = slo()
    left = corrected(buckets(api, "2026-03-01T12:55", *[(1, 1)] * 4), [one], 5 * MINUTE)
    assert [bucket.start_us for bucket in left.buckets] == [to_us(at(f"2026-03-01T{t}")) for t in ("12:55", "13:10")]


def test_figures_that_were_wrong_are_set() -> None:
    api = slo(window=month(), target=0.9)
    made = buckets(api, "2026-03-01T12:00", *[(0, 100)] * 12)
    verdict = judge(api, made, NOW, [correction("12:00", "13:00", kind="set", good=1_199, total=1_200)])
    assert (verdict.raw.good, verdict.raw.total) == (0, 1_200)
    assert (verdict.corrected.good, verdict.corrected.total) == (1_199, 1_200)


def test_time_that_was_not_measured_can_be_filled_in() -> None:
    api = slo(window=month(), target=0.9)
    verdict = judge(api, [], NOW, [correction("07:00", "14:00", kind="set", good=70, total=70)])
    assert (verdict.raw.state, verdict.state) == ("NO_DATA", "GREEN")
    assert (verdict.raw_coverage.fraction, verdict.coverage.fraction) == (0, 0.5)


@pytest.mark.parametrize(
    ("good", "total", "minutes"), [(2, 5, 35), (0, 0, 60), (7, 7, 15), (999, 1_000, 55), (0, 3, 5)]
)
def test_what_is_set_is_spread_in_whole_events_that_add_up(good: int, total: int, minutes: int) -> None:
    one = correction("12:00", f"12:{minutes:02}" if minutes < 60 else "13:00", kind="set", good=good, total=total)
    made = corrected([], [one], 5 * MINUTE).buckets
    assert len(made) == minutes // 5
    assert (sum(b.good for b in made), sum(b.total for b in made)) == (good, total)
    assert all(isinstance(b.total, int) and 0 <= b.good <= b.total for b in made)
    assert max(b.total for b in made) - min(b.total for b in made) <= 1


def test_the_later_of_two_holds_and_what_is_excluded_stays_out() -> None:
    first = correction("12:00", "13:00", kind="set", good=0, total=12)
    later = correction("12:00", "12:30", kind="set", good=6, total=6)
    out = correction("12:50", "13:10")
    made = corrected([], [out, first, later], 5 * MINUTE)
    assert [(b.good, b.total) for b in made.buckets] == [(1, 1)] * 6 + [(0, 1)] * 4
    assert made.excluded_us(to_us(at("2026-03-01T12:00")), to_us(at("2026-03-01T13:00"))) == HOUR // 6


def test_maintenance_that_overlaps_is_counted_once() -> None:
    made = corrected([], [correction("12:00", "12:30"), correction("12:20", "13:00")], 5 * MINUTE)
    assert made.excluded == ((to_us(at("2026-03-01T12:00")), to_us(at("2026-03-01T13:00"))),)


def test_a_window_that_is_all_maintenance_has_no_data_and_no_coverage() -> None:
    api = slo(window=month(duration="1d"))
    verdict = judge(api, buckets(api, "2026-03-01", *[(0, 1)] * 288), NOW, [correction("00:00", "14:00")])
    assert (verdict.state, verdict.coverage.fraction, verdict.raw.state) == ("NO_DATA", None, "EXHAUSTED")


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ({"start": "13:00", "end": "13:00"}, "must end after it starts"),
        ({"start": "12:00", "end": "13:00", "kind": "set", "good": 2, "total": 1}, "2 good events of 1"),
        ({"start": "12:00", "end": "13:00", "total": 1}, "excludes time has no figures"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(what: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        correction(**what)
