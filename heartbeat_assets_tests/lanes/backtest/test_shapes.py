"""Tests of shapes: instants on the chart's axis, long stretches without a run drawn as breaks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.lanes.backtest.shapes import GAP_WIDTH, LEFT, RIGHT, Axis

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


BROKEN = Axis(START, day(100), ((day(10), day(50)), (day(60), day(90))))


def test_an_axis_without_gaps_is_to_scale() -> None:
    axis = Axis(START, day(10))
    assert [axis.x(day(number)) for number in (0, 5, 10)] == [LEFT, (LEFT + RIGHT) / 2, RIGHT]


def test_a_gap_takes_its_width_and_no_more() -> None:
    assert BROKEN.x(day(50)) - BROKEN.x(day(10)) == pytest.approx(GAP_WIDTH)
    assert BROKEN.x(day(70)) - BROKEN.x(day(60)) == pytest.approx(GAP_WIDTH / 3)


def test_what_lies_between_gaps_shares_the_rest_to_scale() -> None:
    widths = [BROKEN.x(to) - BROKEN.x(since) for since, to in BROKEN.stretches()]
    assert widths == pytest.approx([(RIGHT - LEFT - 2 * GAP_WIDTH) / 3] * 3)
    assert (BROKEN.x(START), BROKEN.x(day(100))) == (pytest.approx(LEFT), pytest.approx(RIGHT))


@given(st.lists(st.floats(-10, 120), min_size=2, max_size=10))
def test_later_is_never_further_left(days: list[float]) -> None:
    found = [BROKEN.x(day(number)) for number in sorted(days)]
    assert found == pytest.approx(sorted(found))
    assert LEFT - 1e-6 <= found[0] <= found[-1] <= RIGHT + 1e-6


def test_an_axis_of_gaps_alone_does_not_divide_by_nothing() -> None:
    axis = Axis(START, day(10), ((START, day(10)),))
    assert axis.x(day(10)) == LEFT + GAP_WIDTH
