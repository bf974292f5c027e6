"""Tests of backtest_chart: what is drawn of a backtest, and where."""

from datetime import timedelta

import pytest

from heartbeat_assets.lanes.backtest.chart import chart_of
from heartbeat_assets.lanes.backtest.shapes import LEFT, RIGHT, WIDTH, Area, Chart, Dot, Line, Words
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets_tests.lanes.charts import calm_with_a_drop, charted
from heartbeat_assets_tests.lanes.histories import at, row_of


def texts(chart: Chart) -> list[str]:
    return [f"{shape.text} {shape.note}".strip() for shape in chart.shapes if isinstance(shape, Words)]


def test_the_chart_says_what_it_shows(lane: Lane) -> None:
    found = charted(lane, calm_with_a_drop(), {"max_age": "36h"})
    chart = chart_of(found)

    assert chart.title == f"{found.lane.name}: when publishing would have been blocked"
    assert chart.description == (
        f"{found.document['verdict']} 40 heartbeats, 2026-01-01 12:00 UTC to 2026-02-09 12:00 UTC."
    )
    said = texts(chart)
    assert "Current policy blocked once for 22 d" in said
    assert any(text.startswith("Proposed policy blocked ") for text in said)
    assert "drilldown_click_rate ratio, 0 to 1" in said
    assert "time_to_first_answer_seconds seconds" in said
    assert {"maximum 0.45", "maximum 120", "minimum 0.2"} <= set(said)
    assert "time of the run, 2026-01-01 12:00 UTC to 2026-02-09 12:00 UTC" in said
    assert {"5 Jan", "12 Jan", "19 Jan", "26 Jan", "2 Feb", "9 Feb"} <= set(said)


def test_nothing_is_drawn_outside_the_chart(lane: Lane) -> None:
    chart = chart_of(charted(lane, calm_with_a_drop(), {"max_age": "36h"}))

    for shape in chart.shapes:
        points = shape.points if isinstance(shape, Line | Area) else [(shape.x, shape.y)]
        assert all(0 <= x <= WIDTH and 0 <= y <= chart.height for x, y in points), shape


def test_one_policy_is_one_strip(lane: Lane) -> None:
    said = texts(chart_of(charted(lane, calm_with_a_drop())))

    assert [text for text in said if "policy blocked" in text] == ["Current policy blocked once for 22 d"]


def test_the_axis_ends_now_when_the_last_run_was_lately(lane: Lane) -> None:
    chart = chart_of(charted(lane, calm_with_a_drop(), now=at(40)))

    dots = [shape.x for shape in chart.shapes if isinstance(shape, Dot)]
    assert max(dots) == pytest.approx(LEFT + (RIGHT - LEFT) * 39 / 40)


def test_the_axis_ends_shortly_after_a_last_run_of_long_ago(lane: Lane) -> None:
    chart = chart_of(charted(lane, calm_with_a_drop(), now=at(4000)))

    dots = [shape.x for shape in chart.shapes if isinstance(shape, Dot)]
    assert RIGHT - 60 < max(dots) < RIGHT - 20


def test_what_grew_too_old_long_after_the_last_run_is_still_seen(lane: Lane) -> None:
    found = charted(lane, calm_with_a_drop(), {"max_age": "60d"}, now=at(4000))

    stale = [shape for shape in chart_of(found).shapes if isinstance(shape, Area) and "latest_stale" in shape.hint]
    assert [max(x for x, _ in area.points) for area in stale] == [RIGHT]
    assert LEFT < min(x for x, _ in stale[0].points) < RIGHT - 20


def test_a_report_since_begins_then(lane: Lane) -> None:
    chart = chart_of(charted(lane, calm_with_a_drop(), since=at(20), now=at(40)))

    blocked = [shape for shape in chart.shapes if isinstance(shape, Area) and shape.role == "blocked"]
    assert min(x for x, _ in blocked[0].points) == LEFT
    assert min(shape.x for shape in chart.shapes if isinstance(shape, Dot)) == LEFT


def test_charts_of_little_are_drawn_as_well(lane: Lane) -> None:
    one = calm_with_a_drop()[:1]
    for rows, now in ((one, at(0)), (one, at(0) - timedelta(days=1)), ([], at(0)), ([{"status": "ok"}], at(0))):
        chart = chart_of(charted(lane, rows, {"max_age": "1h"}, now=now))
        assert "drilldown_click_rate ratio, 0 to 1" in texts(chart)
        assert chart.height > 400


@pytest.mark.parametrize("run_at", ["9999-12-31T23:59:59.999999+00:00", "0001-01-01T00:00:00+00:00"])
def test_a_run_at_the_end_or_the_beginning_of_all_dates_is_no_fault(lane: Lane, run_at: str) -> None:
    rows = [*calm_with_a_drop()[:2], {**calm_with_a_drop()[2], "run_at": run_at}]

    for several in (rows, rows[2:]):
        chart = chart_of(charted(lane, several, {"max_age": "1h"}))
        assert "time of the run, " in " ".join(texts(chart))
        assert "drilldown_click_rate ratio, 0 to 1" in texts(chart)


def test_a_lane_whose_rows_have_no_instant_has_a_chart(lane: Lane) -> None:
    chart = chart_of(charted(lane, [{"status": "failed"}, {"status": "ok"}]))

    assert "time of the run, an unknown time to an unknown time" in texts(chart)
    assert texts(chart).count("no value in this time") == 3


def test_a_long_stretch_without_a_run_is_a_break_that_says_how_long_it_is(lane: Lane) -> None:
    rows = [row_of(day) for day in (*range(1, 31), *range(331, 341))]
    chart = chart_of(charted(lane, rows, {}))
    said = texts(chart)
    assert "no run" in said
    assert "301 d" in said
    newest = max(shape.x for shape in chart.shapes if isinstance(shape, Dot))
    first = min(shape.x for shape in chart.shapes if isinstance(shape, Dot))
    assert newest - first > (RIGHT - LEFT) / 2


def test_a_history_without_long_stretches_has_no_break(lane: Lane) -> None:
    assert "no run" not in texts(chart_of(charted(lane, calm_with_a_drop(), {"max_age": "36h"})))
