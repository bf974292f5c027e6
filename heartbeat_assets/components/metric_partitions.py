"""A service's hours and days as Dagster partitions: each is what lies before a tick, and its end is the tick.

It must not compute values or decide which ticks there are; `metrics.ticks` does.
"""

from __future__ import annotations

from datetime import datetime

import dagster as dg

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.ticks import Every, newest_tick, partition_key, tick_of

SINGLE_RUN = dg.BackfillPolicy.single_run()
"""A range of partitions is computed in one run, in order: what a value was before may decide its status."""


def partitions_of(service: Service, every: Every) -> dg.TimeWindowPartitionsDefinition:
    """The partitions since the service's history begins."""
    start = service.spec.history.start.isoformat()
    if every == "day":
        return dg.DailyPartitionsDefinition(start_date=start)
    return dg.HourlyPartitionsDefinition(start_date=f"{start}-00:00")


def ticks_of_run(context: dg.AssetExecutionContext, every: Every) -> dict[str, datetime]:
    """The partitions a run is about, oldest first, each with its tick; none for a run of checks alone."""
    if not context.has_partition_key and not context.has_partition_key_range:
        return {}
    ticks = {key: tick_of(every, key) for key in context.partition_keys}
    return dict(sorted(ticks.items(), key=lambda item: item[1]))


def newest_partition(service: Service, every: Every, now: datetime) -> str:
    """The key of the newest partition that is over. Raises UsageProblem while there is none."""
    tick = newest_tick(every, now)
    key = partition_key(every, tick)
    if key[: len("2026-01-01")] < service.spec.history.start.isoformat():
        raise UsageProblem(
            f"no {every} since {service.spec.history.start.isoformat()}, where the history of {service.name} begins, "
            "is over yet"
        )
    return key
