"""Tests of recording: recording a digest as a heartbeat."""

import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.errors import HeartbeatError, InputUnreadable
from heartbeat_assets.lanes.history import file_rows
from heartbeat_assets.lanes.judging import judge_file, judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.recording import append_to_file, append_to_ledger
from heartbeat_assets.lanes.transfer import export_lines
from heartbeat_assets.ledger import Ledger
from heartbeat_assets_tests.lanes.histories import (
    NOW,
    ROOT,
    another,
    digest_of,
    row_of,
    spec_with,
    write_history,
    write_rows,
)

REPORT_FIELDS = [
    "generated_at", "strict", "history_size_before", "history_size_after", "history_malformed_lines_before",
    "appended", "duplicate_detected", "validation_errors", "strict_fail_reasons", "heartbeat", "status",
]  # fmt: skip
KINDS: dict[str, dict[str, Any]] = {
    "ok": digest_of(1),
    "degraded": digest_of(2, wait=None),
    "failed": digest_of(3, unknown=0.9),
    "failed without reason": {**digest_of(4), "status": "weird", "checks": {}},
    "no date": {**digest_of(5), "generated_at": None},
    "out of range": {**digest_of(6), "metrics": {"unknown_rate": 7, "drilldown_click_rate": -1}},
    "empty": {},
    "wrapped": {"digest": digest_of(7)},
}


@settings(max_examples=30)
@given(st.lists(st.sampled_from(sorted(KINDS)), max_size=8))
def test_the_ledger_and_a_file_give_the_same_reports_and_the_same_history(lane: Lane, kinds: list[str]) -> None:
    lane = another(lane)
    file = lane.home / "history.jsonl"
    for kind in kinds:
        to_ledger = append_to_ledger(lane, KINDS[kind], now=NOW)
        to_file = append_to_file(lane, KINDS[kind], file, now=NOW)

        assert to_ledger == to_file
        assert list(to_ledger) == REPORT_FIELDS
    if kinds and file.exists():
        assert b"".join(export_lines(lane)) == file.read_bytes()
        assert judge_ledger(lane, now=NOW).report == judge_file(lane, file, now=NOW).report


def test_a_row_that_is_already_there_is_not_appended_again(lane: Lane) -> None:
    first = append_to_ledger(lane, digest_of(), now=NOW)
    second = append_to_ledger(lane, {"digest": digest_of()}, now=NOW)

    assert (first["appended"], first["duplicate_detected"]) == (True, False)
    assert (second["appended"], second["duplicate_detected"]) == (False, True)
    assert (second["history_size_before"], second["history_size_after"]) == (1, 1)
    assert second["status"] == "ok"


@pytest.mark.parametrize(
    ("kind", "status", "reasons", "appended"),
    [
        ("ok", "ok", [], True),
        ("degraded", "degraded", [], True),
        ("failed", "failed", ["heartbeat_status_failed", "unknown_rate_above_threshold"], True),
        ("failed without reason", "failed", ["heartbeat_status_failed", "failed_without_reason"], True),
        ("no date", "failed", ["validation:missing_run_at"], False),
        (
            "out of range",
            "failed",
            ["validation:invalid_unknown_rate", "validation:invalid_drilldown_click_rate"],
            False,
        ),
        (
            "empty",
            "failed",
            ["validation:missing_run_at", "heartbeat_status_failed", "failed_without_reason"],
            False,
        ),
    ],
)
def test_a_report_says_what_became_of_the_digest(
    lane: Lane, kind: str, status: str, reasons: list[str], appended: bool
) -> None:
    report = append_to_ledger(lane, KINDS[kind], now=NOW, strict=True)

    assert (report["status"], report["strict_fail_reasons"]) == (status, reasons)
    assert (report["appended"], report["strict"]) == (appended, True)
    assert report["history_size_after"] == appended


def test_the_dagster_run_is_recorded_with_the_row(lane: Lane) -> None:
    from heartbeat_assets.ledger import open_ledger

    append_to_ledger(lane, digest_of(), now=NOW, dagster_run_id="run-7")

    head = open_ledger(lane.settings.ledger_url).head(lane.name)
    assert head is not None
    assert head.dagster_run_id == "run-7"


def test_malformed_lines_of_a_file_are_counted_and_kept(lane: Lane, tmp_path: Path) -> None:
    file = write_history(tmp_path / "history.jsonl", [b"not json", json.dumps(row_of(1)).encode(), b"", b"[1]"])

    report = append_to_file(lane, digest_of(2), file, now=NOW)

    assert report["history_size_before"] == 3
    assert report["history_malformed_lines_before"] == 2
    assert [row.malformed for row in file_rows(file)] == [True, False, True, False]


