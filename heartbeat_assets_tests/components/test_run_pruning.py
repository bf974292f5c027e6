"""Old runs go from Dagster's own history; the newest of each job and what still runs stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterInstance, DagsterRunStatus, RunsFilter
from dagster._core.test_utils import create_run_for_test, freeze_time
from pydantic import ValidationError

from heartbeat_assets.components.run_pruning import RunPruning, prune_runs

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def add_run(
    instance: DagsterInstance, job: str, days_ago: int, status: DagsterRunStatus = DagsterRunStatus.SUCCESS
) -> str:
    with freeze_time(NOW - timedelta(days=days_ago)):
        return str(create_run_for_test(instance, job_name=job, status=status).run_id)


def runs_of(instance: DagsterInstance, job: str) -> set[str]:
    return {run.run_id for run in instance.get_runs(RunsFilter(job_name=job))}


def prune(instance: DagsterInstance, *, keep_runs: int, keep_days: int = 30) -> int:
    return prune_runs(instance, before=NOW - timedelta(days=keep_days), keep_runs=keep_runs)


def test_finished_runs_older_than_the_limit_go_and_younger_ones_stay(instance: DagsterInstance) -> None:
    old = [
        add_run(instance, "lane_job", 40, status)
        for status in (DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED)
    ]
    young = add_run(instance, "lane_job", 20)
    assert prune(instance, keep_runs=0) == len(old)
    assert runs_of(instance, "lane_job") == {young}


def test_a_run_that_has_not_ended_stays_however_old_it_is(instance: DagsterInstance) -> None:
    unfinished = {
        add_run(instance, "lane_job", 400, status)
        for status in (DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING)
    }
    assert prune(instance, keep_runs=0) == 0
    assert runs_of(instance, "lane_job") == unfinished


def test_the_newest_runs_of_each_job_stay_however_old_they_are(instance: DagsterInstance) -> None:
    busy = [add_run(instance, "busy_job", days) for days in (90, 80, 70, 60)]
    quiet = add_run(instance, "quiet_job", 365)
    assert prune(instance, keep_runs=2) == 2
    assert runs_of(instance, "busy_job") == set(busy[2:])
    assert runs_of(instance, "quiet_job") == {quiet}


def test_a_job_may_have_other_days(instance: DagsterInstance) -> None:
    often = [add_run(instance, "often_job", days) for days in (9, 3, 1)]
    seldom = [add_run(instance, "seldom_job", days) for days in (60, 40, 3)]
    lane = [add_run(instance, "lane_job", days) for days in (40, 3)]
    of_jobs = {"often_job": NOW - timedelta(days=2), "seldom_job": NOW - timedelta(days=50)}
    assert prune_runs(instance, before=NOW - timedelta(days=30), keep_runs=0, of_jobs=of_jobs) == 4
    assert runs_of(instance, "often_job") == {often[2]}
    assert runs_of(instance, "seldom_job") == set(seldom[1:])
    assert runs_of(instance, "lane_job") == {lane[1]}


def test_more_runs_than_are_looked_at_in_one_go_are_pruned_as_well(instance: DagsterInstance) -> None:
    for _ in range(130):
        add_run(instance, "lane_job", 40)
    assert prune(instance, keep_runs=3) == 127
    assert len(runs_of(instance, "lane_job")) == 3


def test_the_job_prunes_by_its_settings_and_keeps_its_own_run(instance: DagsterInstance) -> None:
    with freeze_time(datetime.now(UTC) - timedelta(days=8)):
        old = create_run_for_test(instance, job_name="lane_job", status=DagsterRunStatus.SUCCESS).run_id
    for _ in range(4):
        create_run_for_test(instance, job_name="lane_job", status=DagsterRunStatus.SUCCESS)
    definitions = RunPruning(keep_days=70, keep_runs=4, jobs={"lane_job": 7}).build_defs(None)  # type: ignore[arg-type]
    result = definitions.resolve_job_def("prune_runs").execute_in_process(instance=instance)
    assert result.success
    assert len(runs_of(instance, "lane_job")) == 4
    said = definitions.resolve_job_def("prune_runs").description or ""
    assert said.startswith("Removes finished Dagster runs older than 70 days; of lane_job, 7. ")
    assert old not in runs_of(instance, "lane_job")
    assert runs_of(instance, "prune_runs") == {result.run_id}


def test_the_schedule_runs_by_default_and_has_the_cron_that_is_set() -> None:
    definitions = RunPruning(cron="5 4 * * *").build_defs(None)  # type: ignore[arg-type]
    schedule = definitions.resolve_schedule_def("prune_runs_schedule")
    assert (schedule.cron_schedule, schedule.default_status) == ("5 4 * * *", dg.DefaultScheduleStatus.RUNNING)
    assert schedule.job_name == "prune_runs"


@pytest.mark.parametrize("wrong", [{"keep_days": 0}, {"keep_runs": -1}, {"keep_weeks": 3}, {"jobs": {"a_job": 0}}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RunPruning(**wrong)
