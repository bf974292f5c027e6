"""`heartbeat lanes`: which lanes there are and how each stands."""

import shutil

from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

LANE = "citizen_product"


def test_a_lane_that_never_ran_is_listed_with_what_it_is_for(heartbeat: Heartbeat, project: CopiedProject) -> None:
    (lane,) = heartbeat("lanes").document
    assert set(lane) == {
        "lane",
        "description",
        "owners",
        "status",
        "entries_total",
        "latest_run_at",
        "blocked",
        "blocked_since",
        "strict_fail_reasons",
        "published_run_at",
        "folder",
    }
    assert (lane["lane"], lane["owners"], lane["entries_total"]) == (LANE, ["team:citizen-product"], 0)
    assert (lane["latest_run_at"], lane["published_run_at"], lane["blocked_since"]) == ("", "", "")
    assert lane["folder"] == str(project.lane_folder)


def test_a_blocked_lane_says_since_when_and_why(heartbeat: Heartbeat, project: CopiedProject) -> None:
    lines = histories.history(project.lane, "oofo")
    heartbeat("import", LANE, histories.write_history(project.folder / "h.jsonl", lines))
    (lane,) = heartbeat("lanes").document
    assert (lane["status"], lane["blocked"], lane["entries_total"]) == ("failed", True, 4)
    assert lane["blocked_since"] == "2026-01-03T06:00:00+00:00"
    assert lane["latest_run_at"] == "2026-01-04T06:00:00+00:00"
    assert lane["strict_fail_reasons"][0] == "max_failed_exceeded"
    row = heartbeat("lanes", "--table").stdout.splitlines()[2]
    assert row.split()[:3] == [LANE, "◆", "failed"]
    assert "2026-01-04 06:00" in row
    assert "blocked" in row


def test_the_lane_in_the_worst_state_comes_first(heartbeat: Heartbeat, project: CopiedProject) -> None:
    for name, kinds in (("alpha", "oo"), ("beta", "f"), ("gamma", "oo")):
        shutil.copytree(project.lane_folder, project.defs / name)
        lines = histories.history(project.lane, kinds)
        heartbeat("import", name, histories.write_history(project.folder / f"{name}.jsonl", lines))
    names = [lane["lane"] for lane in heartbeat("lanes").document]
    assert names == ["beta", LANE, "alpha", "gamma"]


def test_a_project_without_lanes_says_where_they_would_be(heartbeat: Heartbeat, project: CopiedProject) -> None:
    shutil.rmtree(project.lane_folder)
    assert heartbeat("lanes").document == []
    table = " ".join(heartbeat("lanes", "--table").stdout.split())
    assert table.startswith("There is no lane below")
    assert str(project.defs) in table
    assert heartbeat("run").document == []
    assert heartbeat("run", "--table").stdout == "There is no lane to run.\n"
