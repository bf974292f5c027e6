"""Loading lanes the way Dagster does: a mistake is our sentence, a subclass is a component like any other."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import dagster as dg
import pytest

from heartbeat_assets.components import HeartbeatLane
from heartbeat_assets_tests.copied_project import CopiedProject
from heartbeat_assets_tests.own_project import sentences_of

# Dagster warns of a beta parameter that it passes to itself when it rebuilds the checks of a component.
pytestmark = pytest.mark.filterwarnings("ignore:Parameter `execution_type` of function")


@pytest.fixture
def loaded(project: CopiedProject, monkeypatch: pytest.MonkeyPatch) -> Iterator[CopiedProject]:
    """The copy as a Dagster project of its own, whose package is called `copied_lanes`."""
    (project.folder / "heartbeat_assets").rename(project.folder / "copied_lanes")
    project.defs = project.folder / "copied_lanes" / "defs"
    project.lane_folder = project.defs / "citizen_product"
    file = project.folder / "pyproject.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("heartbeat_assets", "copied_lanes"), encoding="utf-8")
    monkeypatch.syspath_prepend(str(project.folder))
    yield project
    for name in [name for name in sys.modules if name.partition(".")[0] == "copied_lanes"]:
        del sys.modules[name]


def load(project: CopiedProject) -> dg.Definitions:
    return dg.load_from_defs_folder(path_within_project=project.defs)


def refusal(project: CopiedProject) -> str:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        load(project)
    return sentences_of(caught.value)


def test_the_component_loader_builds_the_lane_and_the_prune_job(loaded: CopiedProject) -> None:
    repository = load(loaded).get_repository_def()
    assert {job.name for job in repository.get_all_jobs()} >= {"citizen_product_job", "prune_runs"}


def test_a_threshold_given_twice_is_a_sentence_with_file_item_and_field(loaded: CopiedProject) -> None:
    with loaded.changed_attributes() as attributes:
        attributes["kpis"][2]["max"] = 0.9
    said = refusal(loaded)
    assert f"{loaded.lane_folder / 'defs.yaml'}: kpis[2] drilldown_click_rate: give min or max, not both" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lane: lane.update(kpi=[]), "unknown field 'kpi'"),
        (lambda lane: lane.pop("sources"), "sources: is required"),
        (lambda lane: lane["window"].update(last="many"), "window.last: must be a whole number"),
        (lambda lane: lane["window"]["limits"].update(max_fialed=0), "did you mean 'max_failed'?"),
        (lambda lane: lane["window"].update(severity={"max_failed": "warn"}), "window.severity.max_failed"),
        (lambda lane: lane["sources"]["snapshot"].update(kind="xml"), "sources.snapshot.kind: must be"),
        (lambda lane: lane["schedule"].update(cron="61 * * * *"), "schedule.cron: '61 * * * *'"),
    ],
)
def test_every_other_mistake_names_its_field_too(loaded: CopiedProject, change: Any, said: str) -> None:
    with loaded.changed_attributes() as attributes:
        change(attributes)
    refused = refusal(loaded)
    assert str(loaded.lane_folder / "defs.yaml") in refused
    assert said in refused


def test_a_folder_whose_name_dagster_cannot_take_asks_for_a_name(loaded: CopiedProject) -> None:
    loaded.lane_folder = loaded.lane_folder.rename(loaded.defs / "My-Lane")
    assert f"{loaded.lane_folder / 'defs.yaml'}: name: the folder's name 'My-Lane' cannot be a lane's" in refusal(
        loaded
    )
    with loaded.changed_attributes() as attributes:
        attributes["name"] = "my_lane"
    assert "my_lane_job" in {job.name for job in load(loaded).get_repository_def().get_all_jobs()}


def test_a_query_that_is_not_there_is_named(loaded: CopiedProject) -> None:
    (loaded.lane_folder / "digest.sql").unlink()
    said = refusal(loaded)
    assert f"digest_sql: {loaded.lane_folder / 'digest.sql'}: No such file or directory" in said


@pytest.mark.parametrize("attributes", ["", "attributes:\n", "attributes: {}\n"])
def test_a_file_without_settings_says_what_a_lane_needs(loaded: CopiedProject, attributes: str) -> None:
    (loaded.lane_folder / "defs.yaml").write_text(
        f"type: heartbeat_assets.HeartbeatLane\n{attributes}", encoding="utf-8"
    )
    said = refusal(loaded)
    assert "sources: is required" in said


class LaneWithoutReport(HeartbeatLane):
    """A lane of somebody who publishes in another way."""

    def build_assets(self) -> list[dg.AssetsDefinition]:
        kept = [asset for asset in super().build_assets() if asset.key.path[-1] != "published"]

        @dg.asset(key=[self.lane.name, "posted"], group_name=self.lane.name, deps=[[self.lane.name, "heartbeat"]])
        def posted() -> None: ...

        return [*kept, posted]


def test_a_subclass_that_builds_other_assets_is_a_component_like_any_other(
    loaded: CopiedProject, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = ModuleType("lane_library")
    library.LaneWithoutReport = LaneWithoutReport  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "lane_library", library)
    file = loaded.lane_folder / "defs.yaml"
    text = file.read_text(encoding="utf-8").replace("heartbeat_assets.HeartbeatLane", "lane_library.LaneWithoutReport")
    file.write_text(text, encoding="utf-8")
    definitions = load(loaded)
    names = {key.path[-1] for key in definitions.resolve_asset_graph().get_all_asset_keys()}
    assert "posted" in names
    assert "published" not in names
    result = definitions.resolve_job_def("citizen_product_job").execute_in_process(instance=instance)
    assert result.success
    assert {event.asset_key.path[-1] for event in result.get_asset_materialization_events() if event.asset_key} >= {
        "heartbeat",
        "posted",
    }
