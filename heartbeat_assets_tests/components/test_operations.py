"""Operations in Dagster: status and its checks, suggestions, the documents and what keeps them back, run for real."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
import yaml

from heartbeat_assets.components import Operations, operations_metadata
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.ledger import Ledger
from heartbeat_assets.ledger.location import locate
from heartbeat_assets.objectives.incidents import suggestions
from heartbeat_assets.objectives.publishing import candidate_folder
from heartbeat_assets_tests.components.operations_running import (
    READS,
    SUPPORT,
    Operated,
    check_of,
    checks_of,
    key,
    materialized,
    metadata_of,
    run,
)
from heartbeat_assets_tests.objectives.documents.standing import calm, kpi
from heartbeat_assets_tests.own_project import PACKAGE, OwnProject, own_project

# Dagster warns of a beta parameter that it passes to itself when it rebuilds the checks of a component.
pytestmark = pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")

SECRET_MAIL = "berta.verne@customers.example"
PLANTED = (SECRET_MAIL, "agent_4711", "203.0.113.77", "2001:db8::17")
ALL = {"component_status", "heartbeat_candidate", "status_page_candidate", "heartbeat_document", "status_page"}


@pytest.fixture
def operated(tmp_path: Path, instance: dg.DagsterInstance) -> Iterator[Operated]:
    made = Operated(tmp_path / "project")
    yield made
    Ledger(locate(made.settings.ledger_url)).close()


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance) -> Iterator[OwnProject]:
    folder = tmp_path / "own"
    folder.mkdir()
    yield from own_project(folder, monkeypatch)


def test_a_run_judges_every_component_and_publishes_both_documents(
    operated: Operated, instance: dg.DagsterInstance
) -> None:
    operated.judge_all()
    result = run(operated, instance)
    assert result.success
    assert materialized(result) == ALL
    assert checks_of(result) == {
        "component_status.reads": (True, "WARN"),
        "component_status.writes": (True, "WARN"),
        "component_status.fresh": (True, "WARN"),
        "heartbeat_candidate.no_personal_data": (True, "ERROR"),
        "status_page_candidate.no_personal_data": (True, "ERROR"),
    }
    shown = metadata_of(result, "component_status")
    assert (shown["state"], shown["ok"], shown["down"], shown["stale"]) == ("OK", 2, 0, 0)
    assert "| Reads | ● OK |" in shown["components"]
    text = operated.heartbeat_md.read_text(encoding="utf-8")
    assert "- Reads: OK" in text
    assert metadata_of(result, "heartbeat_document")["document"] == text
    assert json.loads((operated.site / "status.json").read_text(encoding="utf-8"))
    assert "Shop" in (operated.site / "index.html").read_text(encoding="utf-8")
    assert SUPPORT in text, "the support's address may stand there"


def test_a_kpi_of_a_million_is_written_to_its_last_digit(operated: Operated) -> None:
    found = replace(calm(), kpis=(kpi("events_per_day", "Events.", 1_234_567.0, "events"),))
    assert "| 1,234,567 events |" in str(operations_metadata.of_operations(operated.group, found)["kpis"].value)


def test_down_is_an_error_degraded_warns_and_the_documents_say_so_all_the_same(
    operated: Operated, instance: dg.DagsterInstance
) -> None:
    operated.judge("reads-answered", "red", severity="ERROR")
    operated.judge("writes-answered", "green")
    result = run(operated, instance)
    assert result.success, "that something is down is no fault of the run"
    checks = checks_of(result)
    assert (checks["component_status.reads"], checks["component_status.writes"]) == ((False, "ERROR"), (True, "WARN"))
    assert "Reads: ◆ DOWN." in (check_of(result, "component_status", "reads").description or "")
    assert "- Reads: DOWN" in operated.heartbeat_md.read_text(encoding="utf-8")
    (suggested,) = suggestions(operated.ledger.journal)
    assert suggested.rule == "reads_down"
    operated.judge("writes-answered", "green")
    again = run(operated, instance)
    assert metadata_of(again, "component_status")["suggested_incidents"] == 1, "it is suggested once"


def test_a_change_is_written_down_once(operated: Operated, instance: dg.DagsterInstance) -> None:
    operated.judge_all()
    for _ in range(2):
        run(operated, instance, ["component_status"])
    operated.judge("reads-answered", "exhausted", severity="ERROR")
    run(operated, instance, ["component_status"])
    assert [event.body["found"] for event in operated.changes("reads")] == ["OK", "DOWN"]
    assert [event.body["found"] for event in operated.changes("writes")] == ["OK"]


def test_without_facts_nothing_is_ok_and_old_ones_are_said_to_be_old(
    operated: Operated, instance: dg.DagsterInstance
) -> None:
    operated.judge("reads-answered", "green", hours_ago=30)
    result = run(operated, instance, ["component_status"])
    checks = checks_of(result)
    assert checks["component_status.reads"] == (False, "WARN")
    assert checks["component_status.writes"] == (False, "WARN")
    assert checks["component_status.fresh"] == (False, "WARN")
    shown = metadata_of(result, "component_status")
    assert (shown["state"], shown["no_data"], shown["stale"]) == ("NO_DATA", 2, 2)
    assert "(old)" in shown["components"]


def test_personal_data_keeps_both_documents_back_and_is_not_shown(
    operated: Operated, instance: dg.DagsterInstance
) -> None:
    operated.judge_all()
    run(operated, instance)
    before = operated.heartbeat_md.read_bytes()
    operated.open(f"Reads of {', '.join(PLANTED)} fail.")
    result = run(operated, instance)
    assert not result.success
    assert materialized(result) == ALL - {"heartbeat_document", "status_page"}
    found = check_of(result, "heartbeat_candidate", "no_personal_data")
    assert not found.passed
    assert found.blocking
    assert "HEARTBEAT.md, line " in (found.description or "")
    assert found.metadata["findings"].value == len(PLANTED)
    assert not check_of(result, "status_page_candidate", "no_personal_data").passed
    assert operated.heartbeat_md.read_bytes() == before, "what was published before stays"
    assert "Reads of" not in (operated.site / "index.html").read_text(encoding="utf-8")
    told = json.dumps([str(event) for event in result.all_events])
    assert [planted for planted in PLANTED if planted in told] == []


def test_who_publishes_asks_again(operated: Operated, instance: dg.DagsterInstance) -> None:
    operated.judge_all()
    run(operated, instance)
    candidate = candidate_folder(operated.settings, "heartbeat_document") / "HEARTBEAT.md"
    candidate.write_text(f"Ask {SECRET_MAIL}.\n", encoding="utf-8")
    before = operated.heartbeat_md.read_bytes()
    result = run(operated, instance, ["heartbeat_document"])
    assert not result.success
    (failure,) = result.get_step_failure_events()
    said = failure.step_failure_data.user_failure_data
    assert said is not None
    assert "HEARTBEAT.md is not published, as there is personal data in it" in (said.description or "")
    assert operated.heartbeat_md.read_bytes() == before
    assert SECRET_MAIL not in json.dumps([str(event) for event in result.all_events])


def test_the_check_alone_reads_the_candidate_that_is_there(operated: Operated, instance: dg.DagsterInstance) -> None:
    operated.judge_all()
    job = operated.definitions().resolve_implicit_global_asset_job_def()
    asked = dg.AssetCheckKey(key("status_page_candidate"), "no_personal_data")

    def look() -> dg.AssetCheckEvaluation:
        result = job.get_subset(asset_check_selection={asked}).execute_in_process(
            instance=instance, raise_on_error=False
        )
        (found,) = result.get_asset_check_evaluations()
        return found

    assert "there is no candidate" in (look().description or "")
    run(operated, instance)
    assert look().passed


def test_one_document_may_be_made_alone(operated: Operated, instance: dg.DagsterInstance) -> None:
    operated.judge_all()
    result = run(operated, instance, ["heartbeat_candidate", "heartbeat_document"])
    assert result.success
    assert operated.heartbeat_md.is_file()
    assert not operated.site.exists()


def test_the_documents_go_where_the_file_says_too(operated: Operated, instance: dg.DagsterInstance) -> None:
    operated.attributes["publish"] = {"heartbeat": "docs/HEARTBEAT.md", "status_page": "public/status"}
    operated.judge_all()
    assert run(operated, instance).success
    assert (operated.folder / "docs" / "HEARTBEAT.md").read_bytes() == operated.heartbeat_md.read_bytes()
    assert (operated.folder / "public" / "status" / "feed.xml").is_file()


def test_a_place_that_cannot_be_written_is_named(operated: Operated, instance: dg.DagsterInstance) -> None:
    operated.judge_all()
    (operated.settings.home / "documents" / "HEARTBEAT.md").mkdir(parents=True)
    result = run(operated, instance)
    assert [event.step_key for event in result.get_step_failure_events()] == ["operations__heartbeat_document"]
    assert (operated.site / "index.html").is_file(), "the other document is published"


def test_the_definitions_name_owners_checks_and_the_time(operated: Operated) -> None:
    operated.attributes["schedule"] = {"cron": "5 * * * *"}
    definitions = operated.definitions()
    (schedule,) = definitions.schedules or ()
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.name, schedule.cron_schedule, schedule.execution_timezone) == (
        "operations_schedule", "5 * * * *", "UTC",
    )  # fmt: skip
    graph = definitions.resolve_asset_graph()
    assert graph.get(key("heartbeat_document")).parent_keys == {key("heartbeat_candidate")}
    assert {tuple(graph.get(key(name)).owners) for name in ALL} == {("team:ops",)}
    operated.attributes["schedule"] = {"enabled": False}
    (off,) = operated.definitions().schedules or ()
    assert isinstance(off, dg.ScheduleDefinition)
    assert off.default_status == dg.DefaultScheduleStatus.STOPPED


def test_a_component_called_as_the_check_of_age_is_refused(operated: Operated) -> None:
    operated.attributes |= {"components": [{"id": "fresh", "name": "Fresh fish"}], "suggestions": []}
    with pytest.raises(SpecProblem, match=r"components\[0\].id: 'fresh' is what the check of age is called"):
        operated.definitions()


def test_the_status_rests_on_the_lanes_that_rules_ask_about(own: OwnProject) -> None:
    own.write_lane("orders")
    rules = [{"lane": "orders", "failed": True, "to": "DOWN"}, {"lane": "gone", "failed": True, "to": "DOWN"}]
    write(own, components=[{"id": "shop", "name": "Shop", "rules": rules}])
    graph = own.definitions().resolve_asset_graph()
    status = dg.AssetKey(["operations", "component_status"])
    assert graph.get(status).parent_keys == {dg.AssetKey(["orders", "heartbeat"])}
    assert {check.name for check in graph.get_check_keys_for_assets({status})} == {"shop", "fresh"}


def test_a_mistake_and_a_second_file_are_sentences(own: OwnProject) -> None:
    write(own, components=[READS], sla=[{"severity": 7}])
    assert "sla[0]" in load_problem(own)
    write(own, components=[READS])
    write(own, folder="more", components=[READS])
    assert "a project has one heartbeat_assets.Operations; take one out" in load_problem(own)


def test_the_components_schema_is_that_of_the_file() -> None:
    assert {"components", "scenarios", "publish"} <= set(Operations.get_model_cls().model_json_schema()["properties"])


def write(own: OwnProject, folder: str = "operations", **attributes: object) -> None:
    text = yaml.safe_dump({"type": "heartbeat_assets.Operations", "attributes": attributes})
    own.write(f"{PACKAGE}/defs/{folder}/defs.yaml", text)


def load_problem(own: OwnProject) -> str:
    """What is wrong with the project, as it is told when Dagster loads it."""
    with pytest.raises(Exception, match="Error while loading component") as caught:
        own.definitions().get_repository_def()
    cause: BaseException | None = caught.value
    while cause is not None and not isinstance(cause, SpecProblem):
        cause = cause.__cause__
    return str(cause)
