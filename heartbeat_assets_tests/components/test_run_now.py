"""The run-now path: the same job, in this process, recorded in the instance the environment names."""

from contextlib import nullcontext
from pathlib import Path

import dagster as dg
import pytest
from dagster import RunsFilter

from heartbeat_assets.components import run_now
from heartbeat_assets.components.run_now import dagster_instance, run_lane
from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets_tests.copied_project import CopiedProject


@pytest.fixture
def in_memory(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    """An instance in memory in place of the one the environment names: a run makes some 300 commits to it."""
    monkeypatch.setattr(run_now, "dagster_instance", lambda settings: nullcontext(instance))
    return instance


def test_a_good_run_has_no_failures_and_is_in_dagsters_history(project: CopiedProject) -> None:
    outcome = run_lane(project.lane)
    assert outcome.succeeded
    assert outcome.failures == ()
    with dagster_instance(project.settings) as instance:
        (run,) = instance.get_runs(RunsFilter(job_name="citizen_product_job"))
        assert run.run_id == outcome.run_id
        assert run.tags["heartbeat/lane"] == "citizen_product"


def test_checks_that_block_are_no_failure_of_the_run_the_verdict_tells_of_them(
    project: CopiedProject, in_memory: dg.DagsterInstance
) -> None:
    project.break_kpis()
    outcome = run_lane(project.lane)
    assert not outcome.succeeded
    assert outcome.failures == ()


def test_a_step_that_cannot_do_its_part_is_a_failure_in_our_words(
    project: CopiedProject, in_memory: dg.DagsterInstance
) -> None:
    project.snapshot.write_text('{"broken":\n', encoding="utf-8")
    outcome = run_lane(project.lane)
    assert not outcome.succeeded
    (sentence,) = outcome.failures
    assert sentence.startswith(f"input snapshot: {project.snapshot}, line 2, column 1: not JSON")


def test_without_dagster_home_the_projects_own_is_used(project: CopiedProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "")
    with dagster_instance(project.settings) as instance:
        assert Path(instance.root_directory) == project.dagster_home


def test_without_one_of_its_own_either_a_quiet_one_is_made_below_home(
    project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.dagster_home / "dagster.yaml").unlink()
    monkeypatch.setenv("DAGSTER_HOME", "")
    with dagster_instance(project.settings) as instance:
        assert Path(instance.root_directory) == project.home / "dagster"
        assert not instance.telemetry_enabled
        assert isinstance(instance, dg.DagsterInstance)


@pytest.mark.parametrize("named", ["relative/folder", "{project}/nowhere", "{project}/pyproject.toml"])
def test_a_dagster_home_that_is_no_folder_is_wrong_usage(
    project: CopiedProject, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    named = named.format(project=project.folder)
    monkeypatch.setenv("DAGSTER_HOME", named)
    with pytest.raises(UsageProblem, match=f"DAGSTER_HOME={named}: must be the absolute path of a folder"):
        dagster_instance(project.settings)


def test_a_home_that_cannot_be_made_says_which(project: CopiedProject, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.dagster_home / "dagster.yaml").unlink()
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv("HEARTBEAT_HOME", str(project.snapshot / "below"))
    with pytest.raises(HeartbeatError, match="set HEARTBEAT_HOME"):
        dagster_instance(project.settings)
