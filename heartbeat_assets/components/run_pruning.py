"""RunPruning: removes old runs from Dagster's own instance, which grows by some 200 KB a lane run.

Dagster's run history is never the heartbeat history: the ledger is not touched.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

import dagster as dg
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from pydantic import Field

_FINISHED = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
_BATCH = 100


class RunPruning(dg.Component, dg.Model, dg.Resolvable):
    """A job and a schedule that delete finished runs older than `keep_days`."""

    keep_days: int = Field(30, ge=1, description="Finished runs older than this may go.")
    keep_runs: int = Field(50, ge=0, description="So many of the newest runs of each job always stay.")
    jobs: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="By the name of a job: other days for its runs, for one that runs often."
    )
    cron: str = Field("41 3 * * *", description="When old runs are removed, in UTC.")

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """The job `prune_runs` and its schedule."""
        keep_days, keep_runs, jobs = self.keep_days, self.keep_runs, dict(self.jobs)
        older = "; ".join([f"{keep_days} days", *(f"of {name}, {days}" for name, days in jobs.items())])

        @dg.op(name="delete_old_runs")
        def delete_old_runs(context: dg.OpExecutionContext) -> None:
            now = datetime.now(UTC)
            before = now - timedelta(days=keep_days)
            of_jobs = {name: now - timedelta(days=days) for name, days in jobs.items()}
            deleted = prune_runs(context.instance, before=before, keep_runs=keep_runs, of_jobs=of_jobs)
            context.log.info(f"{deleted} finished runs were removed.")

        @dg.job(
            name="prune_runs",
            executor_def=dg.in_process_executor,
            description=f"Removes finished Dagster runs older than {older}. Heartbeats are not touched.",
        )
        def prune_job() -> None:
            delete_old_runs()

        schedule = dg.ScheduleDefinition(
            name="prune_runs_schedule",
            job=prune_job,
            cron_schedule=self.cron,
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description="Keeps Dagster's own run history small. Heartbeats are not touched.",
        )
        return dg.Definitions(jobs=[prune_job], schedules=[schedule])


def prune_runs(
    instance: DagsterInstance, *, before: datetime, keep_runs: int, of_jobs: Mapping[str, datetime] | None = None
) -> int:
    """Deletes finished runs created before `before`, or before what `of_jobs` says of their job, except the newest
    `keep_runs` of each job; returns how many.
    """
    limits = of_jobs or {}
    keep = _newest_of_each_job(instance, keep_runs)
    deleted = 0
    for run_id, job, created in list(_finished_before(instance, max([before, *limits.values()]))):
        if run_id not in keep and created < limits.get(job, before):
            instance.delete_run(run_id)
            deleted += 1
    return deleted


def _finished_before(instance: DagsterInstance, before: datetime) -> Iterator[tuple[str, str, datetime]]:
    """Finished runs: id, job and when they were created."""
    cursor: str | None = None
    while True:
        records = instance.get_run_records(
            RunsFilter(statuses=_FINISHED, created_before=before), limit=_BATCH, cursor=cursor
        )
        for record in records:
            yield record.dagster_run.run_id, record.dagster_run.job_name, record.create_timestamp
        if len(records) < _BATCH:
            return
        cursor = records[-1].dagster_run.run_id


def _newest_of_each_job(instance: DagsterInstance, keep_runs: int) -> set[str]:
    if keep_runs == 0:
        return set()
    jobs = {record.dagster_run.job_name for record in instance.get_run_records()}
    return {run.run_id for job in jobs for run in instance.get_runs(RunsFilter(job_name=job), limit=keep_runs)}
