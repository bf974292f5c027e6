"""OpenSLO's duration shorthand."""

from datetime import datetime, timedelta

import pytest

from heartbeat_assets.objectives.slo.durations import duration, exact, fixed_duration


@pytest.mark.parametrize(
    ("text", "length"),
    [("5m", timedelta(minutes=5)), ("12h", timedelta(hours=12)), ("28d", timedelta(28)), ("4w", timedelta(28))],
)
def test_minutes_hours_days_and_weeks_have_one_length(text: str, length: timedelta) -> None:
    assert duration(text).length == length


@pytest.mark.parametrize(
    ("start", "text", "times", "end"),
    [
        ("2025-01-31", "1M", 1, "2025-02-28"),
        ("2024-01-31", "1M", 1, "2024-02-29"),
        ("2026-01-31", "1M", 3, "2026-04-30"),
        ("2026-01-31", "1M", 2, "2026-03-31"),
        ("2026-03-31", "1M", -1, "2026-02-28"),
        ("2026-01-15", "1M", -1, "2025-12-15"),
        ("2024-02-29", "1Y", 1, "2025-02-28"),
        ("2024-02-29", "1Y", 4, "2028-02-29"),
        ("2025-11-30", "1Q", 1, "2026-02-28"),
        ("2026-01-01", "2M", -7, "2024-11-01"),
    ],
)
def test_a_month_moves_the_date_and_stays_inside_the_month_it_reaches(
    start: str, text: str, times: int, end: str
) -> None:
    assert duration(text).moved(datetime.fromisoformat(start), times) == datetime.fromisoformat(end)


@pytest.mark.parametrize("wrong", ["", "5", "5 m", "m5", "-5m", "0m", "1.5h", "5s", "1y", "99999999d", None, 5, True])
def test_what_is_no_duration_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"duration|must be"):
        duration(wrong)


def test_a_number_alone_is_minutes_where_the_standard_says_so() -> None:
    assert str(fixed_duration(10, plain_number="m")) == "10m"


def test_a_month_is_refused_where_only_one_length_will_do() -> None:
    with pytest.raises(ValueError, match="not always as long"):
        fixed_duration("1M")


def test_a_decimal_is_taken_as_it_was_written() -> None:
    assert 1 - exact(0.995) == exact(0.005)
    assert 1 - exact(0.9) == exact(0.1)
