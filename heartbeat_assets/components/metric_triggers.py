"""When a service's metrics run: its jobs, its schedules, the sensor on its files, the sensor of its scorecard.

It must not look inside the files or compute.
"""

import hashlib
import json
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import dagster as dg

from heartbeat_assets.components.asset_basics import asset_key
from heartbeat_assets.components.benchmark_asset import BENCHMARK
from heartbeat_assets.components.metric_assets import ServiceMetrics
from heartbeat_assets.components.metric_partitions import newest_partition
from heartbeat_assets.components.registry_asset import REGISTRY
from heartbeat_assets.components.scorecard_asset import SCORECARD
from heartbeat_assets.components.source_assets import source_asset_name
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.ticks import Every

# Dagster has no public name for a job over a selection of assets.
Job = Any
SERVICE_TAG = "heartbeat/service"
REGISTRY_TAG = "heartbeat/registry"
_LOOK_SECONDS = 30
# A file that was written just now may not be whole yet.
_SETTLE_SECONDS = 2


@dataclass(frozen=True)
class ServiceJobs:
    """The jobs of a service over the assets that were built for it; None is one that would have nothing to do."""

    metrics: Job | None
    daily: Job | None
    benchmark: Job | None
    registry: Job | None

    def all(self) -> list[Job]:
        """Those there are."""
        return [job for job in (self.metrics, self.daily, self.benchmark, self.registry) if job is not None]


def service_jobs(metrics: ServiceMetrics, built: Collection[dg.AssetKey]) -> ServiceJobs:
    """Each in one run and one process: measured, a quarter of the time of a process a step.

    Daily metrics run apart from the hourly ones, as a job has one kind of partition. The registry is not held up by a
    long run of the metrics: bringing files in line is safe beside it.
    """
    service = metrics.service
    name, sources = service.name, [source_asset_name(service, source) for source in service.sources]

    def job(called: str, assets: Sequence[str], description: str, tag: str = SERVICE_TAG) -> Job | None:
        keys = [asset_key(service, asset) for asset in assets if asset_key(service, asset) in built]
        if not keys:
            return None
        return dg.define_asset_job(
            f"{name}_{called}",
            selection=dg.AssetSelection.assets(*keys),
            executor_def=dg.in_process_executor,
            tags={tag: name},
            description=description,
        )

    said = f"Computes the metrics of {name} for an hour: sources, registry, metrics, checks, scorecard."
    hourly = job("metrics_job", [*sources, REGISTRY, *metrics.ids("hour"), SCORECARD], said)
    said, days = f"Computes the daily metrics of {name} for a day, and the scorecard.", metrics.ids("day")
    daily = job("daily_job", [*sources, *days, SCORECARD] if days else [], said)
    benchmark = job("benchmark_job", [BENCHMARK], f"Works out what is normal for the metrics of {name}.")
    said = f"Registers new metrics of {name}, retires removed ones, and computes first values."
    return ServiceJobs(hourly, daily, benchmark, job("registry_job", [REGISTRY], said, REGISTRY_TAG))


def metric_schedules(metrics: ServiceMetrics, jobs: ServiceJobs) -> list[Any]:
    """The hourly and the daily one ask for the newest partition that is over; the benchmark's needs none."""
    service = metrics.service
    crons = service.spec.schedule
    found: list[Any] = []
    if jobs.metrics is not None:
        about = _about(service, "metrics_schedule", crons.cron, "Computes the hourly metrics by the clock.")
        # Without an hourly metric, the job has no partitions.
        partitioned = bool(metrics.ids("hour"))
        found.append(
            _newest_partition_schedule(service, "hour", jobs.metrics, about)
            if partitioned
            else dg.ScheduleDefinition(job=jobs.metrics, **about)
        )
    if jobs.daily is not None:
        about = _about(service, "daily_schedule", crons.daily_cron, "Computes the daily metrics by the clock.")
        found.append(_newest_partition_schedule(service, "day", jobs.daily, about))
    if jobs.benchmark is not None:
        about = _about(service, "benchmark_schedule", crons.benchmark_cron, "Works out once a day what is normal.")
        found.append(dg.ScheduleDefinition(job=jobs.benchmark, **about))
    return found


