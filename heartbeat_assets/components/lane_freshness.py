"""How fresh a lane's digest and heartbeat must be for Dagster, derived from the lane's cron.

A producer that has stopped shows in the UI by this; the verdict has `min_entries` and `max_age` of its own. It must
not run anything.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

import dagster as dg

from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.specs.fields import CRON_WORDS

# A run takes its time, and a clock that is set back makes a day an hour longer.
_GRACE = timedelta(hours=1)
# A Monday. Days of the week show their longest gap in four weeks, days of the year from leap year to leap year.
_FROM = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS_OF_WEEK, _DAYS_OF_YEAR = timedelta(days=29), timedelta(days=366 * 13)
_KEY = "%Y-%m-%dT%H:%M:%S%z"


def freshness_policy(lane: Lane) -> dg.FreshnessPolicy | None:
    """Stale when nothing was materialized for the longest gap of the lane's cron and an hour.

    None for a lane that no schedule runs. Not Dagster's policy by cron: that refuses ticks that are unevenly apart.
    """
    schedule = lane.spec.schedule
    if schedule is None or not schedule.enabled:
        return None
    return dg.FreshnessPolicy.time_window(fail_window=longest_gap(schedule.cron) + _GRACE)


@lru_cache
def longest_gap(cron: str) -> timedelta:
    """The longest time between two ticks of `cron`: a weekend for one of working days.

    Of a cron by days of the year it is the longest gap between its days and one more, for the time of day.
    """
    minute, hour, *days = CRON_WORDS.get(cron.strip(), cron).split()
    if days == ["*", "*", "*"]:
        return _longest(f"{minute} {hour} * * *", timedelta(days=3))
    if days[:2] == ["*", "*"]:
        return _longest(f"{minute} {hour} * * {days[2]}", _DAYS_OF_WEEK)
    return _longest(f"0 0 {' '.join(days)}", _DAYS_OF_YEAR) + timedelta(days=1)


def _longest(cron: str, span: timedelta) -> timedelta:
    # The partitions of a cron are the times between its ticks: Dagster's one public way to list ticks.
    periods = dg.TimeWindowPartitionsDefinition(start=_FROM.strftime(_KEY), fmt=_KEY, cron_schedule=cron)
    ticks = [datetime.fromisoformat(key) for key in periods.get_partition_keys(current_time=_FROM + span)]
    return max(later - earlier for earlier, later in pairwise(ticks))
