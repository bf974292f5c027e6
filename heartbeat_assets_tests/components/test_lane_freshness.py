"""Freshness policies: what Dagster expects of a digest and a heartbeat, from the lane's cron."""

from datetime import timedelta

import pytest

from heartbeat_assets.components.lane_freshness import freshness_policy, longest_gap
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.spec import Schedule
from heartbeat_assets_tests.components.running import definitions_of, key
from heartbeat_assets_tests.copied_project import ROOT, CopiedProject


@pytest.mark.parametrize(
    ("cron", "gap"),
    [
        ("17 * * * *", timedelta(hours=1)),
        ("*/10 * * * *", timedelta(minutes=10)),
        ("0 9 * * 1-5", timedelta(days=3)),
        ("0 8,20 * * *", timedelta(hours=12)),
        ("0 0 1 * *", timedelta(days=31)),
        ("@daily", timedelta(days=1)),
        ("0 0 29 2 *", timedelta(days=1461)),
    ],
)
def test_the_longest_gap_between_two_ticks_is_found(cron: str, gap: timedelta) -> None:
    assert longest_gap(Schedule(cron=cron)) == gap


def test_a_clock_that_is_set_back_makes_a_day_an_hour_longer() -> None:
    assert longest_gap(Schedule(cron="0 5 * * *", timezone="Europe/Madrid")) == timedelta(days=1)
    assert longest_gap(Schedule(cron="0 5 1 * *", timezone="Europe/Madrid")) == timedelta(days=31, hours=1)


def test_the_digest_and_the_heartbeat_must_be_as_fresh_as_the_cron_says(lane: Lane) -> None:
    graph = definitions_of(lane).get_repository_def().asset_graph
    policy = freshness_policy(lane)
    assert policy is not None
    found = {name: graph.get(key(name)).freshness_policy for name in ("digest", "heartbeat", "snapshot")}
    assert found == {"digest": policy, "heartbeat": policy, "snapshot": None}


def test_a_lane_without_a_schedule_has_no_freshness_policy(project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        del attributes["schedule"]
    assert freshness_policy(project.lane) is None


def test_the_shipped_instance_evaluates_freshness() -> None:
    assert "freshness:\n  enabled: true\n" in (ROOT / "dagster_home" / "dagster.yaml").read_text(encoding="utf-8")
