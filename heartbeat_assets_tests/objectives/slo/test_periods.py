"""Windows as intervals in UTC: change-overs, leap days, months of 28 to 31 days."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.objectives.slo.durations import duration
from heartbeat_assets.objectives.slo.periods import CalendarWindow, RollingWindow, Window, from_us, to_us
from heartbeat_assets_tests.objectives.slo.slo_making import at


def calendar(text: str, start: str = "2024-01-01T00:00", zone: str = "UTC") -> CalendarWindow:
    return CalendarWindow(duration(text), datetime.fromisoformat(start), zone)


@pytest.mark.parametrize(
    ("instant", "start", "end", "days"),
    [
        ("2023-02-14T12:00", "2023-02-01", "2023-03-01", 28),
        ("2024-02-29T23:59", "2024-02-01", "2024-03-01", 29),
        ("2026-04-30T00:00", "2026-04-01", "2026-05-01", 30),
        ("2026-12-31T23:59", "2026-12-01", "2027-01-01", 31),
        ("2026-01-01T00:00", "2026-01-01", "2026-02-01", 31),
        ("2100-02-28T12:00", "2100-02-01", "2100-03-01", 28),
    ],
)
def test_a_calendar_month_has_the_days_it_has(instant: str, start: str, end: str, days: int) -> None:
    window = calendar("1M").at(at(instant))
    assert window == Window(at(start), at(end))
    assert window.seconds == days * 86_400


@pytest.mark.parametrize(
    ("instant", "start", "end", "hours"),
    [
        # Madrid goes from UTC+1 to UTC+2 on 2026-03-29 and back on 2026-10-25.
        ("2026-03-29T12:00", "2026-03-28T23:00", "2026-03-29T22:00", 23),
        ("2026-10-25T12:00", "2026-10-24T22:00", "2026-10-25T23:00", 25),
        ("2026-03-28T22:59", "2026-03-27T23:00", "2026-03-28T23:00", 24),
        ("2026-03-28T23:00", "2026-03-28T23:00", "2026-03-29T22:00", 23),
    ],
)
def test_a_day_with_a_change_over_has_23_or_25_hours(instant: str, start: str, end: str, hours: int) -> None:
    window = calendar("1d", zone="Europe/Madrid").at(at(instant))
    assert window == Window(at(start), at(end))
    assert window.seconds == hours * 3600


@pytest.mark.parametrize(
    ("zone", "instant", "hours"),
    [
        ("Europe/Madrid", "2026-03-15T00:00", 31 * 24 - 1),
        ("Europe/Madrid", "2026-10-15T00:00", 31 * 24 + 1),
        ("America/New_York", "2026-03-15T12:00", 31 * 24 - 1),
        ("America/New_York", "2026-11-15T12:00", 30 * 24 + 1),
        ("Asia/Kolkata", "2026-03-15T12:00", 31 * 24),
        ("Australia/Lord_Howe", "2026-04-15T12:00", 30 * 24 + 0.5),
    ],
)
def test_a_month_with_a_change_over_is_that_much_longer_or_shorter(zone: str, instant: str, hours: float) -> None:
    assert calendar("1M", zone=zone).at(at(instant)).seconds == hours * 3600


def test_a_year_with_both_change_overs_has_the_hours_of_its_days() -> None:
    assert calendar("1Y", zone="Europe/Madrid").at(at("2024-06-01")).seconds == 366 * 86_400
    assert calendar("1Y", zone="Europe/Madrid").at(at("2025-06-01")).seconds == 365 * 86_400


def test_weeks_start_on_the_weekday_and_at_the_time_of_the_anchor() -> None:
    # 2024-01-07 is a Sunday.
    window = calendar("1w", "2024-01-07T12:30").at(at("2026-02-23T00:00"))
    assert window == Window(at("2026-02-22T12:30"), at("2026-03-01T12:30"))
    assert window.start.strftime("%A") == "Sunday"


def test_quarters_follow_the_anchor() -> None:
    assert calendar("1Q").at(at("2026-06-30T23:59")) == Window(at("2026-04-01"), at("2026-07-01"))
    assert calendar("1Q", "2024-02-01T00:00").at(at("2026-01-31T00:00")) == Window(at("2025-11-01"), at("2026-02-01"))


def test_windows_also_lie_before_the_anchor() -> None:
    assert calendar("1M", "2026-01-01T00:00").at(at("2024-02-29")) == Window(at("2024-02-01"), at("2024-03-01"))


def test_months_anchored_at_the_31st_end_with_the_month_and_come_back_to_the_31st() -> None:
    window = calendar("1M", "2026-01-31T00:00")
    assert window.at(at("2026-02-10")) == Window(at("2026-01-31"), at("2026-02-28"))
    assert window.at(at("2026-03-10")) == Window(at("2026-02-28"), at("2026-03-31"))
    assert window.at(at("2026-04-10")) == Window(at("2026-03-31"), at("2026-04-30"))


def test_a_year_anchored_on_a_leap_day_starts_on_28_february_in_other_years() -> None:
    window = calendar("1Y", "2024-02-29T00:00")
    assert window.at(at("2025-02-28")) == Window(at("2025-02-28"), at("2026-02-28"))
    assert window.at(at("2028-02-29")) == Window(at("2028-02-29"), at("2029-02-28"))


def test_a_start_that_the_change_over_skips_is_read_with_the_offset_before_it() -> None:
    # 02:30 on 2026-03-29 does not exist in Madrid; with UTC+1 it is 01:30 UTC, which the clocks there call 03:30.
    window = calendar("1d", "2026-01-01T02:30", "Europe/Madrid").at(at("2026-03-29T12:00"))
    assert window == Window(at("2026-03-29T01:30"), at("2026-03-30T00:30"))


def test_a_start_that_happens_twice_is_the_first_of_the_two() -> None:
    # 02:30 on 2026-10-25 is 00:30 UTC and again 01:30 UTC.
    window = calendar("1d", "2026-01-01T02:30", "Europe/Madrid").at(at("2026-10-25T12:00"))
    assert window.start == at("2026-10-25T00:30")


def test_a_midnight_that_does_not_exist_starts_the_day_when_the_clocks_have_moved() -> None:
    # Beirut goes from 00:00 to 01:00 on 2026-03-29.
    window = calendar("1d", zone="Asia/Beirut").at(at("2026-03-29T12:00"))
    assert window == Window(at("2026-03-28T22:00"), at("2026-03-29T21:00"))


def test_hours_are_counted_and_not_read_off_the_wall_clock() -> None:
    window = calendar("6h", "2026-03-29T00:00", "Europe/Madrid").at(at("2026-03-29T01:30"))
    assert window == Window(at("2026-03-28T23:00"), at("2026-03-29T05:00"))


@pytest.mark.parametrize(
    ("text", "instant", "start"),
    [
        ("30d", "2026-03-30T12:00", "2026-02-28T12:00"),
        ("1h", "2026-03-29T01:30", "2026-03-29T00:30"),
        ("2w", "2026-03-01T00:00", "2026-02-15T00:00"),
        ("1M", "2026-03-31T06:00", "2026-02-28T06:00"),
        ("1M", "2024-03-31T06:00", "2024-02-29T06:00"),
        ("1Y", "2024-02-29T06:00", "2023-02-28T06:00"),
    ],
)
def test_a_rolling_window_ends_at_the_instant(text: str, instant: str, start: str) -> None:
    assert RollingWindow(duration(text)).at(at(instant)) == Window(at(start), at(instant))


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        RollingWindow(duration("1d")).at(datetime(2026, 1, 1))  # noqa: DTZ001


@given(
    st.sampled_from(["1d", "3d", "1w", "1M", "2M", "1Q", "1Y", "6h"]),
    st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Beirut"]),
    st.datetimes(datetime(2010, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["2024-01-31T02:30", "2024-02-29T00:00", "2026-01-01T00:00"]),
)
def test_every_instant_lies_in_one_window_and_the_next_begins_where_it_ends(
    text: str, zone: str, moment: datetime, anchor: str
) -> None:
    windows, instant = calendar(text, anchor, zone), at(moment.isoformat())
    window = windows.at(instant)
    assert window.start <= instant < window.end
    assert windows.at(window.start) == window
    assert windows.at(window.end).start == window.end
    assert windows.at(from_us(to_us(window.start) - 1)).end == window.start
