"""SLOs measured in Dagster: figures and checks by what is recorded, and what fails for whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from heartbeat_assets_tests.components.objective_running import (
    Api,
    checks_of,
    key,
    run,
    weekly,
)
from heartbeat_assets_tests.components.run_results import QUIET, metadata_of

# Dagster warns of a beta parameter that it passes to itself when it rebuilds the checks of a component.
pytestmark = pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")
ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN


def spec_of(definitions: dg.Definitions, asset: str) -> dg.AssetSpec:
    (found,) = [spec for spec in definitions.resolve_all_asset_specs() if spec.key == key(asset)]
    return found


@pytest.fixture
def api(tmp_path: Path) -> Api:
    return Api(tmp_path / "project")


def test_a_run_measures_records_shows_figures_and_checks(api: Api, instance: dg.DagsterInstance) -> None:
    api.ask(96, 4)
    api.promise(weekly())
    result = run(api.definitions(), instance)
    assert result.success
    shown = metadata_of(result, "reads")
    # 4 of 100 are bad, 10 may be.
    assert (shown["state"], shown["sli"], shown["budget_left"], shown["bad"]) == ("GREEN", 0.96, 0.6, 4)
    assert 0 < shown["coverage"] < 0.01
    assert "| budget left | 60% | 60% |" in shown["budget"]
    (event,) = api.records()
    assert (event.kind, event.actor, event.actor_kind, event.body["folder"]) == (
        "green", "dagster", "program", "promises",
    )  # fmt: skip
    assert shown["event"] == event.seq
    checks = checks_of(result, "reads")
    assert {name: one.passed for name, one in checks.items()} == {"error_budget": True, "burn_rate": True}
    assert "96% of 100 events were good" in (checks["error_budget"].description or "")


@pytest.mark.parametrize(
    ("good", "bad", "state", "passed", "severity"),
    [
        (94, 6, "YELLOW", True, WARN),
        (92, 8, "RED", False, WARN),
        (90, 10, "EXHAUSTED", False, ERROR),
        (0, 0, "NO_DATA", False, WARN),
    ],
)
def test_the_budget_check_is_as_severe_as_the_state(
    api: Api,
    instance: dg.DagsterInstance,
    good: int,
    bad: int,
    state: str,
    passed: bool,
    severity: dg.AssetCheckSeverity,
) -> None:
    api.ask(good, bad)
    api.promise(weekly(annotations={"heartbeat/burnRules": "none"}))
    found = checks_of(run(api.definitions(), instance), "reads")
    budget = found["error_budget"]
    assert (budget.metadata["state"].value, budget.passed, budget.severity) == (state, passed, severity)
    assert (found["burn_rate"].passed, found["burn_rate"].description) == (True, "It has no burn rule.")


def test_severities_are_the_files_to_say(api: Api, instance: dg.DagsterInstance) -> None:
    api.ask(0, 5)
    api.promise(weekly(annotations={"heartbeat/burnRules": "none"}), checks={"exhausted": "warn"})
    budget = checks_of(run(api.definitions(), instance), "reads")["error_budget"]
    assert (budget.passed, budget.severity) == (False, WARN)


@pytest.mark.parametrize(("rule", "severity"), [("page", ERROR), ("ticket", WARN)])
def test_a_burn_rule_is_an_error_where_it_pages_and_a_warning_where_it_makes_a_ticket(
    api: Api, instance: dg.DagsterInstance, rule: str, severity: dg.AssetCheckSeverity
) -> None:
    api.ask(1000)
    api.ask(20, 20, ago=timedelta(minutes=1))
    api.promise(weekly(annotations={"heartbeat/burnRules": f"3x 1h 15m {rule}", "heartbeat/minEvents": "10"}))
    found = checks_of(run(api.definitions(), instance), "reads")
    burn = found["burn_rate"]
    assert (burn.passed, burn.severity, burn.metadata["fires"].value) == (False, severity, 1)
    assert "burn rate 5 over 1 hour and 5 over 15 minutes, limit 3; burning too fast." in (burn.description or "")
    assert found["error_budget"].passed, "19 of 104 that may be bad are"


def test_one_that_cannot_be_measured_fails_its_own_checks_and_stops_no_other(
    api: Api, instance: dg.DagsterInstance
) -> None:
    api.ask(5)
    api.promise(weekly("broken", query="SELECT nothing FROM requests WHERE $start_us < $end_us"), weekly())
    result = run(api.definitions(), instance)
    assert result.success
    found = checks_of(result, "broken")
    assert {one.severity for one in found.values()} == {ERROR}
    assert not any(one.passed for one in found.values())
    assert "could not be measured" in metadata_of(result, "broken")["sentence"]
    assert [event.kind for event in api.records("broken")] == ["problem"]
    assert [event.kind for event in api.records()] == ["green"]


def test_any_part_may_run_and_checks_alone_look_at_what_is_recorded(api: Api, instance: dg.DagsterInstance) -> None:
    api.ask(5)
    api.promise(weekly(), weekly("writes"))
    definitions = api.definitions()
    assert run(definitions, instance, ["reads"]).success
    assert (len(api.records()), len(api.records("writes"))) == (1, 0)
    checks = dg.AssetSelection.checks_for_assets(key("reads"), key("writes"))
    job = dg.Definitions(
        assets=list(definitions.assets or []), jobs=[dg.define_asset_job("only_checks", selection=checks)]
    ).resolve_job_def("only_checks")
    looked = job.execute_in_process(instance=instance, run_config=QUIET)
    assert (len(api.records()), len(api.records("writes"))) == (1, 0)
    assert checks_of(looked, "reads")["error_budget"].passed
    never = checks_of(looked, "writes")["error_budget"]
    assert (never.passed, never.severity, never.description) == (False, WARN, "It has not been measured yet.")


def test_maintenance_of_the_file_does_not_count_and_the_raw_figure_stays(
    api: Api, instance: dg.DagsterInstance
) -> None:
    api.ask(20)
    api.ask(0, 20, ago=timedelta(hours=2))
    now = datetime.now(UTC)
    window = {
        "start": (now - timedelta(hours=3)).isoformat(),
        "end": (now - timedelta(hours=1)).isoformat(),
        "reason": "moved the database",
    }
    api.promise(weekly(), maintenance=[window])
    shown = metadata_of(run(api.definitions(), instance), "reads")
    assert (shown["state"], shown["budget_left"], shown["budget_left_raw"]) == ("GREEN", 1.0, -4.0)


def test_blocking_checks_keep_what_lies_downstream_from_running(api: Api, instance: dg.DagsterInstance) -> None:
    api.ask(0, 5)
    api.promise(weekly(), checks={"blocking": True})

    @dg.asset(key=["shop", "release"], deps=[key("reads")])
    def release() -> None:
        """Must not run."""

    definitions = dg.Definitions.merge(api.definitions(), dg.Definitions(assets=[release]))
    result = run(definitions, instance)
    assert not result.success
    assert [one.asset_key for one in result.get_asset_materialization_events()] == [key("reads")]


def test_an_slo_lies_downstream_of_the_sources_that_its_query_reads(api: Api) -> None:
    api.promise(weekly("api-reads", annotations={"heartbeat/owner": "team:api"}), owners=["team:platform"])
    definitions = api.definitions()
    spec = spec_of(definitions, "api_reads")
    assert [dep.asset_key for dep in spec.deps] == [dg.AssetKey(["api", "requests"])]
    assert (spec.owners, spec.tags["heartbeat/objectives"]) == (["team:platform"], "promises")
    assert spec.metadata["target"] == 0.9
    (schedule,) = definitions.schedules or []
    assert isinstance(schedule, dg.ScheduleDefinition)
    assert (schedule.name, schedule.cron_schedule) == ("promises_schedule", "27 * * * *")


def test_the_link_leads_to_the_page_of_the_slo(api: Api) -> None:
    api.promise(weekly("api-reads"))
    spec = spec_of(api.definitions(), "api_reads")
    assert spec.metadata["cockpit"].value == "http://127.0.0.1:8420/slos/api-reads"
