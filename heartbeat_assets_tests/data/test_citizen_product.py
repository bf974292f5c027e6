"""The fixtures of lane citizen_product are what their script writes and say what their README promises.

They are read with the baseline reader, so that a fault in the package cannot hide a fault in the fixtures.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks import python_reader
from benchmarks.python_reader import digest, event_lines, read_object

DATA = Path(__file__).resolve().parents[2] / "data"
SCRIPT = DATA / "make_citizen_product.py"
LANE = DATA / "citizen_product"
KNOWN_RUN = LANE / "events" / "2026-02-23.jsonl"
BROKEN = LANE / "broken" / "2026-02-24.jsonl"
BAD_WEEK = {f"2026-01-{day}" for day in range(19, 26)}
SLOW_DAYS = {"2026-01-21", "2026-01-22", "2026-01-23"}
NO_ANSWER_DAY = "2026-01-30"
SERIES = sorted((LANE / "series").iterdir())


def digest_of(*files: Path) -> dict[str, Any]:
    """Return the digest of some event files together, with the bundled snapshot."""
    lines = (line for file in files for line in event_lines(file))
    return digest(lines, read_object(LANE / "snapshot.json"))


def session_ids(file: Path) -> set[str]:
    """Return the ids of the sessions in an event file."""
    events = (python_reader.read_event(line) for line in event_lines(file))
    return {event.session_id for event in events if event is not None}


def objects_of_the_series() -> list[dict[str, Any]]:
    """Return every line of the series that is an object."""
    found = []
    for file in SERIES:
        for line in event_lines(file):
            if python_reader.read_event(line) is not None:
                found.append(json.loads(line))
    return found


def test_the_files_are_what_the_script_writes() -> None:
    run = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_known_run_gives_the_known_figures() -> None:
    document = digest_of(KNOWN_RUN)
    assert document["metrics"] == {
        "unknown_rate": 0.175676,
        "time_to_first_answer_seconds": 30.0,
        "drilldown_click_rate": 0.5,
        "unknown_rate_source": "party_topic_positions.stance",
    }
    assert document["telemetry"] == {
        "sessions_total": 2,
        "sessions_with_first_answer": 2,
        "sessions_with_drilldown_click": 1,
        "events_total": 5,
        "parse_errors": 0,
    }
    assert document["status"] == "ok"


def test_the_snapshot_has_74_positions_and_13_unknown_ones_in_more_than_one_spelling() -> None:
    positions = read_object(LANE / "snapshot.json")["party_topic_positions"]
    stances = [position["stance"] for position in positions]
    unknown = [stance for stance in stances if python_reader.token(stance) in ("no_signal", "unclear")]
    assert (len(stances), len(unknown)) == (74, 13)
    assert {"No Signal", "no-signal", "unclear"} < set(unknown)


def test_the_series_is_45_days_without_a_gap_that_end_the_day_before_the_known_run() -> None:
    days = [date.fromisoformat(file.stem) for file in SERIES]
    assert days == [date(2026, 1, 9) + timedelta(days=offset) for offset in range(45)]
    assert days[-1] + timedelta(days=1) == date.fromisoformat(KNOWN_RUN.stem)


@pytest.mark.parametrize("file", SERIES, ids=lambda file: file.stem)
def test_a_day_is_good_or_bad_as_the_readme_says(file: Path) -> None:
    document = digest_of(file)
    reasons = []
    if file.stem in BAD_WEEK:
        reasons.append("drilldown_click_rate_below_threshold")
    if file.stem in SLOW_DAYS:
        reasons.append("time_to_first_answer_above_threshold")
    missing = ["time_to_first_answer_seconds"] if file.stem == NO_ANSWER_DAY else []
    assert document["failure_reasons"] == reasons
    assert document["missing_metrics"] == missing
    assert document["status"] == ("failed" if reasons else "degraded" if missing else "ok")


@pytest.mark.parametrize("file", SERIES, ids=lambda file: file.stem)
def test_a_day_is_small_and_has_some_dirt_and_a_blank_line(file: Path) -> None:
    telemetry = digest_of(file)["telemetry"]
    assert 30 <= telemetry["sessions_total"] <= 60
    assert 0 < telemetry["parse_errors"] <= 0.02 * telemetry["events_total"]
    assert any(not line.strip() for line in event_lines(file))


def test_the_series_uses_every_alias_of_the_contract() -> None:
    used = {key for row in objects_of_the_series() for key in row}
    for keys in ("SESSION_ID_KEYS", "EVENT_KEYS", "AT_KEYS", "ELAPSED_KEYS"):
        assert set(getattr(python_reader, keys)) <= used, keys


def test_the_series_uses_every_event_name_of_the_contract() -> None:
    rows = objects_of_the_series()
    used = {python_reader.token(python_reader.first_text(row, python_reader.EVENT_KEYS)) for row in rows}
    assert used >= python_reader.SESSION_START | python_reader.FIRST_ANSWER | python_reader.DRILLDOWN


def test_every_night_a_session_runs_past_midnight_and_counts_once_in_a_digest_over_both_days() -> None:
    for today, tomorrow in pairwise(SERIES):
        shared = session_ids(today) & session_ids(tomorrow)
        apart = [digest_of(file)["telemetry"]["sessions_total"] for file in (today, tomorrow)]
        together = digest_of(today, tomorrow)["telemetry"]["sessions_total"]
        assert shared, today.stem
        assert together == sum(apart) - len(shared), today.stem


def test_the_broken_day_added_to_the_known_run_fails_both_telemetry_thresholds() -> None:
    document = digest_of(KNOWN_RUN, BROKEN)
    assert document["metrics"]["drilldown_click_rate"] == 0.05
    assert document["failure_reasons"] == [
        "drilldown_click_rate_below_threshold",
        "time_to_first_answer_above_threshold",
    ]
