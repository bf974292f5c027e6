"""Business hours: time that passes in them, business days, holidays, and the days on which the clocks change."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from heartbeat_assets.objectives.incidents import BusinessHours
from heartbeat_assets_tests.objectives.incidents.incident_events import at

UTC_HOURS = BusinessHours()
BERLIN = BusinessHours(time_zone="Europe/Berlin")
NIGHT_AND_DAY = BusinessHours(
    days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"], opens="00:00", closes="24:00", time_zone="Europe/Berlin"
)


# 20 February 2026 is a Friday.
@pytest.mark.parametrize(
    ("since", "minutes", "until"),
    [
        ("2026-02-20 10:00", 60, "2026-02-20 11:00"),
        ("2026-02-20 16:00", 60, "2026-02-20 17:00"),
        ("2026-02-20 16:30", 60, "2026-02-23 09:30"),
        ("2026-02-20 17:00", 60, "2026-02-23 10:00"),
        ("2026-02-20 07:00", 60, "2026-02-20 10:00"),
        ("2026-02-21 12:00", 60, "2026-02-23 10:00"),
        ("2026-02-20 16:30", 60 + 8 * 60, "2026-02-24 09:30"),
        ("2026-02-20 09:00", 40 * 60, "2026-02-26 17:00"),
    ],
)
def test_time_passes_in_business_hours_only(since: str, minutes: int, until: str) -> None:
    assert UTC_HOURS.after(at(since), timedelta(minutes=minutes)) == at(until)


@pytest.mark.parametrize(
    ("since", "count", "until"),
    [
        ("2026-02-24 14:00", 1, "2026-02-25 14:00"),
        ("2026-02-20 16:30", 1, "2026-02-23 16:30"),
        ("2026-02-20 16:30", 2, "2026-02-24 16:30"),
        ("2026-02-20 07:00", 1, "2026-02-23 09:00"),
        ("2026-02-20 17:00", 1, "2026-02-24 09:00"),
        ("2026-02-21 11:00", 1, "2026-02-24 09:00"),
        ("2028-02-28 10:00", 1, "2028-02-29 10:00"),
        ("2026-12-31 10:00", 1, "2027-01-01 10:00"),
    ],
)
def test_a_business_day_later_is_the_same_time_on_the_next_one(since: str, count: int, until: str) -> None:
    assert UTC_HOURS.days_after(at(since), count) == at(until)


def test_holidays_are_no_business_days() -> None:
    hours = BusinessHours.model_validate({"holidays": ["2026-12-25", "2026-12-28"]})
    assert hours.days_after(at("2026-12-24 10:00"), 1) == at("2026-12-29 10:00")
    assert hours.after(at("2026-12-24 16:30"), timedelta(hours=1)) == at("2026-12-29 09:30")
    assert not hours.is_open(at("2026-12-25 10:00"))


@pytest.mark.parametrize(
    ("since", "until"),
    [
        # The clocks go forward on Sunday 29 March 2026, and back on 25 October: 14:00 in Berlin both times.
        ("2026-03-27 13:00", "2026-03-30 12:00"),
        ("2026-10-23 12:00", "2026-10-26 13:00"),
    ],
)
def test_a_business_day_keeps_its_time_of_the_wall_clock_when_the_clocks_change(since: str, until: str) -> None:
    assert BERLIN.days_after(at(since), 1) == at(until)


def test_hours_open_by_the_wall_clock_when_the_clocks_change() -> None:
    assert BERLIN.after(at("2026-03-27 15:30"), timedelta(hours=1)) == at("2026-03-30 07:30")
    assert BERLIN.after(at("2026-10-23 14:30"), timedelta(hours=1)) == at("2026-10-26 08:30")


def test_what_passes_while_the_clocks_change_is_counted_as_it_passes() -> None:
    for day in ("2026-03-28 20:00", "2026-10-24 20:00"):
        assert NIGHT_AND_DAY.after(at(day), timedelta(hours=24)) == at(day) + timedelta(hours=24)


def test_people_are_there_from_the_first_instant_and_not_at_the_last() -> None:
    assert UTC_HOURS.is_open(at("2026-02-20 09:00"))
    assert UTC_HOURS.is_open(at("2026-02-20 16:59"))
    assert not UTC_HOURS.is_open(at("2026-02-20 17:00"))
    assert not UTC_HOURS.is_open(at("2026-02-20 08:59"))
    assert not UTC_HOURS.is_open(at("2026-02-21 10:00"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"opens": "17:00", "closes": "09:00"}, "closes must be later than opens"),
        ({"opens": "9:00"}, "must be a time of the day in quotes"),
        ({"closes": "24:30"}, "must be a time of the day in quotes"),
        ({"days": []}, "at least 1 item"),
        ({"days": ["monday"]}, "'mon'"),
        ({"time_zone": "Europe/Nowhere"}, "is no time zone"),
        ({"holidays": ["25.12.2026"]}, "no date"),
        ({"holiday": []}, "not permitted"),
    ],
)
def test_wrong_hours_are_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        BusinessHours.model_validate(wrong)


_INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda one: at(one.isoformat()))  # noqa: DTZ001


@settings(max_examples=30, deadline=None)
@given(_INSTANTS, st.integers(1, 5000), st.integers(1, 5000), st.sampled_from([UTC_HOURS, BERLIN, NIGHT_AND_DAY]))
def test_one_time_after_another_is_both_together(since: datetime, one: int, other: int, hours: BusinessHours) -> None:
    first, second = timedelta(minutes=one), timedelta(minutes=other)
    assert hours.after(hours.after(since, first), second) == hours.after(since, first + second)
    assert hours.after(since, first) >= since + first


@settings(max_examples=30, deadline=None)
@given(_INSTANTS, st.integers(1, 30))
def test_a_business_day_is_longer_the_later_it_begins(since: datetime, count: int) -> None:
    later = since + timedelta(minutes=7)
    assert BERLIN.days_after(since, count) <= BERLIN.days_after(later, count)
    assert BERLIN.days_after(since, count + 1) > BERLIN.days_after(since, count)
