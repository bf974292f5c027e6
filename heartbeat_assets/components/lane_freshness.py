"""How fresh a lane's digest and heartbeat must be for Dagster, derived from the lane's cron.

A producer that has stopped shows in the UI by this; the verdict has `min_entries` and `max_age` of its own. It must
not run anything.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import dagster as dg

from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.spec import Schedule

# From a Monday on: long enough to meet every gap of a cron by days of the week; for rarer ones, by days of the year.
_FROM = datetime(2024, 1, 1, tzinfo=UTC)
_SPANS = (timedelta(days=15), timedelta(days=366 * 13))
_KEY = "%Y-%m-%dT%H:%M:%S%z"


def freshness_policy(lane: Lane) -> dg.FreshnessPolicy | None:
    """Stale when a tick of the lane's cron finds nothing materialized since the tick before; None without a cron."""
    schedule = lane.spec.schedule
    if schedule is None:
        return None
    return dg.FreshnessPolicy.cron(
        deadline_cron=schedule.cron, lower_bound_delta=longest_gap(schedule), timezone=schedule.timezone
    )


def longest_gap(schedule: Schedule) -> timedelta:
    """The longest time between two ticks of the cron: a weekend for one of working days."""
    for span in _SPANS:
        ticks = _ticks(schedule, _FROM + span)
        if len(ticks) > 2:
            return max(later - earlier for earlier, later in pairwise(ticks))
    return _SPANS[-1]


def _ticks(schedule: Schedule, until: datetime) -> list[datetime]:
    # The partitions of a cron are the times between its ticks: Dagster's one public way to list ticks.
    periods = dg.TimeWindowPartitionsDefinition(
        start=_FROM.strftime(_KEY), fmt=_KEY, cron_schedule=schedule.cron, timezone=schedule.timezone
    )
    return [datetime.fromisoformat(key) for key in periods.get_partition_keys(current_time=until)]
