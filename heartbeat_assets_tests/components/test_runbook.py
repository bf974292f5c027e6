"""The runbook in Dagster: the asset `go_live`, a check an item, looked at for real; the job and its schedule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from heartbeat_assets.components import Runbook
from heartbeat_assets.components.runbook import RunbookGroup
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.runbook import declare
from heartbeat_assets.governance.runbook.registry import CHECKS
from heartbeat_assets.governance.runbook.runbook_file import checked_runbook
from heartbeat_assets.ledger import Actor, Ledger, open_ledger
from heartbeat_assets.ledger.location import locate
from heartbeat_assets_tests.components.run_results import QUIET
from heartbeat_assets_tests.own_project import PACKAGE, OwnProject, own_project

SECRET = "s3cr3t-of-the-house"
ANA = Actor("ana@example.org", "person", "cli")
THREE = [
    {"check": "go_live_checklist"},
    {"check": "env_sanity", "severity": "WARN", "variables": {"SHOP_TOKEN": None, "SHOP_STAGE": "live"}},
    {"check": "ledger_reachable", "id": "books"},
]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance) -> Iterator[OwnProject]:
    monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", "http://127.0.0.1:9")
    folder = tmp_path / "project"
    folder.mkdir()
    for project in own_project(folder, monkeypatch):
        open_ledger(project.settings.ledger_url).close()
        yield project


def write(own: OwnProject, folder: str = "runbook", **attributes: Any) -> None:
    text = yaml.safe_dump({"type": "heartbeat_assets.Runbook", "attributes": attributes}, sort_keys=False)
    own.write(f"{PACKAGE}/defs/{folder}/defs.yaml", text)


def definitions_of(own: OwnProject, **attributes: Any) -> dg.Definitions:
    spec = checked_runbook(attributes, "defs.yaml")
    return Runbook(RunbookGroup("runbook", spec, own.defs / "runbook", own.settings)).definitions()


def run(definitions: dg.Definitions, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = definitions.resolve_job_def("runbook_job")
    return job.execute_in_process(instance=instance, raise_on_error=False, run_config=QUIET)


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {one.check_name: one for one in result.get_asset_check_evaluations()}


def metadata_of(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    (event,) = result.get_asset_materialization_events()
    return {name: value.value for name, value in event.materialization.metadata.items()}


def test_a_run_has_a_check_for_every_item_and_fails_for_none(
    own: OwnProject, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_TOKEN", SECRET)
    result = run(definitions_of(own, checks=THREE), instance)
    assert result.success, "the runbook tells; it is no fault of the run"
    found = checks_of(result)
    assert {name: (one.passed, one.severity.value) for name, one in found.items()} == {
        "go_live_checklist": (False, "ERROR"),
        "env_sanity": (False, "WARN"),
        "books": (True, "ERROR"),
    }
    assert found["env_sanity"].description == "SHOP_STAGE is not set."
    assert found["env_sanity"].metadata["fix"].value == "Set SHOP_STAGE=live, and start the process again."
    assert found["env_sanity"].metadata["detail"].value == {"variables": {"SHOP_TOKEN": "set", "SHOP_STAGE": "not set"}}
    metadata = metadata_of(result)
    assert (metadata["ok_to_enable_go_live"], metadata["blockers"], metadata["warnings"]) == (False, 1, 1)
    assert "- ❌ go_live_checklist: Not complete: nobody has declared backend_complete." in metadata["runbook"]
    assert SECRET not in json.dumps([str(event) for event in result.all_events])


def test_each_run_looks_anew(own: OwnProject, instance: dg.DagsterInstance) -> None:
    definitions = definitions_of(own, checks=THREE)
    assert not checks_of(run(definitions, instance))["go_live_checklist"].passed
    declare(open_ledger(own.settings.ledger_url).journal, "backend_complete", actor=ANA, reason="all tried")
    result = run(definitions, instance)
    assert checks_of(result)["go_live_checklist"].passed
    assert metadata_of(result)["ok_to_enable_go_live"] is True


def test_a_check_that_raises_fails_alone_and_shows_no_secret(
    own: OwnProject, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.write(f"{PACKAGE}/checks.py", f"def loses():\n    raise ValueError('{SECRET}')\n")
    checks = [{"function": f"{PACKAGE}.checks:loses", "id": "stock"}, {"check": "ledger_reachable"}]
    result = run(definitions_of(own, checks=checks), instance)
    found = checks_of(result)
    assert result.success
    assert (found["stock"].passed, found["ledger_reachable"].passed) == (False, True)
    assert "ValueError" in (found["stock"].description or "")
    assert SECRET not in json.dumps([str(event) for event in result.all_events])


def test_a_ledger_that_is_away_fails_checks_and_not_the_run(
    own: OwnProject, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = f"postgresql://ann:{SECRET}@127.0.0.1:9/books?connect_timeout=2"
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", away)
    result = run(definitions_of(own), instance)
    assert result.success
    assert set(checks_of(result)) == set(CHECKS)
    assert not checks_of(result)["ledger_reachable"].passed
    assert SECRET not in json.dumps([str(event) for event in result.all_events])
    Ledger(locate(away)).close()


def test_the_definitions_name_the_checks_the_owner_and_the_time(own: OwnProject) -> None:
    definitions = definitions_of(own, checks=THREE, owners=["team:shop"], schedule={"cron": "5 4 * * *"})
    (schedule,) = definitions.schedules or ()
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.name, schedule.cron_schedule, schedule.execution_timezone) == (
        "runbook_schedule",
        "5 4 * * *",
        "UTC",
    )
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    (asset,) = definitions.assets or ()
    assert isinstance(asset, dg.AssetsDefinition)
    (spec,) = asset.specs
    assert (spec.key.path, spec.group_name, list(spec.owners)) == (["runbook", "go_live"], "runbook", ["team:shop"])
    assert spec.tags["heartbeat/runbook"] == "runbook"
    assert {check.name: (check.blocking, check.description) for check in asset.check_specs}["env_sanity"] == (
        False,
        "WARN: The environment is that of production: every variable is set, and has the value that is wanted.",
    )
    off = definitions_of(own, schedule={"enabled": False})
    assert [one.default_status for one in off.schedules or ()] == [dg.DefaultScheduleStatus.STOPPED]  # type: ignore[union-attr]


def test_the_component_is_loaded_from_its_folder(own: OwnProject) -> None:
    write(own, folder="ready", checks=THREE)
    repository = own.definitions().get_repository_def()
    assert {key.to_user_string() for key in repository.asset_graph.get_all_asset_keys()} == {"ready/go_live"}
    assert {job.name for job in repository.get_all_jobs()} >= {"ready_job"}


def test_a_mistake_in_the_file_is_a_sentence(own: OwnProject) -> None:
    write(own, checks=[{"check": "env_santy"}])
    with pytest.raises(Exception, match="Error while loading component") as caught:
        own.definitions().get_repository_def()
    cause: BaseException | None = caught.value
    while cause is not None and not isinstance(cause, SpecProblem):
        cause = cause.__cause__
    assert isinstance(cause, SpecProblem)
    assert "checks[0] env_santy: there is no check 'env_santy'; did you mean 'env_sanity'?" in str(cause)


def test_the_components_schema_is_that_of_the_file() -> None:
    schema = Runbook.get_model_cls().model_json_schema()
    assert set(schema["properties"]) == {"description", "owners", "schedule", "checks"}
