"""OpenSLO's durations (`5m`, `28d`, `1M`) and how they move an instant. It must know no time zone.

Minutes, hours, days and weeks have one length. Months, quarters and years do not: they move the date, and a day that
the month reached does not have becomes its last day (31 January and a month is 28 February, 29 in a leap year).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

_LENGTHS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MONTHS = {"M": 1, "Q": 3, "Y": 12}
_NAMES = {"m": "minute", "h": "hour", "d": "day", "w": "week", "M": "month", "Q": "quarter", "Y": "year"}
_LONGEST = {"m": 5_256_000, "h": 87_600, "d": 3_650, "w": 520, "M": 120, "Q": 40, "Y": 10}
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Duration:
    """A number of units, as OpenSLO's duration shorthand writes it."""

    count: int
    unit: str

    @property
    def is_fixed(self) -> bool:
        """Whether it is as long wherever it starts; a month is not."""
        return self.unit in _LENGTHS

    @property
    def length(self) -> timedelta:
        """How long it is. Raises ValueError for months, quarters and years."""
        if not self.is_fixed:
            raise ValueError(f"{self} has no fixed length")
        return self.count * _LENGTHS[self.unit]

    @property
    def us(self) -> int:
        """How long it is, in microseconds. Raises ValueError for months, quarters and years."""
        return self.length // MICROSECOND

    @property
    def words(self) -> str:
        """`5 minutes`, `1 month`."""
        return f"{self.count} {_NAMES[self.unit]}{'s' * (self.count != 1)}"

    def moved(self, moment: datetime, times: int) -> datetime:
        """`moment` moved by this duration so many times; back when `times` is negative.

        Moved in one go: a month three times from 31 January is 30 April, whatever lies between.
        """
        if self.is_fixed:
            return moment + times * self.length
        months = moment.year * 12 + moment.month - 1 + times * self.count * _MONTHS[self.unit]
        year, month = divmod(months, 12)
        return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))

    def steps_to(self, start: datetime, moment: datetime) -> int:
        """About how many times it fits between the two; one too many or too few at a month's end."""
        if self.is_fixed:
            return (moment - start) // self.length
        months = (moment.year - start.year) * 12 + moment.month - start.month
        return months // (self.count * _MONTHS[self.unit])

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"


def duration(value: object, *, plain_number: str | None = None) -> Duration:
    """The duration that `value` writes; a number alone is one of `plain_number`. Raises ValueError as a sentence."""
    if plain_number is not None and isinstance(value, int) and not isinstance(value, bool):
        value = f"{value}{plain_number}"
    if not isinstance(value, str):
        given = "it has no value" if value is None else f"not {value!r}"
        raise ValueError(f"must be a duration such as 5m, 28d or 1M; {given}")
    match = re.fullmatch(r"(\d{1,9})([mhdwMQY])", value, re.ASCII)
    if match is None:
        raise ValueError(
            f"{value!r} is no duration; write a whole number and one of m (minutes), h, d, w, M (months), Q, Y: 5m, 1M"
        )
    count, unit = int(match[1]), match[2]
    if not 1 <= count <= _LONGEST[unit]:
        raise ValueError(f"{value!r} must be from 1{unit} to {_LONGEST[unit]}{unit}")
    return Duration(count, unit)


def fixed_duration(value: object, *, plain_number: str | None = None) -> Duration:
    """As `duration`, in minutes, hours, days or weeks. Raises ValueError."""
    found = duration(value, plain_number=plain_number)
    if not found.is_fixed:
        raise ValueError(f"{value!r} is not always as long; write it in m (minutes), h, d or w")
    return found


def exact(value: float) -> Fraction:
    """The decimal number that a person wrote, exactly: 0.995 is 199/200, not the float beside it."""
    return Fraction(repr(value))
