"""Tests of ticks: the ends of hours and days, and the partitions they close."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.metrics.ticks import LENGTHS, Every, first_tick, newest_tick, partition_key, tick_of, ticks

INSTANTS = st.datetimes(
    datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2090-01-01"), timezones=st.timezones()
)
EVERY = st.sampled_from(["hour", "day"])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_tick_is_the_end_of_the_last_hour_or_day_that_is_over() -> None:
    assert newest_tick("hour", at("2026-02-23T14:00:00")) == at("2026-02-23T14:00:00")
    assert newest_tick("hour", at("2026-02-23T14:59:59.999999")) == at("2026-02-23T14:00:00")
    assert newest_tick("day", at("2026-02-23T23:59:59")) == at("2026-02-23T00:00:00")
    assert newest_tick("day", at("2026-02-24T00:00:00")) == at("2026-02-24T00:00:00")


def test_an_hour_is_one_of_utc_wherever_the_clock_stands() -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    assert newest_tick("hour", datetime(2026, 2, 23, 5, 50, tzinfo=kathmandu)) == at("2026-02-23T00:00:00")
    assert newest_tick("day", datetime(2026, 2, 23, 5, 50, tzinfo=kathmandu)).utcoffset() == timedelta()


def test_ticks_include_both_ends() -> None:
    found = list(ticks("hour", at("2026-02-23T22:00:00"), at("2026-02-24T00:00:00")))
    assert found == [at("2026-02-23T22:00:00"), at("2026-02-23T23:00:00"), at("2026-02-24T00:00:00")]
    assert list(ticks("day", at("2026-02-23T00:00:01"), at("2026-02-25T23:00:00"))) == [
        at("2026-02-24T00:00:00"),
        at("2026-02-25T00:00:00"),
    ]
    assert list(ticks("hour", at("2026-02-23T22:30:00"), at("2026-02-23T22:45:00"))) == []


def test_a_partition_is_named_by_its_beginning() -> None:
    assert partition_key("hour", at("2026-02-23T14:00:00")) == "2026-02-23-13:00"
    assert partition_key("day", at("2026-03-01T00:00:00")) == "2026-02-28"
    with pytest.raises(ValueError, match="does not match"):
        tick_of("hour", "2026-02-28")


@given(EVERY, INSTANTS)
def test_ticks_and_partitions_fit_together(every: Every, now: datetime) -> None:
    tick = newest_tick(every, now)
    assert tick <= now < tick + LENGTHS[every]
    assert tick_of(every, partition_key(every, tick)) == tick
    assert newest_tick(every, tick) == tick == first_tick(every, tick)
    assert first_tick(every, now) in (tick, tick + LENGTHS[every])
    assert first_tick(every, now) >= now
