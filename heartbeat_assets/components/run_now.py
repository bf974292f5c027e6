"""The run-now path of the terminal: a lane's whole job in this process, recorded in Dagster's instance.

It must not be a second pipeline: it runs the same definitions the webserver and the daemon do.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from heartbeat_assets.components.heartbeat_lane import HeartbeatLane
from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.files import write_atomically
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.settings import Settings

_QUIET = "telemetry:\n  enabled: false\nnux:\n  enabled: false\n"


@dataclass(frozen=True)
class RunOutcome:
    """How a run went: Dagster's run id, whether every step succeeded, and what failed other than blocking checks."""

    run_id: str
    succeeded: bool
    failures: tuple[str, ...]


def run_lane(lane: Lane, *, period: Period | None = None, log_level: str = "CRITICAL") -> RunOutcome:
    """Runs `lane` from its sources to its published report. Does not raise when a step fails or a check blocks.

    A partitioned lane runs for one `period`.
    `log_level` is for Dagster's log on standard error; the instance keeps the whole log anyway.
    """
    definitions = HeartbeatLane(lane).definitions()
    job = definitions.resolve_job_def(f"{lane.name}_job")
    with dagster_instance(lane.settings) as instance:
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            partition_key=period.key if period else None,
            tags={"heartbeat/lane": lane.name},
            run_config={"loggers": {"console": {"config": {"log_level": log_level}}}},
        )
        failures = tuple(_message(event) for event in result.get_step_failure_events())
    return RunOutcome(result.run_id, result.success, tuple(text for text in failures if text))


def dagster_instance(settings: Settings) -> dg.DagsterInstance:
    """The instance of DAGSTER_HOME, else of the project's dagster_home/, else of one below HEARTBEAT_HOME.

    Raises UsageProblem for a DAGSTER_HOME that is no folder, HeartbeatError when none can be made.
    """
    named = os.environ.get("DAGSTER_HOME")
    if not named:
        shipped = settings.project / "dagster_home"
        home = shipped if (shipped / "dagster.yaml").is_file() else _home_of_our_own(settings.home / "dagster")
        os.environ["DAGSTER_HOME"] = str(home.absolute())
    elif not Path(named).is_absolute() or not Path(named).is_dir():
        raise UsageProblem(f"DAGSTER_HOME={named}: must be the absolute path of a folder; make it, or unset it")
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
    return dg.DagsterInstance.get()


def _home_of_our_own(home: Path) -> Path:
    """A folder for Dagster with settings that keep it quiet, made when it is not there."""
    try:
        if not (home / "dagster.yaml").is_file():
            write_atomically(home / "dagster.yaml", _QUIET)
    except OSError as problem:
        raise HeartbeatError(
            f"{home}: cannot be written: {problem.strerror or problem}; check the disk, or set HEARTBEAT_HOME"
        ) from problem
    return home


def _message(event: dg.DagsterEvent) -> str:
    """What went wrong in a step, or nothing when it was a check that blocked, which the verdict explains."""
    error = event.step_failure_data.error
    if error is None or error.cls_name == "DagsterAssetCheckFailedError":
        return ""
    failure = event.step_failure_data.user_failure_data
    return str(failure.description) if failure and failure.description else error.message.strip()
