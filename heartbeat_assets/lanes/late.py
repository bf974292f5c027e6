"""Telemetry that came after its period was recorded: how much, and of which periods.

It counts and says so; bringing the history up to date is a run of the period, which appends a revision.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from heartbeat_assets.lanes.history import newest_first
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.opening import opened
from heartbeat_assets.lanes.period_views import dated_sources, instant_us, microseconds
from heartbeat_assets.lanes.periods import Period, length, period_at
from heartbeat_assets.lanes.revisions import current_rows
from heartbeat_assets.lanes.values import instant, number
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.sources.inputs import resolve_inputs
from heartbeat_assets.sources.opening import Opened
from heartbeat_assets.telemetry.typed_sql import identifier
from heartbeat_assets.warehouse import all_rows

# So many of the newest recorded periods are looked at: more than a year of days, more than two weeks of hours.
_PERIODS_LOOKED_AT = 400


@dataclass(frozen=True)
class LatePeriod:
    """A recorded period with the events it had then and has now."""

    period: Period
    recorded: int
    now: int

    @property
    def late(self) -> int:
        """How many came since."""
        return self.now - self.recorded


def late_periods(lane: Lane) -> list[LatePeriod]:
    """The recorded periods of a partitioned lane that have more events now, oldest first; of what is stored.

    Call `update_telemetry` before. Raises HeartbeatError of the kind that fits.
    """
    partitions = lane.spec.partitions
    if partitions is None:
        return []
    recorded: dict[Period, int] = {}
    rows = current_rows(newest_first(open_ledger(lane.settings.ledger_url), lane.name), _PERIODS_LOOKED_AT)
    for row in rows:
        end, events = instant(row.run_at), number((row.content or {}).get("events_in_period"))
        if end is not None and events is not None:
            recorded[period_at(partitions, end - length(partitions))] = int(events)
    if not recorded:
        return []
    counted = _counted(lane, since=min(recorded, key=lambda period: period.start))
    found = [LatePeriod(period, events, counted[period]) for period, events in recorded.items()]
    return sorted((one for one in found if one.late > 0), key=lambda one: one.period.start)


def _counted(lane: Lane, since: Period) -> Counter[Period]:
    partitions = lane.spec.partitions
    assert partitions is not None
    dated = dated_sources(lane)
    paths = resolve_inputs(lane)
    counted: Counter[Period] = Counter()
    with opened(lane, paths, only=dated) as sources:
        for name in dated:
            for start_us, events in _counts(
                lane, sources, name, since, int(length(partitions).total_seconds()) * 1_000_000
            ):
                counted[period_at(partitions, datetime.fromtimestamp(start_us // 1_000_000, UTC))] += events
    return counted


def _counts(lane: Lane, sources: Opened, name: str, since: Period, step_us: int) -> list[tuple[int, int]]:
    """Start of the period in microseconds, and how many events it has, from `since` on."""
    when = instant_us(lane.sources[name])
    sql = (
        f"SELECT {when} // {step_us} * {step_us} AS start_us, count(*) AS events FROM {identifier(name)} "
        f"WHERE {when} >= {microseconds(since.start)} GROUP BY 1"
    )
    rows = sources(lane.spec.digest_sql, partial(all_rows, sources.connection, sql, at_most=10_000_000))
    return [(int(row["start_us"]), int(row["events"])) for row in rows]
