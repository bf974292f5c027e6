"""Loading SLOs the way Dagster does: mistakes as sentences, the schema, and the files that ship."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

import heartbeat_assets
from heartbeat_assets.components.service_objectives import ServiceObjectivesAttributes
from heartbeat_assets.objectives.objectives_schema import SCHEMA_FILE, attributes_schema, schema_text
from heartbeat_assets_tests.components.objective_running import weekly
from heartbeat_assets_tests.copied_project import ROOT
from heartbeat_assets_tests.objectives.promised import SERVICE
from heartbeat_assets_tests.own_project import PACKAGE, OwnProject

SHIPPED = ROOT / "heartbeat_assets" / "defs"
pytestmark = pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")


def write(own: OwnProject, *documents: Any, folder: str = "promises", **attributes: Any) -> Path:
    """Writes SLOs and their defs.yaml; returns that."""
    file = own.defs / folder / "defs.yaml"
    file.parent.mkdir(exist_ok=True)
    given = {"type": "heartbeat_assets.ServiceObjectives", "attributes": attributes}
    file.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
    if documents:
        (file.parent / "all.openslo.yaml").write_text(yaml.safe_dump_all(documents), encoding="utf-8")
    return file


def test_the_component_loader_builds_an_asset_an_slo_and_a_schedule(own: OwnProject) -> None:
    write(own, weekly("api-reads"), weekly("api-writes"), schedule={"cron": "5 * * * *", "enabled": False})
    repository = own.definitions().get_repository_def()
    keys = {one.to_user_string() for one in repository.asset_graph.materializable_asset_keys}
    assert keys == {"promises/api_reads", "promises/api_writes"}
    (schedule,) = repository.schedule_defs
    assert (schedule.name, schedule.cron_schedule) == ("promises_schedule", "5 * * * *")
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    checks = {(one.asset_key.path[-1], one.name) for one in repository.asset_graph.asset_check_keys}
    assert checks == {
        (asset, check) for asset in ("api_reads", "api_writes") for check in ("error_budget", "burn_rate")
    }


def test_it_lies_downstream_of_the_sources_of_a_service_beside_it(own: OwnProject) -> None:
    write(own, weekly())
    own.write(f"{PACKAGE}/defs/api/defs.yaml", SERVICE)
    graph = own.definitions().resolve_asset_graph()
    assert graph.get(dg.AssetKey(["promises", "reads"])).parent_keys == {dg.AssetKey(["api", "requests"])}


def test_a_service_beside_it_with_a_mistake_is_not_the_objectives_to_tell(own: OwnProject) -> None:
    write(own, weekly())
    file = own.write(f"{PACKAGE}/defs/z_api/defs.yaml", SERVICE.replace("sources", "source"))
    refused = own.refusal()
    assert f"{file}: " in refused
    assert "Error while loading component z_api" in refused


@pytest.mark.parametrize(
    ("documents", "attributes", "said"),
    [
        ([weekly()], {"chedule": {}}, "did you mean 'schedule'?"),
        ([weekly(), weekly()], {}, "has that name already"),
        ([weekly("a.b"), weekly("a-b")], {}, "would both be the asset a_b; rename one of the SLOs"),
        ([], {}, "has no OpenSLO document beside it"),
        ([{**weekly(), "kind": "SLOO"}], {}, "did you mean 'SLO'?"),
    ],
)
def test_a_mistake_is_a_sentence_with_the_file(
    own: OwnProject, documents: list[Any], attributes: dict[str, Any], said: str
) -> None:
    write(own, *documents, **attributes)
    refused = own.refusal()
    assert said in refused
    assert str(own.defs / "promises") in refused


def test_a_name_of_another_folder_is_refused(own: OwnProject) -> None:
    write(own, weekly(), folder="a")
    write(own, weekly(), folder="b")
    assert "SLO reads" in own.refusal()


def test_the_schema_that_ships_is_that_of_the_models_and_every_field_says_what_it_is() -> None:
    assert (SHIPPED / SCHEMA_FILE).read_text("utf-8") == schema_text()
    assert ServiceObjectivesAttributes.model_json_schema() == attributes_schema()
    described = json.loads(schema_text())
    for part in (described["properties"]["attributes"], *described["definitions"].values()):
        assert all(field.get("description") for field in part["properties"].values())


def test_the_package_offers_it() -> None:
    assert issubclass(heartbeat_assets.ServiceObjectives, dg.Component)
