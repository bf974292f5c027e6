"""Tests of judging: the verdict over a history as it stands."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.errors import InputMissing, InputUnreadable, UsageProblem
from heartbeat_assets.lanes import judging
from heartbeat_assets.lanes.judging import blocked_since, judge_file, judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.lanes.transfer import import_file
from heartbeat_assets_tests.lanes.histories import (
    NOW,
    another,
    digest_of,
    row_of,
    spec_with,
    write_history,
    write_rows,
)


def lane_of(lane: Lane, **window: Any) -> Lane:
    limits = {"max_failed": 0, "max_drilldown_violations": 1}
    return dataclasses.replace(another(lane), spec=spec_with(window={"limits": limits, **window}))


def naive_blocked_since(lane: Lane, file: Path, lines: list[bytes]) -> str:
    """Judges the history as it was after each row, from the first; says since when it is blocked at the end."""
    since = ""
    for length in range(1, len(lines) + 1):
        verdict = judge_file(lane, write_history(file, lines[:length]), now=NOW)
        if not verdict.blocking:
            since = ""
        elif not since:
            since = verdict.report["latest"]["run_at"]
    return since


MARKS = {
    "g": lambda day: json.dumps(row_of(day)).encode(),
    "f": lambda day: json.dumps(row_of(day, unknown=0.9)).encode(),
    "d": lambda day: json.dumps(row_of(day, drilldown=0.1)).encode(),
}


@settings(max_examples=30)
@given(
    st.integers(0, 40).flatmap(
        lambda size: st.lists(st.sampled_from("ggggggggggggggfd"), min_size=size, max_size=size)
    ),
    st.integers(1, 6),
    st.integers(1, 8),
)
def test_blocked_since_is_what_judging_after_each_row_says(
    lane: Lane, history: list[str], last: int, batch: int
) -> None:
    lane = lane_of(lane, last=last)
    lines = [MARKS[mark](day) for day, mark in enumerate(history)]
    file = lane.home / "history.jsonl"
    expected = naive_blocked_since(lane, file, lines)
    import_file(lane, write_history(file, lines))

    # Small batches, so that a history of forty is walked in several.
    whole_batch, judging._SINCE_BATCH = judging._SINCE_BATCH, batch
    try:
        assert blocked_since(lane, now=NOW) == expected
    finally:
        judging._SINCE_BATCH = whole_batch


def test_a_lane_that_has_always_been_blocked_is_blocked_since_its_first_row(lane: Lane) -> None:
    for day in range(3):
        append_to_ledger(lane, digest_of(day, unknown=0.9), now=NOW)

    assert blocked_since(lane, now=NOW) == row_of(0)["run_at"]


def test_without_a_row_nothing_is_blocked_since_any_time(lane: Lane) -> None:
    assert blocked_since(lane, now=NOW) == ""


def test_a_malformed_row_does_not_hide_since_when(lane: Lane, tmp_path: Path) -> None:
    lane = lane_of(lane, last=5)
    lines = [MARKS["g"](0), MARKS["f"](1), b"not json", MARKS["g"](3)]
    import_file(lane, write_history(tmp_path / "history.jsonl", lines))

    assert blocked_since(lane, now=NOW) == row_of(1)["run_at"]


def test_the_window_and_the_limits_can_be_given(lane: Lane) -> None:
    for day in range(4):
        append_to_ledger(lane, digest_of(day, wait=None if day == 1 else 30.0), now=NOW)

    assert judge_ledger(lane, now=NOW).report["degraded_in_window"] == 1
    assert judge_ledger(lane, last=2, now=NOW).report["status"] == "ok"
    lenient = judge_ledger(lane, limits={"max_degraded": "1", "max_degraded_rate_pct": "25"}, now=NOW)
    assert "max_degraded_exceeded" not in lenient.reasons
    assert lenient.report["thresholds"]["max_degraded"] == 1


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"max_faild": "1"}, r"--limit max_faild: this lane has no such limit; did you mean 'max_failed'"),
        ({"max_failed": "some"}, "--limit max_failed: 'some' is not a finite number"),
        ({"max_failed": "0.5"}, "--limit max_failed: counts rows, so it must be a whole number"),
        ({"max_failed_rate_pct": "nan"}, "--limit max_failed_rate_pct: 'nan' is not a finite number"),
        ({"max_age": "soon"}, "--limit max_age: 'soon' is no duration; write 90m, 36h or 2d"),
    ],
)
def test_a_limit_that_cannot_be_used_is_wrong_usage(lane: Lane, limits: dict[str, str], words: str) -> None:
    with pytest.raises(UsageProblem, match=words):
        judge_ledger(lane, limits=limits, now=NOW)


def test_strict_is_reported_as_it_was_asked_for(lane: Lane, tmp_path: Path) -> None:
    file = write_rows(tmp_path / "history.jsonl", [row_of()])

    assert judge_file(lane, file, strict=True, now=NOW).report["strict"] is True
    assert judge_ledger(lane, now=NOW).report["strict"] is False


def test_the_report_is_dated_in_whole_seconds(lane: Lane) -> None:
    report = judge_ledger(lane, now=NOW.replace(microsecond=999_999)).report

    assert report["generated_at"] == "2026-03-01T12:00:00+00:00"


def test_a_history_file_that_cannot_be_judged_is_named(lane: Lane, tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"nowhere\.jsonl: no such file"):
        judge_file(lane, tmp_path / "nowhere.jsonl")
    with pytest.raises(InputUnreadable, match="Is a directory"):
        judge_file(lane, tmp_path)
