"""A lane's days or hours as Dagster partitions, and which of them a run is about.

A backfill is one run that goes through its periods in order, so that the history is filled in order. It must not
compute digests.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

import dagster as dg

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.periods import Period, newest_period, period_called


def partitions_of(lane: Lane) -> dg.TimeWindowPartitionsDefinition | None:
    """The lane's partitions, whose keys are those of `lanes.periods`; None for a lane that has none."""
    partitions = lane.spec.partitions
    if partitions is None:
        return None
    if partitions.by == "day":
        return dg.DailyPartitionsDefinition(start_date=partitions.start.isoformat())
    return dg.HourlyPartitionsDefinition(start_date=f"{partitions.start.isoformat()}-00:00")


def backfilled_in_one_run(lane: Lane, asset: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The asset of a partitioned lane so that a backfill is one run over its periods; any other as it is."""
    if lane.spec.partitions is None:
        return asset
    return asset.with_attributes(backfill_policy=dg.BackfillPolicy.single_run())


def periods_of_run(lane: Lane, context: dg.AssetExecutionContext) -> list[Period | None]:
    """The periods a run is about, oldest first; one None for a lane without partitions."""
    if lane.spec.partitions is None:
        return [None]
    return [period_called(lane.spec.partitions, key) for key in sorted(context.partition_keys)]


def partitioned_schedule(lane: Lane, job: Any, **about: Any) -> dg.ScheduleDefinition:
    """A schedule that at each tick of the lane's cron runs the newest period that is over."""
    partitions = lane.spec.partitions
    assert partitions is not None

    @dg.schedule(job=job, **about)
    def newest_period_of_lane(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        try:
            period = newest_period(partitions, context.scheduled_execution_time.astimezone(UTC))
        except UsageProblem as problem:
            return dg.SkipReason(str(problem))
        return dg.RunRequest(partition_key=period.key)

    return newest_period_of_lane


def when_checks_pass(lane: Lane) -> dg.AutomationCondition[Any]:
    """Materializes what lies behind the checks when they turn good, also in another run.

    A lane's partitions that were never run are no reason to wait.
    """
    eager = dg.AutomationCondition.eager()
    if lane.spec.partitions is not None:
        eager = eager.without(~dg.AutomationCondition.any_deps_missing())
    return eager & dg.AutomationCondition.all_deps_blocking_checks_passed()
