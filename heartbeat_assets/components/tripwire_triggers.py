"""When tripwires look: a job and a schedule for every time that an enabled policy of the folder names.

It must not look or act.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import dagster as dg

from heartbeat_assets.components.asset_basics import asset_key
from heartbeat_assets.components.tripwire_group import SWITCHES, TripwireGroup

# Dagster has no public name for a job over a selection of assets.
Job = Any
GROUP_TAG = "heartbeat/tripwires"


def tripwire_schedules(group: TripwireGroup, built: Collection[dg.AssetKey]) -> Sequence[dg.ScheduleDefinition]:
    """A schedule with its job per distinct time, in the order of the file; the second and later ones are numbered.

    A disabled policy is looked at where an enabled one has the same time: that records that it is disabled. Alone it
    needs no run.
    """
    crons = list(dict.fromkeys(policy.schedule for policy in group.spec.policies if policy.enabled))
    return [_schedule(group, cron, number, built) for number, cron in enumerate(crons, start=1)]


def _schedule(group: TripwireGroup, cron: str, number: int, built: Collection[dg.AssetKey]) -> dg.ScheduleDefinition:
    called = group.name if number == 1 else f"{group.name}_{number}"
    assets = [asset for asset, policy in group.by_asset.items() if policy.schedule == cron]
    names = ", ".join(group.by_asset[asset].name for asset in assets if group.by_asset[asset].enabled)
    keys = [asset_key(group, asset) for asset in (*assets, SWITCHES) if asset_key(group, asset) in built]
    job: Job = dg.define_asset_job(
        f"{called}_job",
        selection=dg.AssetSelection.assets(*keys),
        executor_def=dg.in_process_executor,
        tags={GROUP_TAG: group.name},
        description=f"Looks at {names}, and throws switches where that calls for it.",
    )
    return dg.ScheduleDefinition(
        name=f"{called}_schedule",
        job=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=f"Looks at {names} by the clock.",
    )
