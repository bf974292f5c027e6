"""`heartbeat lanes`: which lanes there are and how each stands, a new one, and what is wrong with one."""

import json
import shutil
from pathlib import Path

import pytest

from heartbeat_assets.cli.output import WIDTH
from heartbeat_assets.lanes.schema import document_schema
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
        "error",
    }
    assert (lane["lane"], lane["owners"], lane["entries_total"]) == (LANE, ["team:citizen-product"], 0)
    assert (lane["latest_run_at"], lane["published_run_at"], lane["blocked_since"]) == ("", "", "")
    assert lane["folder"] == str(project.lane_folder)


def test_a_lane_whose_defs_yaml_is_wrong_hides_no_other(heartbeat: Heartbeat, project: CopiedProject) -> None:
    broken = project.defs / "broken_lane"
    broken.mkdir()
    (broken / "defs.yaml").write_text("type: heartbeat_assets.HeartbeatLane\nattributes: {kpi: []}\n", encoding="utf-8")
    outcome = heartbeat("lanes")
    assert outcome.exit_code == 0
    documents = {document["lane"]: document for document in outcome.document}
    assert documents[LANE]["error"] is None
    assert "unknown field 'kpi'; did you mean 'kpis'?" in documents["broken_lane"]["error"]
    table = heartbeat("lanes", "--table").stdout
    assert "◆ defs.yaml is wrong" in table
    assert LANE in table


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
    assert table.endswith("Make one with: heartbeat lanes new my_lane")
    assert heartbeat("run").document == []
    assert heartbeat("run", "--table").stdout == "There is no lane to run.\n"


# --- heartbeat lanes new ----------------------------------------------------------------------------------------------


def test_a_new_lane_can_be_checked_run_and_published_at_once(heartbeat: Heartbeat, project: CopiedProject) -> None:
    made = heartbeat("lanes", "new", "my_lane").document
    folder = project.defs / "my_lane"
    assert (made["lane"], made["folder"]) == ("my_lane", str(folder))
    assert made["files"][:2] == [str(folder / "defs.yaml"), str(folder / "digest.sql")]
    assert heartbeat("lanes", "check", "my_lane").exit_code == 0
    (run,) = heartbeat("run", "my_lane", "--strict").document
    assert run["digest"]["metrics"] == {"orders_total": 12, "unpaid_rate": 0.083333}
    assert (run["errors"], run["published"]) == ([], True)
    assert (project.home / "published" / "my_lane" / "report.json").is_file()


