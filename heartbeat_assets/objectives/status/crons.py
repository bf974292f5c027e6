"""When a schedule was due, by its five cron fields: how many runs it missed since the last one.

Without Dagster, so that a terminal can ask. A wall-clock time that a day does not have (the clocks go forward) counts
an hour later, one that a day has twice counts once, as schedules do. It must not know what runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from heartbeat_assets.specs.fields import CRON_WORDS

MOST = 1000
"""More missed runs than this are not counted."""

_RANGES = ((0, 59, ""), (0, 23, ""), (1, 31, ""), (1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
           (0, 7, "sun mon tue wed thu fri sat"))  # fmt: skip


def missed_runs(cron: str, timezone: str, last: datetime, now: datetime, *, grace: timedelta) -> int:
    """How often `cron` was due after `last` and more than `grace` before `now`; at most MOST."""
    count = 0
    for due in _backwards(cron, timezone, now - grace):
        if due <= last or count >= MOST:
            return count
        count += 1
    return count


def _backwards(cron: str, timezone: str, until: datetime) -> Iterator[datetime]:
    """The instants at which `cron` was due up to `until`, the newest first, of the last eight years."""
    minutes, hours, days, months, weekdays, either = _parsed(cron)
    zone = ZoneInfo(timezone)
    today = until.astimezone(zone).date()
    for back in range(8 * 366):
        day = today - timedelta(days=back)
        if day.month not in months or not _is_day(day, days, weekdays, either=either):
            continue
        dues = {_instant(day, hour, minute, zone) for hour in hours for minute in minutes}
        yield from sorted((due for due in dues if due <= until), reverse=True)


def _is_day(day: date, days: frozenset[int], weekdays: frozenset[int], *, either: bool) -> bool:
    # Sunday is 0, and 7 as well.
    fits = day.day in days, day.isoweekday() % 7 in weekdays
    return any(fits) if either else all(fits)


def _instant(day: date, hour: int, minute: int, zone: ZoneInfo) -> datetime:
    # The offset before a change that skips this time puts it after the change.
    return datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=256)
def _parsed(
    cron: str,
) -> tuple[frozenset[int], frozenset[int], frozenset[int], frozenset[int], frozenset[int], bool]:
    fields = CRON_WORDS.get(cron.strip(), cron).split()
    minutes, hours, days, months, weekdays = (
        _values(text, *given) for text, given in zip(fields, _RANGES, strict=True)
    )
    # With both days given, either is enough.
    either = not fields[2].startswith("*") and not fields[4].startswith("*")
    return minutes, hours, days, months, frozenset(day % 7 for day in weekdays), either


def _values(text: str, lowest: int, highest: int, words: str) -> frozenset[int]:
    numbers = {word: lowest + position for position, word in enumerate(words.split())}
    found: set[int] = set()
    for part in text.lower().split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        if first == "*":
            start, end = lowest, highest
        else:
            start = numbers[first] if first in numbers else int(first)
            end = (numbers[last] if last in numbers else int(last)) if last else highest if step else start
        found |= set(range(start, end + 1, int(step or 1)))
    return frozenset(found)
