"""`heartbeat check`: lanes for continuous integration, with the right ending and every file written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from heartbeat_assets.lanes import checked_run
from heartbeat_assets_tests.cli.calling import Heartbeat, Outcome
from heartbeat_assets_tests.copied_project import BROKEN_DAY, CopiedProject

LANE = "citizen_product"
LIBERTY = "liberty_restrictions"
FIVE_REASONS = [
    "max_focus_gate_failed_exceeded",
    "max_focus_gate_failed_rate_exceeded",
    "max_norms_classified_gate_failed_exceeded",
    "latest_focus_gate_failed",
    "latest_norms_classified_gate_failed",
]


def files(folder: Path) -> list[str]:
    """The options that ask for every file, below `folder`."""
    asked = {"--junit": "junit.xml", "--markdown": "summary.md", "--evidence": "evidence"}
    return [word for option, name in asked.items() for word in (option, str(folder / name))]


def lanes_in(outcome: Outcome) -> dict[str, dict[str, object]]:
    """What standard output says, lane by lane."""
    return {one["lane"]: one for one in json.loads(outcome.stdout)}


def half_lane(project: CopiedProject) -> Path:
    """A lane whose defs.yaml is wrong."""
    folder = project.defs / "half_lane"
    folder.mkdir()
    file = folder / "defs.yaml"
    file.write_text("type: heartbeat_assets.HeartbeatLane\nattributes: []\n", encoding="utf-8")
    return file


def test_a_good_check_ends_with_0_and_prints_a_list_of_lanes(heartbeat: Heartbeat, project: CopiedProject) -> None:
    project.add_shipped_lane(LIBERTY)
    outcome = heartbeat("check", "--strict")
    assert outcome.exit_code == 0
    assert [one["lane"] for one in outcome.document] == [LANE, LIBERTY]
    for one in outcome.document:
        assert list(one) == ["lane", "status", "reasons", "digest", "append", "window", "error"]
        assert (one["status"], one["reasons"], one["error"]) == ("ok", [], None)
        assert one["append"]["appended"] is True
        assert one["window"]["entries_total"] == 1
    assert not project.published.exists()


def test_the_known_failing_run_ends_with_4_for_exactly_five_reasons(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    project.add_shipped_lane(LIBERTY)
    assert heartbeat("check", LIBERTY, "--strict").exit_code == 0
    table = project.folder / "data" / LIBERTY / "broken" / "liberty_restriction_assessments.csv"
    outcome = heartbeat("check", LIBERTY, "--strict", "--input", f"liberty_restriction_assessments={table}")
    assert outcome.exit_code == 4
    (document,) = outcome.document
    assert document["reasons"] == FIVE_REASONS
    assert (document["status"], document["digest"]["status"]) == ("failed", "degraded")
    assert heartbeat("check", LIBERTY).exit_code == 0


def test_every_file_is_written_also_when_a_lane_failed(heartbeat: Heartbeat, project: CopiedProject) -> None:
    project.break_kpis()
    out = project.folder / "out"
    outcome = heartbeat("check", "--strict", *files(out))
    assert outcome.exit_code == 4
    (document,) = outcome.document
    suites = ElementTree.parse(out / "junit.xml").getroot()
    failed = {one.get("type") for one in suites.iter("failure")}
    assert set(document["window"]["strict_fail_reasons"]) <= failed
    assert (out / "summary.md").read_text(encoding="utf-8").startswith("## ◆ 1 of 1 lane failed, since ")
    evidence = {file.name.rpartition("_")[0]: file for file in (out / "evidence").iterdir()}
    assert set(evidence) == {f"{LANE}_digest", f"{LANE}_heartbeat", f"{LANE}_window", "summary"}
    assert json.loads(evidence[f"{LANE}_window"].read_text(encoding="utf-8")) == document["window"]
    assert json.loads(evidence["summary"].read_text(encoding="utf-8"))["exit_code"] == 4


def test_a_broken_lane_does_not_keep_the_others_from_being_checked(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    project.add_shipped_lane(LIBERTY)
    project.snapshot.unlink()
    sentence = f"input snapshot: {project.snapshot}: no such file"
    for strict, ending in (([], 2), (["--strict"], 4)):
        out = project.folder / f"out-{ending}"
        outcome = heartbeat("check", *strict, *files(out))
        assert outcome.exit_code == ending
        assert outcome.error == {
            "kind": "SourceMissing", "message": f"{LANE}: {sentence}", "exit_code": ending
        }  # fmt: skip
        lanes = lanes_in(outcome)
        assert (lanes[LANE]["status"], lanes[LANE]["error"]) == ("failed", sentence)
        assert (lanes[LIBERTY]["status"], lanes[LIBERTY]["error"]) == ("ok", None)
        assert sentence in (out / "summary.md").read_text(encoding="utf-8")
        assert sentence in (out / "junit.xml").read_text(encoding="utf-8")
        assert len(list((out / "evidence").iterdir())) == 7
    assert heartbeat("window", LANE).document["latest"]["status"] == "failed"


def test_an_unreadable_source_ends_with_3_and_under_strict_with_4(heartbeat: Heartbeat, project: CopiedProject) -> None:
    project.snapshot.write_text("[]", encoding="utf-8")
    for strict, ending in (([], 3), (["--strict"], 4)):
        outcome = heartbeat("check", *strict)
        assert outcome.exit_code == ending
        assert "holds a list; a JSON object is expected" in outcome.error["message"]


def test_sql_that_the_engine_refuses_is_recorded_as_a_failed_heartbeat(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    (project.lane_folder / "digest.sql").write_text("SELECT nothing FROM nowhere", encoding="utf-8")
    outcome = heartbeat("check", "--strict")
    assert outcome.exit_code == 4
    assert outcome.error["kind"] == "SpecProblem"
    (document,) = json.loads(outcome.stdout)
    assert document["reasons"][:2] == ["heartbeat_status_failed", "digest_sql_failed"]


def test_a_column_that_was_lost_is_named_with_its_place_in_the_sql(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    project.add_shipped_lane(LIBERTY)
    table = project.folder / "norms.csv"
    table.write_text("norm_id,boe_id,title,scope\nn1,b1,An act,state\n", encoding="utf-8")
    outcome = heartbeat("check", LIBERTY, "--input", f"legal_norms={table}", "--strict")
    assert outcome.exit_code == 4
    assert "source_id" in outcome.error["message"]
    assert "digest.sql line" in outcome.error["message"]
    (document,) = json.loads(outcome.stdout)
    assert document["reasons"][1] == "source_legal_norms_column_missing"


def test_a_defs_yaml_that_is_wrong_cannot_be_recorded_and_ends_with_3(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    file = half_lane(project)
    out = project.folder / "out"
    outcome = heartbeat("check", "--strict", *files(out))
    assert outcome.exit_code == 3
    assert outcome.error["message"].startswith(f"half_lane: {file}: attributes: must be")
    lanes = lanes_in(outcome)
    assert (lanes[LANE]["status"], lanes["half_lane"]["status"]) == ("ok", "failed")
    assert lanes["half_lane"]["digest"] is None
    assert "half_lane" in (out / "junit.xml").read_text(encoding="utf-8")
    assert heartbeat("check", LANE, "--strict").exit_code == 0
    # What could not be judged at all comes before what was judged and failed.
    assert heartbeat("check", "--strict", "--limit", "min_entries=9").exit_code == 3


def test_a_ledger_that_cannot_be_written_ends_with_3_also_under_strict(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", "postgresql://somebody:s3cret@localhost:1/nothing")
    out = project.folder / "out"
    outcome = heartbeat("check", "--strict", *files(out))
    assert outcome.exit_code == 3
    assert outcome.error["kind"] == "LedgerError"
    (document,) = json.loads(outcome.stdout)
    assert (document["digest"]["status"], document["append"], document["window"]) == ("ok", None, None)
    written = outcome.stdout + outcome.stderr + "".join(file.read_text() for file in out.rglob("*.*"))
    assert "s3cret" not in written
    assert [file.name.split("_2")[0] for file in sorted((out / "evidence").iterdir())] == [f"{LANE}_digest", "summary"]


def test_a_rule_that_warns_counts_under_strict_as_in_heartbeat_window(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    with project.changed_attributes() as attributes:
        attributes["window"]["limits"] = {"min_entries": 5}
        attributes["window"]["severity"] = {"min_entries_ok": "warn"}
    out = project.folder / "out"
    assert heartbeat("check", *files(out)).exit_code == 0
    assert heartbeat("check", "--strict").exit_code == heartbeat("window", LANE, "--strict").exit_code == 4
    assert "| `min_entries_ok` | ▲ warns |" in (out / "summary.md").read_text(encoding="utf-8")
    (skipped,) = ElementTree.parse(out / "junit.xml").getroot().iter("skipped")
    assert skipped.get("type") == "too_few_entries"


def test_limits_thresholds_and_last_are_those_of_window_and_digest(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    heartbeat("check", "--input", f"events={BROKEN_DAY}")
    assert heartbeat("check", "--strict").exit_code == 4
    assert heartbeat("check", "--strict", "--last", "1").exit_code == 0
    (document,) = heartbeat("check", "--last", "1", "--threshold", "min_drilldown_click_rate=0.9").document
    assert document["digest"]["failure_reasons"] == ["drilldown_click_rate_below_threshold"]
    (document,) = heartbeat("check", "--limit", "max_failed=7").document
    assert document["window"]["thresholds"]["max_failed"] == 7
    assert "max_failed_exceeded" not in document["reasons"]


def test_a_history_file_takes_the_place_of_the_ledger(heartbeat: Heartbeat, project: CopiedProject) -> None:
    history = project.folder / "heartbeats" / "citizen.jsonl"
    assert heartbeat("check", LANE, "--history", history, "--strict").exit_code == 0
    (document,) = heartbeat("check", LANE, "--history", history, "--input", f"events={BROKEN_DAY}").document
    assert document["window"]["entries_total"] == 2
    assert len(history.read_text(encoding="utf-8").splitlines()) == 2
    assert heartbeat("window", LANE, "--history", history, "--strict").exit_code == 4
    assert heartbeat("window", LANE).document["entries_total"] == 0


def test_a_partitioned_lane_is_checked_for_the_period_given(heartbeat: Heartbeat, project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2026-02-01"}
        del attributes["sensor"]
    (document,) = heartbeat("check", "--period", "2026-02-23").document
    assert document["digest"]["period"]["key"] == "2026-02-23"
    assert "write a day as" in heartbeat.fails(2, "check", "--period", "yesterday")


def test_a_lane_whose_first_period_is_not_over_does_not_stop_the_others(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    project.add_shipped_lane(LIBERTY)
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2999-01-01"}
        del attributes["sensor"]
    outcome = heartbeat("check", "--strict")
    assert outcome.exit_code == 2
    assert outcome.error["message"] == f"{LANE}: no day since 2999-01-01 is over yet; run the lane when one is"
    assert lanes_in(outcome)[LIBERTY]["status"] == "ok"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "no lane 'nowhere'; there is citizen_product, liberty_restrictions"),
        (["--input", "events=x"], "--input goes with exactly one lane, not 2; name the lane it is for"),
        (["--history", "x.jsonl"], "--history goes with exactly one lane, not 2; name the lane it is of"),
        ([LANE, "--input", "evnts=x"], "--input evnts: lane citizen_product has the inputs events, snapshot, summary"),
        ([LANE, "--input", "events"], "--input events: write NAME=VALUE"),
        ([LANE, "--limit", "max_fialed=1"], "--limit max_fialed: this lane has no such limit; did you mean"),
        (["--limit", "max_tfa_violations=1"], "lane liberty_restrictions: --limit max_tfa_violations: this lane has"),
        ([LANE, "--threshold", "max_tfa=1"], "--threshold max_tfa: this lane has max_unknown_rate"),
        ([LANE, "--period", "2026-02-23"], "--period 2026-02-23: lane citizen_product is not partitioned"),
        (["--last", "0"], "'--last': 0 is not in the range"),
        (["--junit", "."], "'--junit': File '.' is a directory"),
    ],
)
def test_wrong_usage_ends_with_2_before_anything_is_recorded(
    heartbeat: Heartbeat, project: CopiedProject, arguments: list[str], said: str
) -> None:
    project.add_shipped_lane(LIBERTY)
    assert said in heartbeat.fails(2, "check", "--strict", *arguments)
    assert not (project.home / "ledger.sqlite").exists()


def test_a_file_that_cannot_be_written_ends_with_3_and_the_others_are_written(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    blocked = project.snapshot / "junit.xml"
    page, evidence = project.folder / "summary.md", project.folder / "evidence"
    outcome = heartbeat("check", "--junit", blocked, "--markdown", page, "--evidence", evidence)
    assert outcome.exit_code == 3
    assert outcome.error["message"].startswith(f"--junit {blocked}: cannot be written: ")
    assert json.loads(outcome.stdout)[0]["status"] == "ok"
    assert page.read_text(encoding="utf-8").startswith("## ● ok")
    (summary,) = evidence.glob("summary_*.json")
    assert json.loads(summary.read_text(encoding="utf-8"))["exit_code"] == 3


def test_the_job_summary_of_github_is_added_to_and_any_other_file_replaced(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_the_job, other = project.folder / "step_summary", project.folder / "page.md"
    for file in (of_the_job, other):
        file.write_text("What a step before wrote.", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(of_the_job))
    for file in (of_the_job, other):
        assert heartbeat("check", "--markdown", file).exit_code == 0
    assert of_the_job.read_text(encoding="utf-8").startswith("What a step before wrote.\n## ● ok")
    assert other.read_text(encoding="utf-8").startswith("## ● ok")
    of_the_job.unlink()
    heartbeat("check", "--markdown", of_the_job)
    assert of_the_job.read_text(encoding="utf-8").startswith("## ● ok")


def test_the_table_shows_digest_broken_rules_and_verdict_and_fits_into_100_columns(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    project.add_shipped_lane(LIBERTY)
    half_lane(project)
    project.break_kpis()
    outcome = heartbeat("check", "--table")
    lines = outcome.stdout.splitlines()
    assert lines[0] == LANE
    assert "◆ failed  max_drilldown_violations" in lines
    assert "window_nonempty" not in outcome.stdout
    text = " ".join(outcome.stdout.split())
    verdict = "◆ failed time_to_first_answer_seconds was 204, above its maximum 120, in 1 of 1 run (limit 0)."
    assert f"{verdict} Publishing would be blocked. half_lane ◆ failed {project.defs / 'half_lane'}" in text
    assert "9 of 9 gates passed." in text
    assert lines[-1] == "3 lanes: 2 ◆ failed, 1 ● ok"
    assert [line for line in lines if len(line) > 100 and str(project.folder) not in line] == []


def test_a_fault_of_the_program_in_one_lane_is_told_after_everything_was_written(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.add_shipped_lane(LIBERTY)
    compute = checked_run.compute_digest

    def failing(lane: object, **how: object) -> object:
        if getattr(lane, "name", "") == LANE:
            raise ZeroDivisionError("boom")
        return compute(lane, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(checked_run, "compute_digest", failing)
    page = project.folder / "summary.md"
    outcome = heartbeat("check", "--strict", "--markdown", page)
    assert outcome.exit_code == 3
    assert outcome.error["kind"] == "ZeroDivisionError"
    assert "set HEARTBEAT_DEBUG=1 to see where" in outcome.error["message"]
    assert lanes_in(outcome)[LIBERTY]["status"] == "ok"
    assert "ZeroDivisionError: boom (a fault of the program)" in page.read_text(encoding="utf-8")


LIGHT = """
import json, sys
from heartbeat_assets.cli import main
code = main(["check", "--strict"], standalone_mode=False)
heavy = [name for name in ("dagster", "dagster_shared", "pandas") if name in sys.modules]
print(json.dumps({"code": code, "heavy": heavy}), file=sys.stderr)
"""


def test_a_check_loads_no_dagster(project: CopiedProject) -> None:
    project.add_shipped_lane(LIBERTY)
    done = subprocess.run(
        [sys.executable, "-c", LIGHT],
        env={**os.environ, **project.environment()}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stderr) == {"code": None, "heavy": []}