def metric_sensors(service: Service, jobs: ServiceJobs, built: Collection[dg.AssetKey]) -> list[dg.SensorDefinition]:
    """That of the scorecard and that of the files."""
    found: list[dg.SensorDefinition] = []
    if asset_key(service, SCORECARD) in built:
        found.append(_automation_sensor(service))
    if jobs.registry is not None:
        found.append(_registry_sensor(service, jobs.registry))
    return found


def _about(service: Service, name: str, cron: str, description: str) -> dict[str, Any]:
    enabled = service.spec.schedule.enabled
    return {
        "name": f"{service.name}_{name}",
        "cron_schedule": cron,
        "execution_timezone": "UTC",
        "default_status": dg.DefaultScheduleStatus.RUNNING if enabled else dg.DefaultScheduleStatus.STOPPED,
        "description": description,
    }


def _newest_partition_schedule(service: Service, every: Every, job: Job, about: dict[str, Any]) -> Any:
    @dg.schedule(job=job, **about)
    def newest_partition_of_service(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        try:
            key = newest_partition(service, every, context.scheduled_execution_time.astimezone(UTC))
        except UsageProblem as problem:
            return dg.SkipReason(str(problem))
        return dg.RunRequest(partition_key=key)

    return newest_partition_of_service


def _automation_sensor(service: Service) -> dg.AutomationConditionSensorDefinition:
    """Makes the scorecard follow metrics that were computed in another run. On by default."""
    return dg.AutomationConditionSensorDefinition(
        f"{service.name}_automation",
        target=dg.AssetSelection.assets(asset_key(service, SCORECARD)),
        default_status=dg.DefaultSensorStatus.RUNNING,
        run_tags={SERVICE_TAG: service.name},
        description=f"Publishes the scorecard of {service.name} when metrics were computed outside its own runs.",
    )


def _registry_sensor(service: Service, job: Job) -> dg.SensorDefinition:
    """Asks for a run of the registry when files of metrics are new, changed or gone: first values come at once."""

    @dg.sensor(
        name=f"{service.name}_registry_files",
        job=job,
        minimum_interval_seconds=_LOOK_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Brings the registry in line when files in {service.name}/metrics are new, changed or gone.",
    )
    def metric_files_of_service(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        try:
            digest, count, settled = look_at_files(service)
        except OSError as problem:
            return dg.SkipReason(f"{service.metrics_folder}: {problem.strerror or problem}")
        known, requests = read_cursor(context.cursor)
        if digest == known:
            return dg.SkipReason(f"Nothing new: {count} files in {service.metrics_folder}.")
        if not settled:
            return dg.SkipReason("A file is still being written.")
        # Dagster drops a key it has seen, and a file may be taken away, put back and taken away again.
        request = dg.RunRequest(run_key=f"{digest[:16]}#{requests}")
        cursor = json.dumps({"files": digest, "requests": requests + 1})
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return metric_files_of_service


def look_at_files(service: Service) -> tuple[str, int, bool]:
    """A hash of the names, sizes and times of the metrics' files, how many there are, and whether all are settled.

    Raises OSError when the folder cannot be read; one that is not there has no files.
    """
    if not service.metrics_folder.is_dir():
        return hashlib.sha256(b"").hexdigest(), 0, True
    now, settled = time.time(), True
    marks = []
    for file in sorted(service.metrics_folder.iterdir()):
        if file.name.startswith(".") or file.suffix.lower() != ".sql":
            continue
        try:
            stat = file.stat()
        except FileNotFoundError:
            continue
        marks.append(f"{file.name} {stat.st_size} {stat.st_mtime_ns}")
        # A time in the future, from a clock that is ahead, says nothing about the file's age.
        settled = settled and abs(now - stat.st_mtime) >= _SETTLE_SECONDS
    return hashlib.sha256("\n".join(marks).encode()).hexdigest(), len(marks), settled


def read_cursor(cursor: str | None) -> tuple[str | None, int]:
    """The hash that was seen last, and how many runs were requested so far.

    A cursor that cannot be read is as good as none: bringing files in line twice changes nothing.
    """
    try:
        written = json.loads(cursor or "{}")
        return str(written["files"]), int(written["requests"])
    except (ValueError, TypeError, KeyError, OverflowError):
        return None, 0
