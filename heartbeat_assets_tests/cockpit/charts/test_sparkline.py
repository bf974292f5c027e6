"""The small chart of a tile: what it draws, how much it weighs and how long it takes."""

from __future__ import annotations

from time import process_time
from xml.etree import ElementTree

from heartbeat_assets.cockpit.charts import Band, Point, sparkline
from heartbeat_assets_tests.cockpit.sample_views import NOW, hourly, wave


def paths(svg: str) -> dict[str, str]:
    """The path of each class."""
    return {one.get("class", "").split()[0]: one.get("d", "") for one in ElementTree.fromstring(svg).iter("path")}


def test_it_draws_the_last_thirty_points_and_says_so() -> None:
    svg = sparkline(wave(100))

    assert "Last 30: 0.8 to 0.95, now 0.95" in svg
    assert paths(svg)["l"].count("L") == 29


def test_there_is_nothing_to_draw_without_a_value() -> None:
    assert sparkline([]) == ""
    assert sparkline(hourly([None, None])) == ""


def test_a_tick_without_a_value_breaks_the_line() -> None:
    line = paths(sparkline(hourly([1, 2, None, 2, 1])))["l"]

    assert line.count("M") == 2
    assert line.count("L") == 2


def test_a_tick_that_is_missing_breaks_the_line_too() -> None:
    points = wave(10)

    assert paths(sparkline(points[:4] + points[6:]))["l"].count("M") == 2


def test_a_lone_value_between_gaps_is_still_seen() -> None:
    assert "h0" in paths(sparkline(hourly([1, None, 2, None, 1, 1])))["l"]


def test_the_band_lies_behind_and_both_thresholds_are_hairlines() -> None:
    drawn = paths(sparkline(wave(30), Band(0.88, 0.04), norm=0.82, alert=0.75))

    assert list(drawn) == ["b", "n", "a", "l", "p"]


def test_a_threshold_far_away_is_left_out_rather_than_flattening_the_line() -> None:
    assert "a" not in paths(sparkline(wave(30), alert=-50.0))


def test_a_newest_tick_without_data_has_no_mark_and_says_so() -> None:
    svg = sparkline(hourly([1, 2, None]))

    assert "p" not in paths(svg)
    assert "no data now" in svg


def test_a_single_value_and_a_flat_line_are_drawn_in_the_middle() -> None:
    assert paths(sparkline(hourly([5])))["p"].split() == ["M234", "32h0"]
    assert " 32L" in paths(sparkline(hourly([5, 5, 5])))["l"]


def test_points_at_one_instant_do_not_break_it() -> None:
    assert sparkline([Point(NOW, 1.0), Point(NOW, 2.0)])


def test_a_thousand_of_them_take_well_under_a_second() -> None:
    points, band = wave(30), Band(0.88, 0.04)
    began = process_time()
    svgs = [sparkline(points, band, 0.82, 0.75) for _ in range(1000)]
    took = process_time() - began

    assert len(svgs[0].encode()) < 620
    # Measured: 0.05 s of the processor's time. The limit is for a slow one that does something else as well.
    assert took < 0.9
