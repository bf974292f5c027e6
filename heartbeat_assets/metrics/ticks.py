"""Ticks: the instants values are about, each the end of an hour or of a day in UTC, and the partitions they close.

It must not know which ticks have a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

Every = Literal["hour", "day"]

LENGTHS: dict[Every, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
"""How long the span is that a tick closes."""
# As Dagster names its hourly and daily partitions: by their beginning.
_KEY_FORMATS: dict[Every, str] = {"hour": "%Y-%m-%d-%H:%M", "day": "%Y-%m-%d"}


def newest_tick(every: Every, now: datetime) -> datetime:
    """The end of the last hour or day that is over at `now` (aware): 14:00 at 14:00:00 and until 14:59:59."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour.replace(hour=0) if every == "day" else hour


def first_tick(every: Every, since: datetime) -> datetime:
    """The first tick that is not before `since` (aware)."""
    last = newest_tick(every, since)
    return last if last == since else last + LENGTHS[every]


def ticks(every: Every, since: datetime, until: datetime) -> Iterator[datetime]:
    """Every tick from `since` to `until` (aware), both included, in order."""
    tick = first_tick(every, since)
    while tick <= until:
        yield tick
        tick += LENGTHS[every]


def partition_key(every: Every, tick: datetime) -> str:
    """The key of the partition that `tick` closes: `2026-02-23-13:00` for the hour that ends at 14:00."""
    return (tick.astimezone(UTC) - LENGTHS[every]).strftime(_KEY_FORMATS[every])


def tick_of(every: Every, key: str) -> datetime:
    """The tick that closes the partition `key`. Raises ValueError when that is no key."""
    return datetime.strptime(key, _KEY_FORMATS[every]).replace(tzinfo=UTC) + LENGTHS[every]
