"""Where the marks of a chart's axes are and what they say: times and numbers a person would write.

Pure arithmetic. It must not know what is charted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_STEPS = (
    _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR,
    _DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY,
)  # fmt: skip
_MONTH_STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Of the larger end: far above the 1e-16 to which numbers are exact, far below what an axis can show.
_NARROWEST = 1e-9
# A Monday, so that steps of weeks begin on one.
_MONDAY = datetime(1, 1, 1, tzinfo=UTC)


def time_marks(start: datetime, end: datetime, most: int = 9) -> list[tuple[datetime, str]]:
    """At most `most` round instants from `start` to `end`, each with its label."""
    seconds = (end - start).total_seconds()
    for step in _STEPS:
        if seconds / step <= most - 1:
            return [(at, _label(at, step)) for at in _multiples(start, end, step)]
    months = seconds / (30.4 * _DAY)
    step = next(step for step in _MONTH_STEPS if months / step <= most - 1)
    return [(at, _month_label(at, step)) for at in _month_multiples(start, end, step)]


def number_marks(low: float, high: float, most: int = 4) -> list[tuple[float, str]]:
    """At most `most` round numbers from `low` to `high`, each with its label; one number where the range is so narrow
    beside its ends that rounding would choose the marks.
    """
    if not high - low > _NARROWEST * max(abs(low), abs(high)):
        return [(low, number_label(low))]
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    steps = (factor * power for factor in (1, 2, 5, 10, 20))
    step = next(step for step in steps if len(_whole(low / step, high / step)) <= most)
    return [(number * step, number_label(number * step, step)) for number in _whole(low / step, high / step)]


def number_label(value: float, step: float | None = None) -> str:
    """`value` in as many decimals as `step` has, or in three significant digits."""
    size = abs(value if step is None else step)
    if abs(value) >= 1e9 or 0 < size < 1e-6:
        return f"{value:.3g}"
    digits = 2 if step is None else 0
    decimals = max(digits - math.floor(math.log10(size)), 0) if size else 0
    written = f"{value:,.{decimals}f}"
    if step is None and "." in written:
        written = written.rstrip("0").rstrip(".")
    return written


def _whole(low: float, high: float) -> range:
    """The whole numbers from `low` to `high`, the ends included where only rounding keeps them out."""
    return range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)


def _multiples(start: datetime, end: datetime, step: int) -> Iterator[datetime]:
    length = timedelta(seconds=step)
    first, last = -((_MONDAY - start) // length), (end - _MONDAY) // length
    for number in range(first, last + 1):
        yield _MONDAY + number * length


def _month_multiples(start: datetime, end: datetime, step: int) -> Iterator[datetime]:
    first, last = (12 * at.year + at.month - 1 for at in (start, end))
    for month in range(first - first % step, last + 1, step):
        if month >= 12 and (at := datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)) >= start:
            yield at


def _label(at: datetime, step: int) -> str:
    day = f"{at.day} {_MONTHS[at.month - 1]}"
    return day if step >= _DAY or at.hour == at.minute == 0 else f"{at:%H:%M}"


def _month_label(at: datetime, step: int) -> str:
    return str(at.year) if step >= 12 else f"{_MONTHS[at.month - 1]} {at.year}"
