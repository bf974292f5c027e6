"""The calendar that both generated services share: hours as numbers, draws that never change, and recurring incidents.

Everything is a function of the hour it is about, so that an hour looks the same whenever it is made. It must not know
what a service does.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

HOUR = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Choice = TypeVar("Choice")


def hour_number(at: datetime) -> int:
    """Return how many whole hours lie between 1970 and `at`."""
    return (at - _EPOCH) // HOUR


def hour_start(number: int) -> datetime:
    """Return the instant at which hour `number` begins."""
    return _EPOCH + number * HOUR


def iso(at: datetime) -> str:
    """Return ISO-8601 with milliseconds and Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def draws(*about: object) -> random.Random:
    """Return a source of draws for what `about` names. Only random() is promised to stay the same everywhere."""
    return random.Random(" ".join(str(part) for part in about))


def pick(draw: random.Random, options: Sequence[Choice]) -> Choice:
    """Return one of `options`."""
    return options[int(draw.random() * len(options))]


def between(draw: random.Random, low: float, high: float) -> float:
    """Return a number from `low` to `high`."""
    return low + draw.random() * (high - low)


def spread_count(draw: random.Random, mean: float) -> int:
    """Return a whole number around `mean`, spread about as widely as chance arrivals are."""
    # The sum of four draws is bell-shaped enough, and unlike exp() it rounds alike on every platform.
    bell = (sum(draw.random() for _ in range(4)) - 2) * 1.7
    return max(0, int(mean + bell * mean**0.5 + draw.random()))


@dataclass(frozen=True)
class Incident:
    """Something that goes wrong once in every `every_days`, at a time of its own, for `shortest` to `longest` hours."""

    name: str
    every_days: int
    shortest: int
    longest: int

    def at(self, number: int) -> range | None:
        """Return the hours of the incident that hour `number` is in, or None."""
        hours = _hours_of(self, number // (24 * self.every_days))
        return hours if number in hours else None


@lru_cache(maxsize=4096)
def _hours_of(incident: Incident, cycle: int) -> range:
    draw = draws("incident", incident.name, cycle)
    whole = 24 * incident.every_days
    length = incident.shortest + int(draw.random() * (incident.longest - incident.shortest + 1))
    start = cycle * whole + int(draw.random() * (whole - length))
    return range(start, start + length)
