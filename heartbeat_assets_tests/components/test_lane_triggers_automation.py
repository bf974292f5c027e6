"""What the automation sensor asks for: the report and the compacted history, once their checks turn good."""

from __future__ import annotations

import dagster as dg
import pytest

from heartbeat_assets.components import HeartbeatLane
from heartbeat_assets_tests.components.running import WINDOW_RULES, check_results, definitions_of, failures, run
from heartbeat_assets_tests.copied_project import CopiedProject

WAITING = {"heartbeat_compacted", "published"}


class Automation:
    """The automation sensor's evaluations one after the other, each going on where the one before ended."""

    def __init__(self, project: CopiedProject, instance: dg.DagsterInstance) -> None:
        self._project = project
        self._instance = instance
        self._cursor: object = None

    def requested(self) -> set[str]:
        """The names of the assets that are asked for now."""
        lane = self._project.lane
        # Only the assets and checks: the sensors and the schedule play no part here.
        built = HeartbeatLane(lane)
        definitions = dg.Definitions(assets=built.build_assets(), asset_checks=built.build_checks())
        result = dg.evaluate_automation_conditions(
            definitions,
            self._instance,
            cursor=self._cursor,  # type: ignore[arg-type]
        )
        self._cursor = result.cursor
        keys = [spec.key for spec in definitions.resolve_all_asset_specs()]
        return {key.path[-1] for key in keys if result.get_num_requested(key)}


@pytest.fixture
def automation(project: CopiedProject, instance: dg.DagsterInstance) -> Automation:
    return Automation(project, instance)


def test_a_run_of_the_whole_lane_leaves_nothing_to_ask_for(
    project: CopiedProject, instance: dg.DagsterInstance, automation: Automation
) -> None:
    assert automation.requested() == set()
    assert failures(run(project.lane, instance)) == []
    assert automation.requested() == set()
    project.add_day("2026-02-10")
    assert failures(run(project.lane, instance)) == []
    assert automation.requested() == set()
    assert automation.requested() == set()


def test_nothing_is_asked_for_while_the_checks_fail_and_once_when_they_turn_good(
    project: CopiedProject, instance: dg.DagsterInstance, automation: Automation
) -> None:
    assert failures(run(project.lane, instance)) == []
    assert automation.requested() == set()
    project.break_kpis()
    run(project.lane, instance)
    assert automation.requested() == set()
    assert automation.requested() == set()
    # Somebody decides that one bad run in the window is fine, and has the checks judged again.
    with project.changed_attributes() as attributes:
        attributes["window"]["limits"] = {"max_failed": 1}
        attributes["window"]["severity"] = {name: "warn" for name in WINDOW_RULES if name.startswith("latest_")}
    again = run(project.lane, instance, checks=[*definitions_checks(project), "not_degraded"])
    assert check_results(again)["max_failed_ok"].passed
    assert automation.requested() == WAITING
    published = run(project.lane, instance, ["published", "heartbeat_compacted"])
    assert failures(published) == []
    assert automation.requested() == set()


def test_a_heartbeat_recorded_in_a_run_of_its_own_is_published_by_the_sensor(
    project: CopiedProject, instance: dg.DagsterInstance, automation: Automation
) -> None:
    assert automation.requested() == set()
    assert failures(run(project.lane, instance, ["telemetry", "snapshot", "summary", "digest", "heartbeat"])) == []
    assert automation.requested() == WAITING
    # The request is out: the same heartbeat is not asked for again.
    assert automation.requested() == set()


def test_a_warning_does_not_hold_the_sensor_back(
    project: CopiedProject, instance: dg.DagsterInstance, automation: Automation
) -> None:
    with project.changed_attributes() as attributes:
        attributes["window"]["severity"] = {
            name: "warn" for name in WINDOW_RULES if name.startswith(("max_", "latest_"))
        }
    project.break_kpis()
    assert automation.requested() == set()
    result = run(project.lane, instance, ["telemetry", "snapshot", "summary", "digest", "heartbeat"])
    assert not check_results(result)["max_failed_ok"].passed
    assert automation.requested() == WAITING


def definitions_checks(project: CopiedProject) -> list[str]:
    """The names of the window rules that the lane now has."""
    graph = definitions_of(project.lane).resolve_asset_graph()
    return [check.name for check in graph.asset_check_keys if check.name in WINDOW_RULES]