def test_a_file_without_a_line_end_at_its_end_gets_one(lane: Lane, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "history.jsonl", [row_of(1)])
    file.write_bytes(file.read_bytes().removesuffix(b"\n"))

    report = append_to_file(lane, digest_of(2), file, now=NOW)

    assert report["history_size_after"] == 2
    assert [row.run_at[:10] for row in file_rows(file)] == ["2026-01-02", "2026-01-03"]
    assert file.read_bytes().endswith(b"}\n")


def test_a_clock_that_runs_backwards_does_not_change_the_order(lane: Lane, tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    for day in (5, 2):
        append_to_ledger(lane, digest_of(day), now=NOW)
        append_to_file(lane, digest_of(day), file, now=NOW)

    for verdict in (judge_ledger(lane, now=NOW), judge_file(lane, file, now=NOW)):
        assert [row.run_at[:10] for row in verdict.rows] == ["2026-01-06", "2026-01-03"]
        assert verdict.report["latest"]["run_at"][:10] == "2026-01-03"


def test_a_digest_that_is_refused_makes_no_file(lane: Lane, tmp_path: Path) -> None:
    append_to_file(lane, {}, tmp_path / "new" / "history.jsonl", now=NOW)

    assert not (tmp_path / "new" / "history.jsonl").exists()


def test_a_history_that_is_a_folder_cannot_be_read(lane: Lane, tmp_path: Path) -> None:
    with pytest.raises(InputUnreadable, match="history"):
        append_to_file(lane, digest_of(), tmp_path, now=NOW)


def test_a_history_that_cannot_be_written_is_a_clear_error(lane: Lane, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(HeartbeatError, match="cannot be written"):
        append_to_file(lane, digest_of(), tmp_path / "file" / "history.jsonl", now=NOW)


_WRITER = """
import sys
import time
from pathlib import Path
from heartbeat_assets.lanes.lane import find_lane
from heartbeat_assets.lanes import recording
from heartbeat_assets.settings import load_settings
from heartbeat_assets_tests.lanes.histories import NOW, digest_of

# A pause between looking and writing, in which another process without a lock would write the same row.
write = recording._append_line
recording._append_line = lambda *row: (time.sleep(0.005), write(*row))
lane = find_lane(load_settings(), "citizen_product")
history, start = Path(sys.argv[1]), Path(sys.argv[2])
history.with_name(f"ready-{sys.argv[3]}").touch()
while not start.exists():
    time.sleep(0.001)
for day in [*range(15), 100 + int(sys.argv[3])]:
    recording.append_to_file(lane, digest_of(day), history, now=NOW)
"""


def test_processes_that_append_to_one_file_at_once_lose_and_repeat_nothing(lane: Lane, tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    start = tmp_path / "start"
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(file), str(start), str(number)], cwd=ROOT)
        for number in range(3)
    ]
    # At the same moment, so that each finds the days the others are just writing.
    while len(list(tmp_path.glob("ready-*"))) < len(writers) and all(writer.poll() is None for writer in writers):
        time.sleep(0.01)
    start.touch()

    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    rows = list(file_rows(file))
    assert not any(row.malformed for row in rows)
    assert sorted(row.run_at for row in rows) == [row_of(day)["run_at"] for day in [*range(15), 100, 101, 102]]


def digest_of_day(day: int, wait: float = 30.0) -> dict[str, Any]:
    """The digest of the day that ended at noon, `day` days after New Year."""
    digest = digest_of(day, wait=wait)
    return digest | {"period": {"key": f"day-{day}"}, "events_in_period": 1}


def daily(lane: Lane) -> Lane:
    spec = spec_with(sensor=None, partitions={"by": "day", "start": "2026-01-01"})
    return dataclasses.replace(lane, spec=spec)


def test_a_digest_of_a_period_under_a_key_is_stamped_like_any_other(lane: Lane) -> None:
    first = append_to_ledger(daily(lane), {"digest": digest_of_day(1)}, now=NOW)
    again = append_to_ledger(daily(lane), digest_of_day(1), now=NOW)
    assert first["heartbeat"]["revision"] == 1
    assert (again["appended"], again["duplicate_detected"]) == (False, True)


def test_a_digest_without_its_period_is_refused_by_a_partitioned_lane(lane: Lane) -> None:
    report = append_to_ledger(daily(lane), digest_of(1), now=NOW)
    assert report["validation_errors"] == ["missing_period"]


def test_two_that_revise_a_period_at_once_make_two_revisions(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = daily(lane)
    append_to_ledger(whole, digest_of_day(1), now=NOW)
    append_at = Ledger.append_at
    others = [digest_of_day(1, wait=40.0)]

    def somebody_is_faster(self: Ledger, *arguments: Any, **named: Any) -> Any:
        if others:
            append_to_ledger(whole, others.pop(), now=NOW)
        return append_at(self, *arguments, **named)

    monkeypatch.setattr(Ledger, "append_at", somebody_is_faster)
    report = append_to_ledger(whole, digest_of_day(1, wait=50.0), now=NOW)
    assert report["heartbeat"]["revision"] == 3
