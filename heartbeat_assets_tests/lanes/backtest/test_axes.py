"""Tests of backtest_axes: marks that a person would write."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from heartbeat_assets.lanes.backtest.axes import number_label, number_marks, time_marks

START = datetime(2026, 2, 23, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "labels"),
    [
        (timedelta(minutes=4), ["22:10", "22:11", "22:12", "22:13", "22:14"]),
        (timedelta(hours=3), ["22:30", "23:00", "23:30", "24 Feb", "00:30", "01:00"]),
        (timedelta(days=4), ["24 Feb", "12:00", "25 Feb", "12:00", "26 Feb", "12:00", "27 Feb", "12:00"]),
        (timedelta(days=7), ["24 Feb", "25 Feb", "26 Feb", "27 Feb", "28 Feb", "1 Mar", "2 Mar"]),
        (timedelta(days=40), ["2 Mar", "9 Mar", "16 Mar", "23 Mar", "30 Mar"]),
        (timedelta(days=300), ["Apr 2026", "Jul 2026", "Oct 2026"]),
        (timedelta(days=2500), ["2027", "2028", "2029", "2030", "2031", "2032"]),
    ],
)
def test_times_are_marked_where_people_look_for_them(length: timedelta, labels: list[str]) -> None:
    found = [label for _, label in time_marks(START, START + length)]

    assert found == labels


@given(st.integers(0, 3_600_000), st.integers(1, 250_000_000_000))
def test_no_span_of_time_is_marked_too_often_or_outside_itself(first_day: int, seconds: int) -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    begins = first + timedelta(days=first_day)
    ends = begins + timedelta(seconds=min(seconds, (last - begins).total_seconds()))

    marks = [at for at, _ in time_marks(begins, ends)]

    assert len(marks) <= 10
    assert marks == sorted(set(marks))
    assert all(begins <= at <= ends for at in marks)


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 0.55, ["0.0", "0.2", "0.4"]),
        (0.0, 210.0, ["0", "100", "200"]),
        (0.171, 0.179, ["0.172", "0.174", "0.176", "0.178"]),
        (0.0, 2_400_000.0, ["0", "1,000,000", "2,000,000"]),
        (-1e300, 1e300, ["-1e+300", "0", "1e+300"]),
        (5.0, 5.0, ["5"]),
        (4.9e16, 4.9e16 + 8, ["4.9e+16"]),
        (1e9, 1e9 + 1e-3, ["1e+09"]),
    ],
)
def test_numbers_are_marked_in_round_steps(low: float, high: float, labels: list[str]) -> None:
    assert [label for _, label in number_marks(low, high)] == labels


@given(st.floats(-1e300, 1e300), st.floats(1e-9, 1e300))
@example(4.8986162927454904e16, 4.0)
def test_no_range_of_numbers_is_marked_too_often_or_outside_itself(low: float, length: float) -> None:
    high = low + length
    marks = number_marks(low, high)

    assert 1 <= len(marks) <= 5
    room = (high - low) * 1e-6
    assert all(low - room <= mark <= high + room for mark, _ in marks)


@pytest.mark.parametrize(
    ("value", "label"), [(0.2, "0.2"), (120.0, "120"), (0.175676, "0.176"), (0, "0"), (1e300, "1e+300"), (-0.5, "-0.5")]
)
def test_a_number_has_three_significant_digits(value: float, label: str) -> None:
    assert number_label(value) == label
