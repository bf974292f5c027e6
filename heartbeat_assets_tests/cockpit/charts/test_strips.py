"""Strips and trends: one mark a tick, a row or a run of them, told by shape and words as well as by colour."""

from __future__ import annotations

from xml.etree import ElementTree

from heartbeat_assets.cockpit.charts import Point, RowMark, heartbeat_strip, kpi_trend, status_strip
from heartbeat_assets_tests.cockpit.sample_views import HOSTILE, NOW, hourly


def labelled(svg: str) -> list[str]:
    """What each mark says."""
    return [one.findtext("title") or "" for one in ElementTree.fromstring(svg).iter() if one.find("title") is not None]


def points(statuses: list[str]) -> list[Point]:
    return [
        Point(one.at, one.value, status) for one, status in zip(hourly([1.0] * len(statuses)), statuses, strict=True)
    ]


def test_neighbours_of_one_status_are_one_mark() -> None:
    ticks = points(["green", "green", "red", "no_data"])
    svg = status_strip(ticks, since=ticks[0].at, until=NOW)

    assert labelled(svg) == [
        "green in 2 ticks, 23 Feb 2026 11:00 UTC to 23 Feb 2026 12:00 UTC",
        "red at 23 Feb 2026 13:00 UTC",
        "no data at 23 Feb 2026 14:00 UTC",
    ]
    assert "Status of 4 ticks: 1 red, 1 no data, 2 green" in svg


def test_the_worse_a_status_the_taller_its_mark() -> None:
    ticks = points(["green", "amber", "red"])
    marks = ElementTree.fromstring(status_strip(ticks, since=ticks[0].at, until=NOW)).iter("rect")
    heights = [float(one.get("height") or 0) for one in marks]

    assert heights == sorted(heights)
    assert len(set(heights)) == 3


def test_a_strip_of_90_days_keeps_a_single_red_hour_and_says_at_worst() -> None:
    ticks = points(["green"] * 1000 + ["red"] + ["green"] * 1159)
    said = labelled(status_strip(ticks, since=ticks[0].at, until=NOW))

    assert len(said) == 3
    assert said[1].startswith("at worst red in ")


def test_every_other_tick_of_another_status_makes_at_most_300_marks() -> None:
    ticks = points(["green", "red"] * 1080)

    assert len(labelled(status_strip(ticks, since=ticks[0].at, until=NOW))) <= 300


def test_nothing_recorded_makes_no_strip() -> None:
    assert status_strip([], since=NOW, until=NOW) == ""
    assert heartbeat_strip([]) == ""
    assert kpi_trend(hourly([None]), 1.0) == ""


def test_a_lane_has_one_mark_a_row_each_of_its_own_shape() -> None:
    svg = heartbeat_strip([RowMark(status, NOW) for status in ("ok", "degraded", "failed", "malformed")])
    shapes = [one for one in ElementTree.fromstring(svg).iter() if "m" in (one.get("class") or "").split()]

    assert [one.get("class") for one in shapes] == ["m s-ok", "m s-degraded", "m s-failed", "m s-malformed"]
    assert len({one.get("d") for one in shapes}) == 4
    assert "4 rows, oldest first: 1 failed, 1 malformed, 1 degraded, 1 ok. Newest: malformed" in svg


def test_a_mark_with_an_address_leads_to_its_row_and_everything_is_escaped() -> None:
    svg = heartbeat_strip([RowMark("failed", NOW, HOSTILE, '#"><script>')])
    (link,) = ElementTree.fromstring(svg).iter("a")

    assert "<script" not in svg
    assert link.get("href") == '#"><script>'
    assert link.get("aria-label") == f"failed, 23 Feb 2026 14:00 UTC, {HOSTILE}"


def test_a_trend_names_its_limit_and_marks_what_is_beyond_it() -> None:
    rows = points(["green", "red", "red"])
    svg = kpi_trend(rows, 1.5, name="click_rate", unit="ratio")

    assert "click_rate, last 3 rows: 1 to 1 ratio, limit 1.5, beyond it in 2 rows" in svg
    assert svg.count("s-red") == 2


def test_a_row_without_a_value_is_a_ring_and_breaks_the_line() -> None:
    svg = kpi_trend(hourly([1.0, None, 2.0]), None, name="click_rate")
    line = next(one for one in ElementTree.fromstring(svg).iter("path") if one.get("class") == "l")

    assert (line.get("d") or "").count("M") == 2
    assert "no value, 23 Feb 2026 13:00 UTC" in svg
