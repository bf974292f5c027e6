"""`heartbeat window`: the report of the contract over a file or the ledger, and its strict ending."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.components.running import WINDOW_RULES
from heartbeat_assets_tests.copied_project import CopiedProject

LANE = "citizen_product"
REPORT = {
    "generated_at",
    "strict",
    "window_last",
    "thresholds",
    "entries_total",
    "entries_in_window",
    "malformed_entries_in_window",
    "status_counts",
    *(f"{subject}_in_window" for subject in ("failed", "degraded", "contract_incomplete")),
    *(f"{subject}_rate_pct" for subject in ("failed", "degraded", "contract_incomplete")),
    *(f"{kpi}_violations_in_window" for kpi in ("unknown_rate", "tfa", "drilldown")),
    *(f"{kpi}_violation_rate_pct" for kpi in ("unknown_rate", "tfa", "drilldown")),
    *(f"{end}_{subject}_run_at" for end in ("first", "last") for subject in ("failed", "degraded")),
    "first_contract_incomplete_run_at",
    "last_contract_incomplete_run_at",
    "latest",
    "failed_streak_latest",
    "degraded_streak_latest",
    "checks",
    "strict_fail_reasons",
    "status",
}
LATEST = {
    "run_at",
    "heartbeat_id",
    "status",
    "line_no",
    "malformed_line",
    "digest_generated_at",
    "unknown_rate",
    "time_to_first_answer_seconds",
    "drilldown_click_rate",
    "unknown_rate_within_threshold",
    "time_to_first_answer_within_threshold",
    "drilldown_click_rate_within_threshold",
    "contract_complete",
}


def history_file(project: CopiedProject, kinds: str) -> Path:
    lines = histories.history(project.lane, kinds)
    return histories.write_history(project.folder / "heartbeats.jsonl", lines)


def test_the_report_has_the_contracts_keys_and_the_17_checks_in_their_order(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    report = heartbeat("window", LANE, "--history", history_file(project, "ooo")).document
    assert set(report) == REPORT
    assert set(report["latest"]) == LATEST
    assert tuple(report["checks"]) == WINDOW_RULES
    assert (report["status"], report["strict_fail_reasons"]) == ("ok", [])
    assert (report["window_last"], report["strict"]) == (20, False)


def test_a_file_and_the_ledger_are_judged_alike(heartbeat: Heartbeat, project: CopiedProject) -> None:
    file = history_file(project, "oofodxoo")
    of_file = heartbeat("window", LANE, "--history", file).document
    heartbeat("import", LANE, file)
    of_ledger = heartbeat("window", LANE).document
    assert {**of_file, "generated_at": ""} == {**of_ledger, "generated_at": ""}
    assert of_file["malformed_entries_in_window"] == 1
    assert of_file["status_counts"] == {"ok": 5, "degraded": 1, "failed": 1}


def test_strict_ends_with_4_and_names_every_reason_in_the_rules_order(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    file = history_file(project, "of")
    outcome = heartbeat("window", LANE, "--history", file, "--strict")
    assert outcome.exit_code == 4
    assert outcome.document["strict"] is True
    assert outcome.document["strict_fail_reasons"] == [
        "max_failed_exceeded",
        "max_failed_rate_exceeded",
        "max_contract_incomplete_exceeded",
        "max_contract_incomplete_rate_exceeded",
        "max_drilldown_violations_exceeded",
        "max_drilldown_violation_rate_exceeded",
        "latest_status_failed",
        "latest_contract_incomplete",
        "latest_threshold_violation",
    ]
    assert heartbeat("window", LANE, "--history", file).exit_code == 0


def test_an_empty_history_is_degraded_and_fails_strict(heartbeat: Heartbeat, project: CopiedProject) -> None:
    outcome = heartbeat("window", LANE, "--strict")
    assert outcome.exit_code == 4
    report = outcome.document
    assert (report["status"], report["entries_total"]) == ("degraded", 0)
    assert report["strict_fail_reasons"][0] == "empty_window"
    file = histories.write_history(project.folder / "empty.jsonl", [])
    assert heartbeat("window", LANE, "--history", file, "--strict").exit_code == 4


def test_last_and_limits_given_replace_those_of_the_lane(heartbeat: Heartbeat, project: CopiedProject) -> None:
    file = history_file(project, "ffdoo")
    assert heartbeat("window", LANE, "--history", file, "--last", "2", "--strict").exit_code == 0
    lenient = []
    for name in ("failed", "degraded", "contract_incomplete", "drilldown_violations", "tfa_violations"):
        lenient += ["--limit", f"max_{name}=5"]
    for name in ("failed", "degraded", "contract_incomplete", "drilldown_violation", "tfa_violation"):
        lenient += ["--limit", f"max_{name}_rate_pct=60"]
    outcome = heartbeat("window", LANE, "--history", file, "--strict", *lenient)
    assert outcome.exit_code == 0
    assert outcome.document["status"] == "degraded"
    assert outcome.document["thresholds"]["max_failed_rate_pct"] == 60


def test_a_limit_the_lane_does_not_set_adds_its_rule(heartbeat: Heartbeat, project: CopiedProject) -> None:
    outcome = heartbeat("window", LANE, "--history", history_file(project, "ooo"), "--limit", "min_entries=5")
    assert outcome.document["strict_fail_reasons"] == ["too_few_entries"]
    stale = heartbeat("window", LANE, "--history", history_file(project, "ooo"), "--limit", "max_age=1h", "--strict")
    assert (stale.exit_code, stale.document["strict_fail_reasons"]) == (4, ["latest_stale"])


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("max_fialed=1", "--limit max_fialed: this lane has no such limit; did you mean 'max_failed'?"),
        ("max_failed", "--limit max_failed: write NAME=VALUE"),
        ("max_failed=many", "'many' is not a finite number"),
        ("max_failed=nan", "is not a finite number"),
        ("max_failed=inf", "is not a finite number"),
        ("max_failed=1.5", "must be a whole number"),
        ("max_age=soon", "'soon' is no duration"),
    ],
)
def test_a_limit_that_cannot_be_is_wrong_usage(heartbeat: Heartbeat, limit: str, said: str) -> None:
    assert said in heartbeat.fails(2, "window", LANE, "--limit", limit)


def test_a_limit_given_twice_is_wrong_usage(heartbeat: Heartbeat) -> None:
    twice = ("--limit", "max_failed=1", "--limit", "max_failed=2")
    assert heartbeat.fails(2, "window", LANE, *twice) == "--limit max_failed: given twice"


def test_a_history_that_is_not_there_ends_with_2_and_a_folder_with_3(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    nowhere = project.folder / "nowhere.jsonl"
    assert heartbeat.fails(2, "window", LANE, "--history", nowhere) == f"history {nowhere}: no such file"
    assert f"history {project.data}" in heartbeat.fails(3, "window", LANE, "--history", project.data)


def test_binary_rubbish_is_malformed_rows_never_a_fault(heartbeat: Heartbeat, project: CopiedProject) -> None:
    file = project.folder / "rubbish.jsonl"
    file.write_bytes(b"\x00\xff\n[1]\n7\n" + b"[" * 100_000 + b'\n{"unknown_rate": 1e999, "status": NaN}\n\n')
    report = heartbeat("window", LANE, "--history", file).document
    assert (report["entries_total"], report["malformed_entries_in_window"]) == (5, 4)
    assert report["latest"]["unknown_rate"] is None


def test_out_holds_the_report_also_when_strict_fails(heartbeat: Heartbeat, project: CopiedProject) -> None:
    out = project.folder / "window.json"
    outcome = heartbeat("window", LANE, "--history", history_file(project, "f"), "--strict", "--out", out)
    assert outcome.exit_code == 4
    assert json.loads(out.read_text(encoding="utf-8")) == outcome.document
    blocked = project.snapshot / "window.json"
    assert f"--out {blocked}" in heartbeat.fails(3, "window", LANE, "--out", blocked)
