"""Whether the clock runs each period of a partitioned lane, and soon after it is over.

A tick runs the newest period that is over in UTC. From the text of the cron alone; it must not run anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from heartbeat_assets.lanes.spec import Partitions, Schedule
from heartbeat_assets.specs.fields import CRON_WORDS

# One of these has summer time, wherever there is any.
_SEASONS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
# Whoever runs a day this long before its end means that day.
_NEARLY_OVER = timedelta(hours=1)


def tick_problems(partitions: Partitions, schedule: Schedule) -> Iterator[str]:
    """What is odd about running these partitions by that schedule, each as a sentence."""
    by, cron = partitions.by, schedule.cron.strip()
    # Every other word is about fewer days.
    minute, hour, *days = CRON_WORDS.get(cron, cron).split()
    minutes, hours = _values(minute, 59), _values(hour, 23)
    if days != ["*", "*", "*"] or (by == "hour" and len(hours) < 24):
        yield (
            f"{cron!r} does not run every {by}, and a run is about one {by} alone, so others are left out; "
            f"run it every {by}, or fill the gaps by a backfill"
        )
    for day in _SEASONS if by == "day" else ():
        ticks = [day.replace(hour=one, minute=max(minutes), tzinfo=ZoneInfo(schedule.timezone)) for one in hours]
        if all(map(_too_early, ticks)):
            yield (
                f"{cron!r} in {schedule.timezone} is {ticks[-1].astimezone(UTC):%H:%M} UTC, before the day is over: "
                "partitions are days in UTC, so the run is about the day before; choose a time soon after 00:00 UTC"
            )
            return


def _too_early(tick: datetime) -> bool:
    """Whether the day that is over by the local clock, or nearly so, is not over in UTC."""
    return (tick + _NEARLY_OVER).date() > tick.astimezone(UTC).date()


def _values(field: str, highest: int) -> list[int]:
    """The numbers that a cron's field of minutes or hours stands for."""
    found: set[int] = set()
    for part in field.split(","):
        ends, _, step = part.partition("/")
        first, _, last = ends.partition("-")
        low = 0 if first == "*" else int(first)
        high = int(last) if last else highest if first == "*" or step else low
        found |= set(range(low, high + 1, int(step or 1)))
    return sorted(found)
