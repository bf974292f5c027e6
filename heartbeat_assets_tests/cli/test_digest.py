"""`heartbeat digest`: the digest document, and every way in which it cannot be had."""

from __future__ import annotations

import gzip
import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import BROKEN_DAY, CopiedProject

LANE = "citizen_product"


def test_the_known_run_of_the_source_system(heartbeat: Heartbeat) -> None:
    digest = heartbeat("digest", LANE).document
    assert digest["metrics"] == {
        "unknown_rate": 0.175676,
        "unknown_rate_source": "party_topic_positions.stance",
        "time_to_first_answer_seconds": 30.0,
        "drilldown_click_rate": 0.5,
    }
    assert digest["telemetry"] == {
        "sessions_total": 2,
        "sessions_with_first_answer": 2,
        "sessions_with_drilldown_click": 1,
        "events_total": 5,
        "parse_errors": 0,
    }
    assert digest["status"] == "ok"


def test_the_document_has_the_contracts_keys_and_no_others(heartbeat: Heartbeat) -> None:
    digest = heartbeat("digest", LANE).document
    assert set(digest) == {
        "generated_at",
        "telemetry",
        "telemetry_sources",
        "metrics",
        "thresholds",
        "checks",
        "missing_metrics",
        "failure_reasons",
        "status",
    }
    assert digest["telemetry_sources"] == ["telemetry_events_jsonl"]
    assert digest["thresholds"] == {
        "max_unknown_rate": 0.45,
        "max_time_to_first_answer_seconds": 120,
        "min_drilldown_click_rate": 0.2,
    }
    assert digest["checks"] == {
        "unknown_rate_within_threshold": True,
        "time_to_first_answer_within_threshold": True,
        "drilldown_click_rate_within_threshold": True,
        "telemetry_available": True,
        "contract_complete": True,
    }
    assert (digest["missing_metrics"], digest["failure_reasons"]) == ([], [])
    assert digest["generated_at"].endswith("+00:00")
    assert len(digest["generated_at"]) == len("2026-02-23T14:31:00+00:00")


