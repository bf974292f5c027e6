"""The shape of what a lane's two files become in Dagster."""

from typing import Any

import dagster as dg
import pytest

from heartbeat_assets_tests.components.running import WINDOW_RULES, definitions_of, key
from heartbeat_assets_tests.copied_project import CopiedProject

ASSETS = {"telemetry", "snapshot", "summary", "digest", "heartbeat", "heartbeat_compacted", "published"}


@pytest.fixture
def definitions(project: CopiedProject) -> dg.Definitions:
    return definitions_of(project.lane)


def specs_of(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.path[-1]: spec for spec in definitions.resolve_all_asset_specs()}


def checks_of(definitions: dg.Definitions, asset: str) -> dict[str, Any]:
    graph = definitions.resolve_asset_graph()
    return {check.name: graph.get(check) for check in graph.get_check_keys_for_assets({key(asset)})}


def test_a_lane_becomes_its_assets_in_one_group_with_an_owner_and_a_description_each(
    definitions: dg.Definitions,
) -> None:
    specs = specs_of(definitions)
    assert set(specs) == ASSETS
    for name, spec in specs.items():
        assert spec.key == key(name)
        assert spec.group_name == "citizen_product"
        assert list(spec.owners) == ["team:citizen-product"]
        assert spec.kinds, name
        assert spec.description, name
        assert spec.tags["heartbeat/lane"] == "citizen_product"
    assert specs["digest"].kinds == {"duckdb", "sql"}
    assert specs["heartbeat"].kinds == {"sqlite"}


def test_the_assets_hang_together_from_the_sources_to_the_report(definitions: dg.Definitions) -> None:
    depends = {name: {dep.asset_key.path[-1] for dep in spec.deps} for name, spec in specs_of(definitions).items()}
    assert depends == {
        "telemetry": set(),
        "snapshot": set(),
        "summary": set(),
        "digest": {"telemetry", "snapshot", "summary"},
        "heartbeat": {"digest"},
        "heartbeat_compacted": {"heartbeat"},
        "published": {"heartbeat"},
    }


def test_each_window_rule_is_a_blocking_check_on_the_heartbeat_named_as_in_the_contract(
    definitions: dg.Definitions,
) -> None:
    checks = checks_of(definitions, "heartbeat")
    assert set(checks) == {*WINDOW_RULES, "not_degraded"}
    assert {name for name, spec in checks.items() if spec.blocking} == set(WINDOW_RULES)
    for name, spec in checks.items():
        assert spec.description, name
        assert spec.description.endswith("."), name


def test_a_rule_turned_into_a_warning_is_not_blocking(project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["window"]["severity"] = {"max_degraded_ok": "warn"}
    checks = checks_of(definitions_of(project.lane), "heartbeat")
    assert {name for name, spec in checks.items() if not spec.blocking} == {"max_degraded_ok", "not_degraded"}


def test_the_checks_of_the_digest_and_of_the_compacted_history_do_not_block(definitions: dg.Definitions) -> None:
    digest, compacted = checks_of(definitions, "digest"), checks_of(definitions, "heartbeat_compacted")
    assert set(digest) == {
        "unknown_rate_within_threshold",
        "time_to_first_answer_within_threshold",
        "drilldown_click_rate_within_threshold",
        "telemetry_available",
        "contract_complete",
    }
    assert set(compacted) == {"compaction", "parity"}
    for name, spec in {**digest, **compacted}.items():
        assert not spec.blocking, name
        assert spec.description, name


def test_a_limit_that_is_not_set_makes_no_check_and_one_that_is_makes_one(project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["window"]["limits"] = {"max_failed": 1, "max_age": "36h"}
    checks = checks_of(definitions_of(project.lane), "heartbeat")
    assert set(checks) == {
        "window_nonempty_ok",
        "malformed_entries_ok",
        "max_failed_ok",
        "latest_not_failed_ok",
        "latest_contract_complete_ok",
        "latest_thresholds_ok",
        "latest_fresh_ok",
        "not_degraded",
    }


def test_the_job_takes_the_whole_lane_in_one_process_and_is_tagged_with_its_lane(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("citizen_product_job")
    assert job.tags["heartbeat/lane"] == "citizen_product"
    assert job.executor_def is dg.in_process_executor
    assert {asset.path[-1] for asset in job.asset_layer.selected_asset_keys} == ASSETS
    names = {check.name for check in job.asset_layer.asset_graph.asset_check_keys}
    assert names > {*WINDOW_RULES, "not_degraded", "contract_complete", "compaction", "parity"}
    assert job.description


def test_the_schedule_has_the_lanes_cron_and_runs_by_default(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("citizen_product_schedule")
    assert schedule.cron_schedule == "17 * * * *"
    assert schedule.execution_timezone == "UTC"
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "citizen_product_job"


def test_the_sensors_run_by_default(definitions: dg.Definitions) -> None:
    files = definitions.resolve_sensor_def("citizen_product_telemetry_files")
    assert files.default_status == dg.DefaultSensorStatus.RUNNING
    assert files.minimum_interval_seconds == 30
    assert files.job_name == "citizen_product_job"
    automation = definitions.resolve_sensor_def("citizen_product_automation")
    assert isinstance(automation, dg.AutomationConditionSensorDefinition)
    assert automation.default_status == dg.DefaultSensorStatus.RUNNING
    assert automation.run_tags["heartbeat/lane"] == "citizen_product"


def test_a_schedule_and_a_sensor_can_be_off_or_absent(project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["schedule"]["enabled"] = False
        attributes["schedule"]["timezone"] = "Europe/Madrid"
        attributes["sensor"]["enabled"] = False
    definitions = definitions_of(project.lane)
    schedule = definitions.resolve_schedule_def("citizen_product_schedule")
    assert (schedule.default_status, schedule.execution_timezone) == (
        dg.DefaultScheduleStatus.STOPPED,
        "Europe/Madrid",
    )
    files = definitions.resolve_sensor_def("citizen_product_telemetry_files")
    assert files.default_status == dg.DefaultSensorStatus.STOPPED
    with project.changed_attributes() as attributes:
        del attributes["schedule"], attributes["sensor"]
    repository = definitions_of(project.lane).get_repository_def()
    assert repository.schedule_defs == []
    assert [sensor.name for sensor in repository.sensor_defs] == ["citizen_product_automation"]


def test_only_what_waits_for_good_checks_has_an_automation_condition(definitions: dg.Definitions) -> None:
    with_condition = {name for name, spec in specs_of(definitions).items() if spec.automation_condition}
    assert with_condition == {"heartbeat_compacted", "published"}


def test_the_kind_of_the_heartbeat_tells_where_the_ledger_is(
    project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", "postgresql://somebody@localhost/heartbeat")
    assert specs_of(definitions_of(project.lane))["heartbeat"].kinds == {"postgres"}
