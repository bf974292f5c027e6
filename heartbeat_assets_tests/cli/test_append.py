"""`heartbeat append`: the append report, in the ledger and in a JSONL file, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

LANE = "citizen_product"
REPORT = {
    "generated_at",
    "strict",
    "history_size_before",
    "history_size_after",
    "history_malformed_lines_before",
    "appended",
    "duplicate_detected",
    "validation_errors",
    "strict_fail_reasons",
    "heartbeat",
    "status",
}
ROW = {
    "run_at",
    "heartbeat_id",
    "digest_generated_at",
    "status",
    "unknown_rate",
    "time_to_first_answer_seconds",
    "drilldown_click_rate",
    "max_unknown_rate",
    "max_time_to_first_answer_seconds",
    "min_drilldown_click_rate",
    "unknown_rate_within_threshold",
    "time_to_first_answer_within_threshold",
    "drilldown_click_rate_within_threshold",
    "telemetry_available",
    "contract_complete",
    "missing_metrics",
    "failure_reasons",
    "strict_fail_reasons",
    "strict_fail_count",
}


@pytest.fixture(params=["ledger", "file"])
def to_history(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The options that choose where to append: nothing for the ledger, or a file in a folder not yet there."""
    return [] if request.param == "ledger" else ["--history", str(tmp_path / "new" / "heartbeats.jsonl")]


def test_a_digest_is_recorded_once_and_found_again_the_second_time(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path, to_history: list[str]
) -> None:
    file = tmp_path / "digest.json"
    heartbeat("digest", LANE, "--out", file)
    first = heartbeat("append", LANE, "--digest", file, *to_history).document
    assert set(first) == REPORT
    assert set(first["heartbeat"]) == ROW
    assert (first["appended"], first["duplicate_detected"], first["status"]) == (True, False, "ok")
    assert (first["history_size_before"], first["history_size_after"]) == (0, 1)
    again = heartbeat("append", LANE, "--digest", file, *to_history).document
    assert (again["appended"], again["duplicate_detected"], again["status"]) == (False, True, "ok")
    assert (again["history_size_before"], again["history_size_after"]) == (1, 1)
    assert again["heartbeat"] == first["heartbeat"]


def test_a_history_appended_to_is_judged_by_the_window(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path, to_history: list[str]
) -> None:
    for day, kind in enumerate("oof"):
        file = histories.digest_file(project.lane, tmp_path, day, kind)
        assert heartbeat("append", LANE, "--digest", file, *to_history).document["appended"]
    report = heartbeat("window", LANE, *to_history).document
    assert report["status_counts"] == {"ok": 2, "degraded": 0, "failed": 1}
    assert report["latest"]["line_no"] == 3


def test_a_failed_digest_is_recorded_and_strict_ends_with_4_naming_its_reasons(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path, to_history: list[str]
) -> None:
    file = histories.digest_file(project.lane, tmp_path, 1, "f")
    outcome = heartbeat("append", LANE, "--digest", file, "--strict", *to_history)
    assert outcome.exit_code == 4
    report = outcome.document
    assert report["appended"]
    assert report["strict_fail_reasons"] == ["heartbeat_status_failed", "drilldown_click_rate_below_threshold"]
    # A duplicate of a failed row fails a strict check as well.
    assert heartbeat("append", LANE, "--digest", file, "--strict", *to_history).exit_code == 4
    assert heartbeat("append", LANE, "--digest", file, *to_history).exit_code == 0


def test_a_degraded_digest_is_recorded_and_passes_strict(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path, to_history: list[str]
) -> None:
    file = histories.digest_file(project.lane, tmp_path, 1, "d")
    outcome = heartbeat("append", LANE, "--digest", file, "--strict", *to_history)
    assert (outcome.exit_code, outcome.document["status"]) == (0, "degraded")


def test_a_row_that_is_not_valid_is_refused_by_name(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path, to_history: list[str]
) -> None:
    file = tmp_path / "digest.json"
    digest = histories.digest(project.lane, 1)
    digest["metrics"]["unknown_rate"] = 1.5
    digest["generated_at"] = ""
    file.write_text(json.dumps(digest))
    outcome = heartbeat("append", LANE, "--digest", file, "--strict", *to_history)
    assert outcome.exit_code == 4
    report = outcome.document
    assert report["validation_errors"] == ["missing_run_at", "invalid_unknown_rate"]
    assert report["strict_fail_reasons"] == ["validation:missing_run_at", "validation:invalid_unknown_rate"]
    assert (report["appended"], report["history_size_after"], report["status"]) == (False, 0, "failed")


