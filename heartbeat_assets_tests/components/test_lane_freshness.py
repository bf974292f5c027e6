"""Freshness policies: what Dagster expects of a digest and a heartbeat, from the lane's cron."""

from datetime import timedelta

import dagster as dg
import pytest

from heartbeat_assets.components.lane_freshness import freshness_policy, longest_gap
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets_tests.components.running import definitions_of, key
from heartbeat_assets_tests.copied_project import ROOT, CopiedProject

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CRONS = [
    ("17 * * * *", HOUR),
    ("*/10 * * * *", timedelta(minutes=10)),
    ("*/7 * * * *", timedelta(minutes=7)),
    ("0 8,20 * * *", 12 * HOUR),
    ("0 8,18 * * *", 14 * HOUR),
    ("0 9-17 * * *", 16 * HOUR),
    ("0 9 * * 1-5", 3 * DAY),
    ("0 0 * * 0", 7 * DAY),
    ("@daily", DAY),
    ("@weekly", 7 * DAY),
    ("0 0 1 * *", 32 * DAY),
    ("0 * 1 * *", 32 * DAY),
    ("@monthly", 32 * DAY),
    ("0 6 * 1,6 *", 186 * DAY),
    ("@yearly", 367 * DAY),
    ("0 0 29 2 *", 1462 * DAY),
]


@pytest.mark.parametrize(("cron", "gap"), CRONS)
def test_the_longest_gap_between_two_ticks_is_found(cron: str, gap: timedelta) -> None:
    assert longest_gap(cron) == gap


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Madrid"])
@pytest.mark.parametrize("cron", [cron for cron, _ in CRONS])
def test_every_cron_makes_definitions_with_a_policy(project: CopiedProject, cron: str, timezone: str) -> None:
    with project.changed_attributes() as attributes:
        attributes["schedule"] = {"cron": cron, "timezone": timezone}
    graph = definitions_of(project.lane).get_repository_def().asset_graph
    policy = dg.FreshnessPolicy.time_window(fail_window=longest_gap(cron) + HOUR)
    found = {name: graph.get(key(name)).freshness_policy for name in ("digest", "heartbeat", "snapshot")}
    assert found == {"digest": policy, "heartbeat": policy, "snapshot": None}


def test_a_lane_that_no_schedule_runs_has_no_freshness_policy(project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["schedule"]["enabled"] = False
    assert freshness_policy(project.lane) is None
    with project.changed_attributes() as attributes:
        del attributes["schedule"]
    assert freshness_policy(project.lane) is None


def test_the_shipped_instance_evaluates_freshness(lane: Lane) -> None:
    assert freshness_policy(lane) is not None
    assert "freshness:\n  enabled: true\n" in (ROOT / "dagster_home" / "dagster.yaml").read_text(encoding="utf-8")
