"""When the invented marketplace is busy, and when something goes wrong there: the calendar that its tables share.

Everything is a function of the hour it is about, as in services_calendar, so that the tables agree on what happened. It
must not know what a row looks like.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from services_calendar import HOUR, Incident, draws, hour_number

# Shares of the mean, hour by hour from 0 to 23 UTC; they add up to about 24.
_HOURS = (
    0.3, 0.2, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.0, 1.2, 1.4, 1.4,
    1.5, 1.4, 1.3, 1.3, 1.4, 1.5, 1.7, 1.8, 1.7, 1.4, 0.9, 0.5,
)  # fmt: skip
_WEEKEND = 0.8
_QUIET = 0.25
# 1970-01-01 was a Thursday: the first Saturday is day 2.
_FIRST_SATURDAY = 2


@dataclass(frozen=True)
class OneIn:
    """One of every `every` numbers, a different place in each turn."""

    name: str
    every: int

    def hits(self, number: int) -> bool:
        """Return whether `number` is the one of its turn."""
        return number % self.every == _place(self, number // self.every)


@lru_cache(maxsize=4096)
def _place(one: OneIn, turn: int) -> int:
    return int(draws("one in", one.name, turn).random() * one.every)


@dataclass(frozen=True)
class Daytime:
    """Something that goes wrong on one of `every_days` days, in busy hours, for `shortest` to `longest` hours."""

    name: str
    every_days: int
    shortest: int
    longest: int

    def at(self, number: int) -> range | None:
        """Return the hours of the incident that hour `number` is in, or None."""
        hours = _hours_on(self, number // 24)
        return hours if number in hours else None


@lru_cache(maxsize=4096)
def _hours_on(incident: Daytime, day: int) -> range:
    if not OneIn(incident.name, incident.every_days).hits(day):
        return range(0)
    draw = draws("daytime", incident.name, day)
    length = incident.shortest + int(draw.random() * (incident.longest - incident.shortest + 1))
    start = day * 24 + 9 + int(draw.random() * (13 - length))
    return range(start, start + length)


OUTAGE = Daytime("marketplace outage", every_days=29, shortest=2, longest=3)
STREAM_DOWN = Daytime("marketplace stream down", every_days=27, shortest=1, longest=2)
TIGHT_LIMITS = Daytime("marketplace tight rate limits", every_days=19, shortest=4, longest=8)
APPROVALS_BACKLOG = Incident("marketplace approvals backlog", every_days=21, shortest=20, longest=40)
SPAM = Incident("marketplace spam", every_days=28, shortest=20, longest=40)
SLOW_DAYS = OneIn("marketplace slow day", 23)
QUIET_WEEKENDS = OneIn("marketplace quiet weekend", 4)


@lru_cache(maxsize=4096)
def is_slow_day(number: int) -> bool:
    """Return whether hour `number` is in a day on which everything takes long."""
    return SLOW_DAYS.hits(number // 24)


@lru_cache(maxsize=4096)
def is_quiet_weekend(number: int) -> bool:
    """Return whether hour `number` is in a weekend on which hardly anybody comes."""
    weekend, day = divmod(number // 24 - _FIRST_SATURDAY, 7)
    return day < 2 and QUIET_WEEKENDS.hits(weekend)


@lru_cache(maxsize=4096)
def people(number: int) -> float:
    """Return how many people are there in hour `number`, as a share of the mean."""
    weekend = (number // 24 - _FIRST_SATURDAY) % 7 < 2
    share = _HOURS[number % 24] * (_WEEKEND if weekend else 1.0)
    return share * (_QUIET if is_quiet_weekend(number) else 1.0)


@lru_cache(maxsize=4096)
def failing(number: int) -> float:
    """Return the share of the requests in hour `number` that fail because of an outage."""
    hours = OUTAGE.at(number)
    if hours is None:
        return 0.0
    # It ends slowly: people come back before everything works again.
    return 0.3 if number == hours[-1] else 0.85


@lru_cache(maxsize=4096)
def succeeding(number: int) -> float:
    """Return how much of what people try in hour `number` gets through, as a share of the mean."""
    return people(number) * (1.0 - failing(number))


def later(at: datetime, hours: float) -> datetime:
    """Return the instant `hours` after `at`, in whole seconds."""
    return at + timedelta(seconds=int(hours * 3600))


def hour_of(at: datetime) -> int:
    """Return the number of the hour that `at` is in."""
    return hour_number(at)


def moment(start: datetime, share: float) -> datetime:
    """Return the instant at `share` of the hour that begins at `start`, in whole seconds."""
    return start + timedelta(seconds=int(share * HOUR.total_seconds()))