def test_a_new_lane_may_read_a_file_somebody_has(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    Path("data/shop.csv").write_text("id,price\n1,\n2,3.5\n", encoding="utf-8")
    said = heartbeat("lanes", "new", "shop", "--from", "data/shop.csv", "--table").stdout.splitlines()
    assert said == [
        "Lane shop is ready:",
        "  heartbeat_assets/defs/shop/defs.yaml",
        "  heartbeat_assets/defs/shop/digest.sql",
        "  heartbeat_assets/defs/lane.schema.json",
        "Next: heartbeat lanes check shop",
    ]
    (check,) = heartbeat("lanes", "check", "shop").document
    assert check["sources"]["shop"]["columns"] == {"id": "BIGINT", "price": "DOUBLE"}
    assert check["digest"]["metrics"] == {"rows_total": 2, "price_missing_rate": 0.5}


def test_a_lane_that_is_there_is_wrong_usage_and_stays(heartbeat: Heartbeat, project: CopiedProject) -> None:
    before = (project.lane_folder / "defs.yaml").read_bytes()
    said = heartbeat.fails(2, "lanes", "new", LANE)
    assert said == f"{project.lane_folder} is there already; choose another name, or move it away"
    assert (project.lane_folder / "defs.yaml").read_bytes() == before
    assert heartbeat.fails(2, "lanes", "new", "My Lane").endswith("for example my_lane")
    assert heartbeat.fails(2, "lanes", "new", "shop", "--from", "gone.csv").endswith("gone.csv: no such file")


# --- heartbeat lanes check --------------------------------------------------------------------------------------------


def test_a_check_of_good_lanes_ends_with_0_and_tells_their_numbers(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    outcome = heartbeat("lanes", "check")
    (check,) = outcome.document
    assert outcome.exit_code == 0
    assert {name: check[name] for name in ("lane", "status", "errors", "warnings", "findings")} == {
        "lane": LANE, "status": "ok", "errors": 0, "warnings": 0, "findings": [],
    }  # fmt: skip
    assert check["digest"]["metrics"]["drilldown_click_rate"] == 0.5
    table = " ".join(heartbeat("lanes", "check", "--table").stdout.split())
    assert table.startswith(f"{LANE} ● ok nothing to mend; now unknown_rate=0.175676")


def test_a_warning_does_not_end_a_check_with_4_and_an_error_does(heartbeat: Heartbeat, project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        del attributes["owners"]
    outcome = heartbeat("lanes", "check")
    assert (outcome.exit_code, outcome.document[0]["status"]) == (0, "degraded")
    assert outcome.document[0]["findings"][0]["severity"] == "warning"
    project.rewrite_sql("AS drilldown_click_rate", "AS clicks")
    outcome = heartbeat("lanes", "check")
    assert (outcome.exit_code, outcome.document[0]["status"]) == (4, "failed")
    assert outcome.document[0]["findings"][0] == {
        "severity": "error",
        "file": str(project.lane_folder / "digest.sql"),
        "message": "returns no column 'drilldown_click_rate', which defs.yaml has as a KPI; add it",
    }


def test_people_get_a_line_per_finding_and_the_verdict_last(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    heartbeat("lanes", "new", "shop")
    (project.defs / "shop" / "digest.sql").write_text("SELECT count(*)\nFORM orders\n", encoding="utf-8")
    (project.defs / "shop" / "more").mkdir()
    (project.defs / "shop" / "more" / "defs.yaml").write_text("type: [", encoding="utf-8")
    with project.changed_attributes() as attributes:
        attributes["schedule"]["enabled"] = attributes["sensor"]["enabled"] = False
    outcome = heartbeat("lanes", "check", "--table")
    assert outcome.exit_code == 4
    lines = outcome.stdout.splitlines()
    assert lines[:3] == [
        LANE,
        "  ▲ warning  heartbeat_assets/defs/citizen_product/defs.yaml: schedule: there is none that is on,",
        f"    and no sensor; the lane runs only by hand: heartbeat run {LANE}",
    ]
    shop = lines.index("shop")
    assert lines[shop + 1 : shop + 5] == [
        '  ◆ error  heartbeat_assets/defs/shop/digest.sql: Parser Error: syntax error at or near "orders"',
        "    LINE 2: FORM orders",
        "                 ^^^^^^",
        "◆ failed  1 error, 0 warnings",
    ]
    assert lines[-1] == "3 lanes checked: 2 ◆ failed, 1 ▲ degraded"
    assert max(map(len, lines)) <= WIDTH


def test_a_project_without_lanes_has_nothing_to_check(heartbeat: Heartbeat, project: CopiedProject) -> None:
    shutil.rmtree(project.lane_folder)
    assert heartbeat("lanes", "check").document == []
    assert heartbeat("lanes", "check", "--table").stdout == "There is no lane to check.\n"
    assert "no lane 'gone'; there is none below" in heartbeat.fails(2, "lanes", "check", "gone")


def test_the_numbers_of_a_check_are_said_in_words_where_there_is_no_number(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    project.add_shipped_lane("liberty_restrictions")
    gates = " ".join(heartbeat("lanes", "check", "liberty_restrictions", "--table").stdout.split())
    assert gates.endswith("● ok nothing to mend; now all 9 gates pass")
    event = '{"session_id": "one", "event": "page_load", "ts": "2026-02-23T09:00:00Z"}\n'
    (project.events / "2026-02-23.jsonl").write_text(event, encoding="utf-8")
    table = " ".join(heartbeat("lanes", "check", LANE, "--table").stdout.split())
    assert "time_to_first_answer_seconds=no value" in table
    assert "None" not in table


def test_a_partitioned_lane_is_checked_over_the_period_asked_for(heartbeat: Heartbeat, project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2026-02-01"}
        del attributes["sensor"]
    project.add_day("2026-02-08")
    (check,) = heartbeat("lanes", "check", "--period", "2026-02-08").document
    assert (check["period"], check["digest"]["period"]["key"]) == ("2026-02-08", "2026-02-08")
    assert check["digest"]["events_in_period"] > 0
    table = " ".join(heartbeat("lanes", "check", "--period", "2026-02-08", "--table").stdout.split())
    assert "; in the period 2026-02-08 unknown_rate=" in table
    assert "2026-02-07 has no rows" in heartbeat("lanes", "check", "--period", "2026-02-07").stdout


def test_a_period_of_a_lane_without_any_is_wrong_usage(heartbeat: Heartbeat) -> None:
    said = heartbeat.fails(2, "lanes", "check", "--period", "2026-02-08")
    assert said == f"--period 2026-02-08: lane {LANE} is not partitioned"


# --- heartbeat lanes schema -------------------------------------------------------------------------------------------


def test_the_schema_is_printed_and_nothing_else(heartbeat: Heartbeat) -> None:
    assert json.loads(heartbeat("lanes", "schema").stdout) == document_schema()


def test_listing_takes_no_words(heartbeat: Heartbeat) -> None:
    assert "No such command 'chek'" in heartbeat.fails(2, "lanes", "chek")
