"""Tests of periods: the days and hours of a partitioned lane."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.periods import newest_period, period_at, period_called
from heartbeat_assets.lanes.spec import Partitions

DAYS = Partitions(by="day", start=date(2026, 1, 1))
HOURS = Partitions(by="hour", start=date(2026, 1, 1))
INSTANTS = st.integers(0, 10 * 365 * 86_400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(0, seconds)
)


def test_a_day_goes_from_midnight_to_midnight_utc() -> None:
    period = period_called(DAYS, "2026-02-23")
    assert period.document == {
        "key": "2026-02-23", "start": "2026-02-23T00:00:00+00:00", "end": "2026-02-24T00:00:00+00:00"
    }  # fmt: skip


def test_an_hour_is_called_by_its_start() -> None:
    period = period_called(HOURS, "2026-02-23-14:00")
    assert (period.start.hour, period.end.hour) == (14, 15)


@given(INSTANTS, st.sampled_from([DAYS, HOURS]))
def test_every_instant_lies_in_one_period_that_is_found_again_by_its_key(
    instant: datetime, partitions: Partitions
) -> None:
    period = period_at(partitions, instant)
    assert period.start <= instant < period.end
    assert period_called(partitions, period.key) == period


@given(INSTANTS)
def test_the_keys_are_those_of_dagsters_partitions(instant: datetime) -> None:
    daily = dg.DailyPartitionsDefinition(start_date="2026-01-01")
    hourly = dg.HourlyPartitionsDefinition(start_date="2026-01-01-00:00")
    assert period_at(DAYS, instant).key in daily.get_partition_keys(current_time=instant + timedelta(days=1))[-1:]
    assert period_at(HOURS, instant).key == instant.strftime(hourly.fmt.replace("%M", "00"))


def test_the_newest_period_is_the_last_that_is_over() -> None:
    assert newest_period(DAYS, datetime(2026, 2, 24, 0, 0, tzinfo=UTC)).key == "2026-02-23"
    assert newest_period(DAYS, datetime(2026, 2, 23, 23, 59, tzinfo=UTC)).key == "2026-02-22"
    assert newest_period(HOURS, datetime(2026, 2, 23, 14, 1, tzinfo=UTC)).key == "2026-02-23-13:00"


def test_before_the_first_period_is_over_there_is_none() -> None:
    with pytest.raises(UsageProblem, match="no day since 2026-01-01 is over yet"):
        newest_period(DAYS, datetime(2026, 1, 1, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("partitions", "key", "said"),
    [
        (DAYS, "2026-02-30", "write a day as 2026-02-23"),
        (DAYS, "2026-02-23-14:00", "write a day as 2026-02-23"),
        (DAYS, "2025-12-31", "the lane's partitions start at 2026-01-01"),
        (HOURS, "2026-02-23", "write an hour as 2026-02-23-14:00"),
        (HOURS, "2026-02-23-14:30", "an hour starts at minute 0"),
    ],
)
def test_a_key_that_is_none_says_how_to_write_one(partitions: Partitions, key: str, said: str) -> None:
    with pytest.raises(UsageProblem, match=said):
        period_called(partitions, key)


def test_a_period_that_is_not_over_cannot_be_named() -> None:
    now = datetime(2026, 2, 23, 12, tzinfo=UTC)
    assert period_called(DAYS, "2026-02-22", now).key == "2026-02-22"
    with pytest.raises(UsageProblem, match=r"is not over before .*; the newest that is over is 2026-02-22"):
        period_called(DAYS, "2026-02-23", now)
    with pytest.raises(UsageProblem, match="lies beyond the calendar"):
        period_called(DAYS, "9999-12-31", now)
