"""Loading tripwires the way Dagster does: schedules and assets, mistakes as sentences, and the file that ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

import heartbeat_assets
from heartbeat_assets.components.tripwires import TripwiresAttributes
from heartbeat_assets.governance.schema import SCHEMA_FILE, attributes_schema, schema_text
from heartbeat_assets.governance.tripwires_file import tripwires_in
from heartbeat_assets_tests.components.tripwire_running import Company, key
from heartbeat_assets_tests.copied_project import ROOT
from heartbeat_assets_tests.own_project import OwnProject

SHIPPED = ROOT / "heartbeat_assets" / "defs"
RATE = {"domain": "WHOLESALE", "metric": "contract_rate", "enabled": True}


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path / "project", str(tmp_path / "ledger.sqlite"))


def write(own: OwnProject, attributes: Any, folder: str = "guards") -> Path:
    """Writes a defs.yaml of tripwires; returns it."""
    file = own.defs / folder / "defs.yaml"
    file.parent.mkdir(exist_ok=True)
    document = {"type": "heartbeat_assets.Tripwires", "attributes": attributes}
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return file


# --- Loading ------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")
def test_the_component_loader_builds_an_asset_per_policy_the_switches_and_a_schedule(own: OwnProject) -> None:
    write(own, {"policies": [RATE, {"domain": "sales", "metric": "Offers"}]})
    repository = own.definitions().get_repository_def()
    keys = {one.to_user_string() for one in repository.asset_graph.get_all_asset_keys()}
    assert keys == {"guards/wholesale_contract_rate", "guards/sales_offers", "guards/switches"}
    assert [schedule.name for schedule in repository.schedule_defs] == ["guards_schedule"]


def test_a_file_without_policies_of_its_own_has_the_four_that_ship_and_no_schedule(own: OwnProject) -> None:
    write(own, {})
    repository = own.definitions().get_repository_def()
    keys = {one.path[-1] for one in repository.asset_graph.get_all_asset_keys()}
    assert keys == {
        "wholesale_contract_rate", "wholesale_offer_accept_rate", "buyer_match_match_success", "capital_roi_event",
        "switches",
    }  # fmt: skip
    assert repository.schedule_defs == []


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"policy": []}, "unknown field 'policy'"),
        ({"policies": [{"domain": "A"}]}, "policies[0].metric: is required"),
        (
            {"policies": [RATE | {"action": "stop"}]},
            "policies[0].action: must be 'throttle', 'kill_switch' or 'notify'",
        ),
        ({"policies": [RATE | {"max_drop": 20}]}, "unknown field 'max_drop'"),
        (
            {"policies": [RATE | {"schedule": "0 9 * * 8"}]},
            "policies[0].schedule: '0 9 * * 8': '8' is no day of the week",
        ),
        ({"policies": [RATE | {"min_events": 60}]}, "min_events: 60 can never be reached with recent 50"),
        ({"policies": [RATE, RATE]}, "policies[1]: WHOLESALE.contract_rate has a policy already, policies[0]"),
        ({"policies": RATE}, "policies: must be a list"),
        (
            {"risk_policies": [{"engine": "GLOBAL", "cooldown": "a day"}]},
            "risk_policies[0].cooldown: must be a duration",
        ),
        (
            {"risk_policies": [{"engine": "GLOBAL", "dry_run": "yes"}]},
            "risk_policies[0].dry_run: must be true or false",
        ),
        ({"owners": ["nobody in particular"]}, "owners: 'nobody in particular' is neither an e-mail address nor"),
        (
            {"policies": [{"domain": "A_B", "metric": "c"}, {"domain": "A", "metric": "b_c"}]},
            "policies[1]: A.b_c and A_B.c would both be the asset a_b_c",
        ),
    ],
)
def test_a_mistake_is_a_sentence_that_names_file_and_item(own: OwnProject, attributes: Any, said: str) -> None:
    file = write(own, attributes)
    refused = own.refusal()
    assert f"{file}: " in refused
    assert said in refused


def test_a_setting_given_twice_is_refused(own: OwnProject) -> None:
    file = write(own, {"policies": [RATE]})
    file.write_text(file.read_text(encoding="utf-8") + "  policies: []\n", encoding="utf-8")
    assert "'policies' is given twice" in own.refusal()


def test_two_files_that_watch_one_metric_are_refused(own: OwnProject) -> None:
    write(own, {"policies": [RATE]})
    file = write(own, {"policies": [RATE]}, "more_guards")
    first = own.defs / "guards" / "defs.yaml"
    assert f"{file}: policies[0]: WHOLESALE.contract_rate has a policy already, in {first}" in own.refusal()


def test_a_folder_whose_name_is_no_name_is_refused(own: OwnProject) -> None:
    write(own, {"policies": [RATE]}, "My-Guards")
    assert "the folder's name 'My-Guards' cannot be that of tripwires" in own.refusal()


# --- What is shown before anything ran ----------------------------------------------------------------------


def test_an_asset_says_what_it_watches_whose_it_is_and_where_to_look(company: Company) -> None:
    company.watch("WHOLESALE.contract_rate")
    company.watch("CAPITAL.cost", direction="lower_is_better", action="kill_switch", enabled=False)
    specs = {spec.key: spec for spec in company.definitions().resolve_all_asset_specs()}
    rate, cost = specs[key("wholesale_contract_rate")], specs[key("capital_cost")]
    assert "contract_rate of WHOLESALE drops by 20% or more" in str(rate.description)
    assert str(rate.description).endswith("it throttles WHOLESALE.")
    assert "**It is disabled**" in str(cost.description)
    assert "cost of CAPITAL rises by 20% or more" in str(cost.description)
    assert str(cost.description).endswith("it stops everything.")
    assert (list(rate.owners), rate.group_name, set(rate.kinds)) == (["team:sales"], "guards", {"sqlite"})
    assert (rate.tags["heartbeat/tripwires"], rate.tags["heartbeat/domain"]) == ("guards", "wholesale")
    assert rate.metadata["cockpit"].value == "http://127.0.0.1:8420/governance/tripwires/WHOLESALE.contract_rate"
    assert "| `max_drop_pct` | 20.0 |" in rate.metadata["policy"].value
    assert {dep.asset_key for dep in specs[key("switches")].deps} == {rate.key, cost.key}


def test_the_check_blocks_nothing_as_the_switches_must_run_just_when_it_fails(company: Company) -> None:
    company.watch("WHOLESALE.contract_rate")
    graph = company.definitions().resolve_asset_graph()
    (check,) = graph.get_check_keys_for_assets({key("wholesale_contract_rate")})
    assert check.name == "no_regression"
    assert graph.get(check).blocking is False


def test_there_is_a_schedule_for_every_time_an_enabled_policy_names(company: Company) -> None:
    company.watch("A.friday")
    company.watch("A.daily", schedule="0 6 * * *")
    company.watch("B.friday")
    company.watch("B.off", enabled=False)
    company.watch("C.never", schedule="0 5 * * *", enabled=False)
    repository = company.definitions().get_repository_def()
    schedules = {schedule.name: schedule for schedule in repository.schedule_defs}
    assert {name: one.cron_schedule for name, one in schedules.items()} == {
        "guards_schedule": "0 9 * * 5", "guards_2_schedule": "0 6 * * *"
    }  # fmt: skip
    assert {one.default_status for one in schedules.values()} == {dg.DefaultScheduleStatus.RUNNING}
    assert {one.execution_timezone for one in schedules.values()} == {"UTC"}
    selected = {
        name: {one.path[-1] for one in repository.get_job(name).asset_layer.selected_asset_keys}
        for name in ("guards_job", "guards_2_job")
    }
    assert selected == {
        "guards_job": {"a_friday", "b_friday", "b_off", "switches"}, "guards_2_job": {"a_daily", "switches"}
    }  # fmt: skip


# --- What ships -------------------------------------------------------------------------------------------------------


def test_the_shipped_tripwires_are_those_of_the_source_with_the_first_enabled() -> None:
    found = tripwires_in(SHIPPED)
    assert found.problems == []
    spec = found.specs["tripwires"]
    assert [(one.name, one.max_drop_pct, one.action, one.enabled) for one in spec.policies] == [
        ("WHOLESALE.contract_rate", 20, "throttle", True),
        ("WHOLESALE.offer_accept_rate", 15, "throttle", False),
        ("BUYER_MATCH.match_success", 25, "throttle", False),
        ("CAPITAL.roi_event", 30, "kill_switch", False),
    ]
    assert [one.engine for one in spec.risk_policies] == ["GLOBAL", "WHOLESALE", "BUYER_MATCH", "CAPITAL"]
    assert all(one.owner and not one.dry_run for one in spec.risk_policies)


def test_the_schema_in_the_defs_folder_is_the_generated_one_and_the_file_points_to_it() -> None:
    shipped = (SHIPPED / SCHEMA_FILE).read_text(encoding="utf-8")
    assert shipped == schema_text(), f"run: heartbeat tripwires schema > heartbeat_assets/defs/{SCHEMA_FILE}"
    first_line = (SHIPPED / "tripwires" / "defs.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first_line == f"# yaml-language-server: $schema=../{SCHEMA_FILE}"
    assert TripwiresAttributes.model_json_schema() == attributes_schema()


def test_the_package_offers_the_component_by_name() -> None:
    assert "Tripwires" in dir(heartbeat_assets)
    assert issubclass(heartbeat_assets.Tripwires, dg.Component)
