"""Tests of backtest_panel: a KPI's values and its threshold as it was."""

from datetime import timedelta
from typing import Any

from heartbeat_assets.lanes.backtest.curves import Curves
from heartbeat_assets.lanes.backtest.panel import HEADING, PANEL, panel
from heartbeat_assets.lanes.backtest.shapes import LEFT, RIGHT, Axis, Dot, Line, Shape, Words
from heartbeat_assets_tests.lanes.histories import NOW, SPEC

KPI = SPEC.kpis[2]
AXIS = Axis(NOW, NOW + timedelta(seconds=RIGHT - LEFT))


def shapes(values: list[tuple[float, Any, Any]]) -> list[Shape]:
    """The panel of a KPI: the second, value and threshold of each row."""
    curves = Curves([KPI])
    for second, value, threshold in values:
        curves.add(NOW + timedelta(seconds=second), {KPI.name: value, KPI.threshold_name: threshold})
    return list(panel(AXIS, curves.curves[0], curves.longest_step, 0.0))


def lines(found: list[Shape], role: str) -> list[Line]:
    return [shape for shape in found if isinstance(shape, Line) and shape.role == role]


def words(found: list[Shape]) -> list[str]:
    return [shape.text for shape in found if isinstance(shape, Words)]


def test_values_are_joined_where_there_is_no_gap() -> None:
    found = shapes([(second, None if second == 300 else 0.5, 0.2) for second in range(0, 600, 100)])

    assert [[x - LEFT for x, _ in line.points] for line in lines(found, "value")] == [[0, 100, 200], [400, 500]]


def test_a_few_values_are_dots_that_say_what_they_were() -> None:
    found = shapes([(0, 0.5, 0.2), (60, 0.175676, 0.2)])

    hints = [shape.hint for shape in found if isinstance(shape, Dot)]
    assert hints == ["2026-03-01 12:00 UTC: 0.5", "2026-03-01 12:01 UTC: 0.176"]


def test_many_values_are_a_line_without_dots() -> None:
    found = shapes([(second, 0.5, 0.2) for second in range(600)])

    assert [shape for shape in found if isinstance(shape, Dot)] == []
    assert len(lines(found, "value")) == 1


def test_a_value_alone_between_gaps_is_a_dot() -> None:
    many = [(second, 0.5 if second < 400 or second == 500 else None, 0.2) for second in range(600)]

    assert [shape.x - LEFT for shape in shapes(many) if isinstance(shape, Dot)] == [500]


def test_the_threshold_steps_where_it_was_changed() -> None:
    (line,) = lines(shapes([(0, 0.5, 0.2), (100, 0.5, 0.2), (200, 0.5, 0.4), (300, 0.5, 0.4)]), "threshold")

    xs, ys = zip(*line.points, strict=True)
    assert [x - LEFT for x in xs] == [0, 100, 200, 200, 300] or [x - LEFT for x in xs] == [0, 200, 200, 300]
    assert ys[0] > ys[-1]
    assert len(set(ys)) == 2


def test_the_threshold_of_a_single_moment_is_seen() -> None:
    (line,) = lines(shapes([(100, 0.5, 0.2)]), "threshold")

    assert [x - LEFT for x, _ in line.points] == [96, 104]


def test_the_newest_threshold_is_written_beside_it() -> None:
    assert words(shapes([(0, 0.5, 0.2), (100, 0.5, 0.4)]))[-1] == "minimum 0.4"
    assert "minimum" not in " ".join(words(shapes([(0, 0.5, None)])))


def test_everything_lies_within_the_panel() -> None:
    found = shapes([(0, 0.03, 0.2), (100, 0.9, 0.2), (200, 0.5, 0.95)])

    for line in (shape for shape in found if isinstance(shape, Line)):
        assert all(HEADING <= y <= HEADING + PANEL for _, y in line.points)


def test_a_kpi_without_a_value_says_so() -> None:
    assert "no value in this time" in words(shapes([(0, None, 0.2)]))
    assert "no value in this time" in words(shapes([]))


def test_a_kpi_that_never_changed_has_a_range_around_it() -> None:
    for value in (0, 0.5, -3, 1e300, -1e300, 1e-320):
        (line,) = lines(shapes([(0, value, None), (100, value, None)]), "value")
        assert all(HEADING < y <= HEADING + PANEL for _, y in line.points)
