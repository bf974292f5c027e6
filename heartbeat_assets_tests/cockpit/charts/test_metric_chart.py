"""The chart of a metric's page: gaps, thresholds as they were, places to point at, and honesty about many ticks."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest

from heartbeat_assets.cockpit.charts import Band, Point, Rule, ThresholdStep, metric_chart, standalone
from heartbeat_assets.cockpit.charts.columns import columns
from heartbeat_assets_tests.cockpit.sample_views import HOSTILE, NOW, hourly, wave

_SVG = "{http://www.w3.org/2000/svg}"
DAY = timedelta(days=1)


def chart(points: list[Point], **other: object) -> str:
    since = points[0].at if points else NOW - DAY
    return metric_chart(points, since=since, until=NOW, **other)  # type: ignore[arg-type]


def of_class(svg: str, name: str) -> list[ElementTree.Element]:
    return [one for one in ElementTree.fromstring(svg).iter() if name in (one.get("class") or "").split()]


def test_there_is_nothing_to_draw_without_a_tick_in_the_range() -> None:
    assert chart([]) == ""
    assert metric_chart(wave(5), since=NOW - 9 * DAY, until=NOW - 8 * DAY) == ""


def test_ticks_without_a_single_value_still_make_a_chart_that_says_so() -> None:
    svg = chart(hourly([None] * 5), name="Answered")

    assert "Answered: 5 ticks from" in svg
    assert "none with a value" in svg


def test_every_tick_can_be_reached_and_says_its_value_and_instant() -> None:
    places = of_class(chart(hourly([1234.5, None]), unit="sessions"), "pt")

    assert [one.get("aria-label") for one in places] == [
        "1,234.5 sessions, green, 23 Feb 2026 13:00 UTC",
        "no data, 23 Feb 2026 14:00 UTC",
    ]
    assert all(one.get("tabindex") == "0" for one in places)
    assert places[0].findtext(f"{_SVG}title") == places[0].get("aria-label")


def test_90_days_of_hours_are_thinned_to_300_places_that_keep_the_extremes() -> None:
    points = wave(2160)
    points[1000] = Point(points[1000].at, 7.0, "red")
    svg = chart(points)
    places = of_class(svg, "pt")

    assert len(places) <= 300
    assert sum(" to 7, " in (one.get("aria-label") or "") for one in places) == 1
    assert any("at worst red" in (one.get("aria-label") or "") for one in places)
    assert svg.count("L") <= 600
    assert len(of_class(svg, "s-red")) == 1


def test_a_column_keeps_its_lowest_and_highest_in_the_order_they_came() -> None:
    (column,) = columns(hourly([3, 1, 5, 2]), NOW - DAY, NOW, most=1)

    assert [point.value for point in column.valued] == [1, 5]


def test_gaps_are_drawn_as_gaps_both_where_a_value_and_where_a_tick_is_missing() -> None:
    points = wave(40)
    points[10] = Point(points[10].at, None, "no_data")
    svg = chart(points[:20] + points[25:])
    (line,) = of_class(svg, "l")

    assert (line.get("d") or "").count("M") == 3
    assert [one.findtext(f"{_SVG}title") for one in of_class(svg, "gap")] == [
        "No data from 22 Feb 2026 08:00 UTC to 22 Feb 2026 10:00 UTC",
        "No data from 22 Feb 2026 18:00 UTC to 23 Feb 2026 00:00 UTC",
    ]


def test_a_threshold_is_drawn_as_it_was_at_the_time() -> None:
    steps = [ThresholdStep(NOW - 9 * DAY, 0.85, None), ThresholdStep(NOW - timedelta(hours=5), 0.9, 0.82)]
    svg = chart(wave(30), thresholds=steps)
    norm = of_class(svg, "n")[0].get("d") or ""
    alert = of_class(svg, "a")[0].get("d") or ""

    assert norm.count("H") == 2
    assert norm.startswith("M60 ")
    assert alert.count("H") == 1
    assert not alert.startswith("M60 ")
    assert "norm 0.9<" in svg
    assert "alert 0.82<" in svg


def test_a_threshold_far_beyond_the_values_is_named_with_an_arrow() -> None:
    assert "alert 90 ↑" in chart(wave(30), thresholds=[ThresholdStep(NOW - 9 * DAY, None, 90.0)])


def test_the_names_of_two_close_thresholds_do_not_cover_each_other() -> None:
    svg = chart(wave(30), thresholds=[ThresholdStep(NOW - 9 * DAY, 0.85, 0.849)])
    (norm,), (alert,) = of_class(svg, "nt"), of_class(svg, "at")

    assert abs(float(norm.get("y") or 0) - float(alert.get("y") or 0)) >= 14


def test_a_green_value_has_no_mark_but_the_newest_and_a_red_one_a_diamond() -> None:
    points = hourly([1, 2, 3])
    points[1] = Point(points[1].at, 2, "red")
    svg = chart(points)

    assert [one.get("class") for one in of_class(svg, "m")] == ["m s-red", "m s-green"]


def test_a_moment_worth_a_rule_says_what_it_was_and_one_outside_is_left_out() -> None:
    rules = [Rule(NOW - timedelta(hours=2), "The SQL changed"), Rule(NOW - 40 * DAY, "Long ago")]
    svg = chart(wave(10), rules=rules)

    assert "The SQL changed, 23 Feb 2026 12:00 UTC" in svg
    assert "Long ago" not in svg


def test_the_band_says_what_normal_looks_like() -> None:
    assert "Normal looks like 0.88 ± 0.04" in chart(wave(30), band=Band(0.88, 0.04))


def test_axis_labels_are_those_a_person_would_write() -> None:
    words = [one.text for one in of_class(chart(wave(168), unit="ratio"), "t")]

    assert {"0.85", "0.90", "18 Feb", "23 Feb", "ratio", "UTC"} <= set(words)


@pytest.mark.parametrize("values", [[5.0], [0.0, 0.0], [1e12, 1e12 + 1], [-3.0, 3.0], [1e-9, 2e-9]])
def test_odd_values_make_a_chart(values: list[float]) -> None:
    assert "nan" not in chart(hourly(list(values)))


def test_every_word_is_escaped_and_nothing_in_it_is_blocked_by_the_content_policy() -> None:
    svg = chart(wave(5), unit=HOSTILE, name=HOSTILE, rules=[Rule(NOW, HOSTILE)])

    assert "<script" not in svg
    assert "style" not in svg
    assert ElementTree.fromstring(svg).get("aria-label") == f"Chart of {HOSTILE}"


def test_the_file_has_its_own_colours_and_is_well_formed() -> None:
    svg = standalone(chart(wave(5), name="Answered"))

    assert svg.startswith("<?xml")
    assert "prefers-color-scheme:dark" in svg
    style = ElementTree.fromstring(svg.encode()).findtext(f"{_SVG}style") or ""
    assert "{page}" not in style
    assert style.count("{") == style.count("}")