def test_files_given_are_read_raw_with_the_same_answer_and_nothing_stored(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    given = heartbeat(
        "digest", LANE, "--input", f"events={project.events}", "--input", f"snapshot={project.snapshot}"
    ).document
    assert not (project.home / "lanes").exists()
    stored = heartbeat("digest", LANE).document
    assert {**given, "generated_at": ""} == {**stored, "generated_at": ""}


def test_a_required_source_nobody_named_is_read_from_its_place_and_an_optional_one_left_out(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    only_snapshot = heartbeat("digest", LANE, "--input", f"snapshot={project.snapshot}").document
    assert only_snapshot["telemetry_sources"] == []
    assert only_snapshot["status"] == "degraded"
    assert only_snapshot["missing_metrics"] == ["drilldown_click_rate", "time_to_first_answer_seconds"]
    assert only_snapshot["checks"]["time_to_first_answer_within_threshold"] is None
    assert only_snapshot["checks"]["telemetry_available"] is False
    only_events = heartbeat("digest", LANE, "--input", f"events={project.events}").document
    assert only_events["metrics"]["unknown_rate"] == 0.175676


def test_a_summary_wins_field_by_field(heartbeat: Heartbeat, project: CopiedProject, tmp_path: Path) -> None:
    summary = tmp_path / "summary.json"
    summary.write_text('{"metrics": {"drilldown_click_rate": "0.7"}, "counts": {"sessions_total": 900}}')
    digest = heartbeat("digest", LANE, "--input", f"summary={summary}", "--input", f"events={project.events}").document
    assert digest["metrics"]["drilldown_click_rate"] == 0.7
    assert digest["metrics"]["time_to_first_answer_seconds"] == 30.0
    assert digest["telemetry"]["sessions_total"] == 900
    assert digest["telemetry_sources"] == ["telemetry_events_jsonl", "telemetry_json"]


def test_a_threshold_given_replaces_that_of_the_lane_and_may_be_reached(heartbeat: Heartbeat) -> None:
    reached = heartbeat("digest", LANE, "--threshold", "min_drilldown_click_rate=0.5").document
    assert (reached["thresholds"]["min_drilldown_click_rate"], reached["status"]) == (0.5, "ok")
    missed = heartbeat("digest", LANE, "--threshold", "min_drilldown_click_rate=0.51").document
    assert missed["failure_reasons"] == ["drilldown_click_rate_below_threshold"]
    assert missed["status"] == "failed"


def test_strict_ends_with_4_on_a_failed_digest_only(heartbeat: Heartbeat, project: CopiedProject) -> None:
    bad = heartbeat("digest", LANE, "--input", f"events={BROKEN_DAY}", "--strict")
    assert bad.exit_code == 4
    assert bad.document["failure_reasons"] == [
        "drilldown_click_rate_below_threshold",
        "time_to_first_answer_above_threshold",
    ]
    assert heartbeat("digest", LANE, "--input", f"events={BROKEN_DAY}").exit_code == 0
    degraded = heartbeat("digest", LANE, "--input", f"snapshot={project.snapshot}", "--strict")
    assert (degraded.exit_code, degraded.document["status"]) == (0, "degraded")


def test_require_complete_ends_with_4_on_a_degraded_digest_as_well(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    assert heartbeat("digest", LANE, "--require-complete").exit_code == 0
    for strict in ([], ["--strict"]):
        degraded = heartbeat("digest", LANE, "--input", f"snapshot={project.snapshot}", "--require-complete", *strict)
        assert (degraded.exit_code, degraded.document["status"]) == (4, "degraded")


def test_out_holds_the_document_that_is_printed(heartbeat: Heartbeat, tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "digest.json"
    printed = heartbeat("digest", LANE, "--out", out)
    assert out.read_text(encoding="utf-8") == printed.stdout
    assert [file.name for file in out.parent.iterdir()] == ["digest.json"]
    table = heartbeat("digest", LANE, "--out", out, "--table")
    assert json.loads(out.read_text(encoding="utf-8"))["status"] == "ok"
    assert "unknown_rate" in table.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--input", "evnts=x"], "--input evnts: lane citizen_product has the inputs events, snapshot, summary"),
        (["--input", "events"], "--input events: write NAME=VALUE"),
        (["--input", "events="], "write NAME=VALUE"),
        (["--input", "=x"], "write NAME=VALUE"),
        (["--input", "events=a", "--input", "events=b"], "--input events: given twice"),
        (["--threshold", "max_unknwon_rate=1"], "--threshold max_unknwon_rate: this lane has max_unknown_rate"),
        (["--threshold", "max_unknown_rate"], "--threshold max_unknown_rate: write NAME=VALUE"),
        (["--threshold", "max_unknown_rate=1", "--threshold", "max_unknown_rate=1"], "given twice"),
        (["--threshold", "max_unknown_rate=nan"], "is not a finite number"),
        (["--threshold", "max_unknown_rate=-inf"], "is not a finite number"),
        (["--threshold", "max_unknown_rate=1e999"], "is not a finite number"),
        (["--threshold", "max_unknown_rate=low"], "'low' is not a finite number"),
        (["--input", "events=/nowhere.jsonl"], "input events: /nowhere.jsonl: no such file or folder"),
        (["--input", "snapshot=/nowhere.json"], "input snapshot: /nowhere.json: no such file"),
        (["--input", "events=/nowhere/*.jsonl"], "input events: /nowhere/*.jsonl: no event files there"),
    ],
)
def test_wrong_usage_and_inputs_that_do_not_exist_end_with_2(
    heartbeat: Heartbeat, arguments: list[str], said: str
) -> None:
    assert said in heartbeat.fails(2, "digest", LANE, *arguments)


def test_an_empty_folder_given_as_events_ends_with_2(heartbeat: Heartbeat, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("no telemetry")
    assert "no event files there" in heartbeat.fails(2, "digest", LANE, "--input", f"events={tmp_path / 'empty'}")


def test_a_required_source_that_is_gone_ends_with_2(heartbeat: Heartbeat, project: CopiedProject) -> None:
    project.snapshot.unlink()
    assert heartbeat.fails(2, "digest", LANE) == f"input snapshot: {project.snapshot}: no such file"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[]", "holds a list; a JSON object is expected"),
        (b'"text"', "holds a text"),
        (b"null", "holds null"),
        (b"", "line 1, column 1: not JSON"),
        (b'{\n  "a": 1,\n  "b" 2\n}', "line 3, column 7: not JSON"),
        (b"\xff\xfe{}", "not UTF-8 text (byte 0)"),
        (b"[" * 100_000, "not JSON that can be read"),
    ],
)
def test_a_snapshot_that_cannot_be_read_ends_with_3_and_says_where(
    heartbeat: Heartbeat, project: CopiedProject, content: bytes, said: str
) -> None:
    project.snapshot.write_bytes(content)
    message = heartbeat.fails(3, "digest", LANE)
    assert str(project.snapshot) in message
    assert said in message


def test_a_folder_given_as_snapshot_ends_with_3(heartbeat: Heartbeat, project: CopiedProject) -> None:
    message = heartbeat.fails(3, "digest", LANE, "--input", f"snapshot={project.data}")
    assert message == f"input snapshot: {project.data} is a folder; give the JSON file itself"


@pytest.mark.parametrize("given", [True, False])
def test_a_gzip_file_that_is_cut_off_ends_with_3(heartbeat: Heartbeat, project: CopiedProject, given: bool) -> None:
    cut = project.events / "2026-02-24.jsonl.gz"
    cut.write_bytes(gzip.compress(BROKEN_DAY.read_bytes())[:-200])
    message = heartbeat.fails(3, "digest", LANE, *(["--input", f"events={project.events}"] if given else []))
    assert str(cut) in message
    assert "ends too early" in message


def test_events_that_are_binary_are_counted_as_parse_errors(heartbeat: Heartbeat, project: CopiedProject) -> None:
    (project.events / "noise.jsonl").write_bytes(random.Random(7).randbytes(20_000))
    lines = [line for file in project.events.iterdir() for line in file.read_bytes().split(b"\n") if line.strip()]
    for arguments in ([], ["--input", f"events={project.events}"]):
        digest = heartbeat("digest", LANE, *arguments).document
        assert digest["telemetry"]["events_total"] == len(lines)
        assert digest["telemetry"]["parse_errors"] == len(lines) - 5
        assert digest["metrics"]["drilldown_click_rate"] == 0.5


def test_nan_and_numbers_beyond_a_double_are_no_values(heartbeat: Heartbeat, project: CopiedProject) -> None:
    (project.events / "odd.jsonl").write_text(
        '{"sid": "a", "event": "first_answer", "elapsed_ms": 1e400, "duration_ms": 7000}\n'
        '{"sid": "b", "event": "first_answer", "elapsed_ms": "1e400", "tfa_ms": 9000}\n'
    )
    for pct in ("NaN", "1e400", "-Infinity", '"1e400"'):
        project.snapshot.write_text('{"meta": {"quality": {"unknown_pct": %s}}}' % pct)  # noqa: UP031
        digest = heartbeat("digest", LANE).document
        assert digest["metrics"]["unknown_rate"] is None
        assert digest["failure_reasons"] == ["unknown_rate_missing"]
    given = heartbeat("digest", LANE, "--input", f"events={project.events / 'odd.jsonl'}").document
    assert given["metrics"]["time_to_first_answer_seconds"] == 8.0


def test_a_line_of_50_megabytes_is_a_line_like_any_other(heartbeat: Heartbeat, project: CopiedProject) -> None:
    padding = b"x" * (50 * 1024 * 1024)
    (project.events / "long.jsonl").write_bytes(
        b'{"sid": "long", "event": "open_evidence", "pad": "' + padding + b'"}\n'
    )
    digest = heartbeat("digest", LANE, "--input", f"events={project.events}").document
    assert digest["telemetry"]["events_total"] == 6
    assert digest["telemetry"]["sessions_with_drilldown_click"] == 2
    assert digest["telemetry"]["parse_errors"] == 0


def test_out_writes_into_a_pipe_and_through_a_link_and_replaces_neither(heartbeat: Heartbeat, tmp_path: Path) -> None:
    real, link, pipe = tmp_path / "real.json", tmp_path / "link.json", tmp_path / "pipe"
    real.write_text("old")
    link.symlink_to(real)
    printed = heartbeat("digest", LANE, "--out", link).stdout
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == printed
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_text, encoding="utf-8")
        printed = heartbeat("digest", LANE, "--out", pipe).stdout
        assert read.result(timeout=30) == printed
    assert pipe.is_fifo()


@pytest.mark.parametrize("below", ["snapshot", "folder"])
def test_an_out_that_cannot_be_written_ends_with_3_and_prints_nothing(
    heartbeat: Heartbeat, project: CopiedProject, below: str
) -> None:
    out = project.snapshot / "digest.json" if below == "snapshot" else project.data
    before = sorted(project.folder.rglob("*.partial"))
    message = heartbeat.fails(3, "digest", LANE, "--input", f"events={project.events}", "--out", out)
    assert message.startswith(f"--out {out}: cannot be written")
    assert sorted(project.folder.rglob("*.partial")) == before


def test_a_home_that_cannot_be_written_ends_with_3(
    heartbeat: Heartbeat, project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_HOME", str(project.snapshot / "home"))
    for arguments in ([], ["--input", f"events={project.events}"]):
        assert "set HEARTBEAT_HOME" in heartbeat.fails(3, "digest", LANE, *arguments)


def test_a_period_that_is_none_is_refused_before_any_telemetry_is_read(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    assert "is not partitioned" in heartbeat.fails(2, "digest", LANE, "--period", "2026-02-23")
    assert not (project.home / "lanes").exists()