def test_a_digest_in_an_envelope_is_the_same_digest(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path
) -> None:
    plain = histories.digest_file(project.lane, tmp_path, 1)
    wrapped = tmp_path / "wrapped.json"
    wrapped.write_text(json.dumps({"digest": histories.digest(project.lane, 1), "noise": 1}))
    assert heartbeat("append", LANE, "--digest", plain).document["appended"]
    assert heartbeat("append", LANE, "--digest", wrapped).document["duplicate_detected"]


def test_an_object_that_is_no_digest_is_refused_and_not_a_fault(
    heartbeat: Heartbeat, tmp_path: Path, to_history: list[str]
) -> None:
    file = tmp_path / "odd.json"
    file.write_text('{"metrics": [1], "thresholds": "x", "checks": null, "status": 7, "failure_reasons": {"a": 1}}')
    report = heartbeat("append", LANE, "--digest", file, *to_history).document
    assert report["validation_errors"] == ["missing_run_at"]
    assert report["heartbeat"]["status"] == "failed"


def test_numbers_that_json_does_not_have_become_null_in_the_row(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path, to_history: list[str]
) -> None:
    file = tmp_path / "digest.json"
    text = json.dumps(histories.digest(project.lane, 1))
    file.write_text(text.replace('"unknown_rate": 0.1', '"unknown_rate": NaN').replace("120.0", "1e400"))
    row = heartbeat("append", LANE, "--digest", file, *to_history).document["heartbeat"]
    assert (row["unknown_rate"], row["max_time_to_first_answer_seconds"]) == (None, None)


def test_text_no_encoding_can_write_is_printed_and_recorded_all_the_same(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path, to_history: list[str]
) -> None:
    file = tmp_path / "digest.json"
    digest = histories.digest(project.lane, 1, "f")
    digest["failure_reasons"] = ["half a letter: \ud800"]
    file.write_text(json.dumps(digest))
    out = tmp_path / "report.json"
    report = heartbeat("append", LANE, "--digest", file, "--out", out, *to_history).document
    assert report["appended"]
    assert report["heartbeat"]["failure_reasons"] == ["half a letter: \ud800"]
    assert json.loads(out.read_text(encoding="utf-8")) == report
    assert heartbeat("append", LANE, "--digest", file, *to_history).document["duplicate_detected"]


@pytest.mark.parametrize(
    ("content", "exit_code", "said"),
    [
        (None, 2, "no such file"),
        (b"", 3, "line 1, column 1: not JSON"),
        (b'{"a": 1,\n "b": }', 3, "line 2, column 7: not JSON"),
        (b"[1]", 3, "holds a list; a JSON object is expected"),
        (b"\xff\xfe\x00", 3, "not UTF-8 text (byte 0)"),
        (b"[" * 100_000, 3, "not JSON that can be read"),
    ],
)
def test_a_digest_file_that_cannot_be_read_is_named(
    heartbeat: Heartbeat, project: CopiedProject, content: bytes | None, exit_code: int, said: str
) -> None:
    file = project.folder / "digest.json"
    if content is not None:
        file.write_bytes(content)
    message = heartbeat.fails(exit_code, "append", LANE, "--digest", file)
    assert message.startswith(f"--digest {file}")
    assert said in message
    assert not (project.home / "ledger.sqlite").exists()


def test_a_folder_given_as_digest_ends_with_3(heartbeat: Heartbeat, project: CopiedProject) -> None:
    message = heartbeat.fails(3, "append", LANE, "--digest", project.data)
    assert message == f"--digest {project.data} is a folder; give the JSON file itself"


@pytest.mark.parametrize("where", ["below a file", "a folder"])
def test_a_history_that_cannot_be_written_ends_with_3(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path, where: str
) -> None:
    history = project.snapshot / "history.jsonl" if where == "below a file" else project.data
    file = histories.digest_file(project.lane, tmp_path, 1)
    assert f"history {history}" in heartbeat.fails(3, "append", LANE, "--digest", file, "--history", history)


def test_a_history_whose_last_line_has_no_end_keeps_it_as_a_line(
    heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path
) -> None:
    history = tmp_path / "heartbeats.jsonl"
    history.write_bytes(histories.history(project.lane, "o")[0] + b'\n{"cut off')
    file = histories.digest_file(project.lane, tmp_path, 5)
    report = heartbeat("append", LANE, "--digest", file, "--history", history).document
    assert (report["history_size_before"], report["history_size_after"]) == (2, 3)
    assert report["history_malformed_lines_before"] == 1
    lines = history.read_bytes().splitlines()
    assert lines[1] == b'{"cut off'
    assert json.loads(lines[2]) == report["heartbeat"]
