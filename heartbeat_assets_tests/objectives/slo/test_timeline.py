"""The budget point by point."""

import pytest

from heartbeat_assets.objectives.slo.corrections import Correction
from heartbeat_assets.objectives.slo.durations import duration
from heartbeat_assets.objectives.slo.timeline import timeline
from heartbeat_assets.objectives.slo.verdict import judge
from heartbeat_assets_tests.objectives.slo.slo_making import FIVE_MINUTES, at, buckets, month, rolling, slo


def test_each_point_is_what_the_verdict_was_then() -> None:
    api = slo(window=month(), target=0.9)
    made = buckets(api, "2026-03-01", *[(95, 100)] * 12, *[None] * 12, *[(80, 100)] * 24)
    points = timeline(api, made, at("2026-03-01T04:00"), points=4, over=duration("1h"))
    assert [point.at for point in points] == [at(f"2026-03-01T0{hour}:00") for hour in (1, 2, 3, 4)]
    # 5% bad where 10% may be; then nothing measured; then 20%: 60 + 240 of 2,400 bad, then 60 + 480 of 3,600.
    assert [point.left_fraction for point in points] == [0.5, 0.5, -0.25, -0.5]
    assert [point.burn_rate for point in points] == [0.5, None, 2, 2]
    for point in points:
        assert point.left_fraction == judge(api, made, point.at).corrected.left_fraction


def test_slices_use_the_budget_of_the_whole_window() -> None:
    api = slo(
        window=month(duration="1d"),
        method="Timeslices",
        target=0.75,
        timeSliceTarget=0.9,
        timeSliceWindow="1h",
        annotations=FIVE_MINUTES,
    )
    made = buckets(api, "2026-03-01", *[(0, 1)] * 24, *[(1, 1)] * 24)
    points = timeline(api, made, at("2026-03-01T04:30"))
    # Six of the 24 hours may be bad; two were.
    assert [point.left_fraction for point in points] == [pytest.approx(5 / 6), *[pytest.approx(4 / 6)] * 3]


def test_the_last_point_is_the_verdict() -> None:
    for method, fields in (("Occurrences", {}), ("RatioTimeslices", {"timeSliceWindow": "5m"})):
        api = slo(window=rolling("1d"), method=method, target=0.9, **fields)
        made = buckets(api, "2026-03-01", *[(9, 10), (8, 10), None] * 96)
        out = [Correction(at("2026-03-01T06:00"), at("2026-03-01T07:00"))]
        now = at("2026-03-02T00:00")
        last = timeline(api, made, now, out, points=7)[-1]
        assert last.at == now
        assert last.left_fraction == judge(api, made, now, out).corrected.left_fraction


def test_without_time_or_data_there_is_no_line() -> None:
    api = slo(window=month())
    assert timeline(api, [], at("2026-03-01")) == []
    assert {point.left_fraction for point in timeline(api, [], at("2026-03-02"))} == {None}
    assert len(timeline(api, [], at("2026-03-31T23:59"), points=10)) <= 10


def test_a_point_is_plain() -> None:
    api = slo(window=month(), target=1.0)
    (point,) = timeline(api, buckets(api, "2026-03-01", (0, 1)), at("2026-03-01T00:05"))
    assert point.record() == {"at": "2026-03-01T00:05:00+00:00", "left_fraction": None, "burn_rate": None}
