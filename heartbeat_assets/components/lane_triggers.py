"""When a lane runs: its job, its schedule, the sensor on its telemetry, the sensor of its automation conditions.

It must not look inside telemetry files.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from heartbeat_assets.components.lane_partitions import partitioned_schedule
from heartbeat_assets.components.source_assets import source_asset_name
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.telemetry.event_files import event_files

# Dagster has no public name for a job over a selection of assets.
LaneJob = Any
LANE_TAG = "heartbeat/lane"
_LONGEST_RUN_KEY = 200


def lane_job(lane: Lane) -> LaneJob:
    """Everything of the lane in one run and one process: measured, a quarter of the time of a process a step."""
    return dg.define_asset_job(
        f"{lane.name}_job",
        selection=dg.AssetSelection.groups(lane.name),
        executor_def=dg.in_process_executor,
        tags={LANE_TAG: lane.name},
        description=f"Runs lane {lane.name}: sources, digest, heartbeat, window checks, publish or block.",
    )


def lane_schedule(lane: Lane, job: LaneJob) -> dg.ScheduleDefinition | None:
    """The lane's cron, or None when it has none."""
    if lane.spec.schedule is None:
        return None
    about: dict[str, Any] = {
        "name": f"{lane.name}_schedule",
        "cron_schedule": lane.spec.schedule.cron,
        "execution_timezone": lane.spec.schedule.timezone,
        "default_status": _schedule_status(lane.spec.schedule.enabled),
        "description": f"Runs lane {lane.name} by the clock.",
    }
    if lane.spec.partitions is not None:
        return partitioned_schedule(lane, job, **about)
    return dg.ScheduleDefinition(job=job, **about)


def automation_sensor(lane: Lane) -> dg.AutomationConditionSensorDefinition:
    """Makes what waits for good checks materialize when they turn good in another run. On by default."""
    return dg.AutomationConditionSensorDefinition(
        f"{lane.name}_automation",
        target=dg.AssetSelection.groups(lane.name),
        default_status=dg.DefaultSensorStatus.RUNNING,
        run_tags={LANE_TAG: lane.name},
        description=f"Publishes lane {lane.name} when its checks turn good outside a run of the whole lane.",
    )


def file_sensor(lane: Lane, job: LaneJob) -> dg.SensorDefinition | None:
    """Requests a run when telemetry files are new, have grown or are gone, one for a burst; None without a `sensor`."""
    settings, events = lane.spec.sensor, lane.spec.events_source()
    if settings is None or events is None:
        return None
    source = events[0]
    folder = lane.source_path(source)
    assert folder is not None

    @dg.sensor(
        name=f"{lane.name}_{source_asset_name(lane, source)}_files",
        job=job,
        minimum_interval_seconds=settings.every_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING if settings.enabled else dg.DefaultSensorStatus.STOPPED,
        description=f"Runs lane {lane.name} when files in {lane.spec.sources[source].place} are new, have grown or are "
        "gone.",
    )
    def files_of_lane(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            files = event_files(folder)
        except HeartbeatError as problem:
            return dg.SkipReason(str(problem))
        known, requests = read_cursor(context.cursor)
        seen, settled = look(folder, files, known, settings.settle_seconds)
        changed = {name: mark for name, mark in settled.items() if known.get(name) != mark}
        changed |= dict.fromkeys(known.keys() - _names(folder, files), "gone")
        if not changed:
            reason = f"Nothing new: {len(files)} files in {folder}."
            return dg.SensorResult(skip_reason=reason, cursor=write_cursor(seen, requests))
        request = dg.RunRequest(run_key=run_key(changed, requests), tags={"heartbeat/files": str(len(changed))})
        return dg.SensorResult(run_requests=[request], cursor=write_cursor(seen, requests + 1))

    return files_of_lane


def _names(folder: Path, files: list[Path]) -> set[str]:
    return {_name(folder, file) for file in files}


def _name(folder: Path, file: Path) -> str:
    return str(file.relative_to(folder)) if file != folder and file.is_relative_to(folder) else file.name


def read_cursor(cursor: str | None) -> tuple[dict[str, str], int]:
    """File name to mark, and how many runs were requested so far.

    A cursor that cannot be read is as good as none: runs are idempotent.
    """
    try:
        written = json.loads(cursor or "{}")
        return dict(written["files"]), int(written["requests"])
    except (ValueError, TypeError, KeyError, OverflowError):
        return {}, 0


def write_cursor(files: Mapping[str, str], requests: int) -> str:
    """The text that `read_cursor` reads."""
    return json.dumps({"files": files, "requests": requests}, sort_keys=True)


def look(
    folder: Path, files: list[Path], known: Mapping[str, str], settle_seconds: float
) -> tuple[dict[str, str], dict[str, str]]:
    """The marks to remember, and those of files that are done being written: neither vanished nor too young."""
    now = time.time()
    seen: dict[str, str] = {}
    settled: dict[str, str] = {}
    for file in files:
        name = _name(folder, file)
        try:
            stat = file.stat()
        except OSError:
            continue
        # A time in the future, from a clock that is ahead, says nothing about the file's age.
        if abs(now - stat.st_mtime) >= settle_seconds:
            settled[name] = seen[name] = f"{stat.st_size}-{stat.st_mtime_ns}"
        elif name in known:
            seen[name] = known[name]
    return seen, settled


def run_key(changed: Mapping[str, str], requests: int) -> str:
    """One key for a burst of files: each file's own key, or a hash of them when that would be too long.

    `requests` tells a change from the same change earlier: Dagster drops a request whose key it has seen, and a file
    may well be taken away, put back and taken away again.
    """
    key = ";".join(f"{name}@{mark}" for name, mark in sorted(changed.items())) + f"#{requests}"
    return key if len(key) <= _LONGEST_RUN_KEY else f"{len(changed)}-files-{hashlib.sha256(key.encode()).hexdigest()}"


def _schedule_status(enabled: bool) -> dg.DefaultScheduleStatus:
    return dg.DefaultScheduleStatus.RUNNING if enabled else dg.DefaultScheduleStatus.STOPPED
