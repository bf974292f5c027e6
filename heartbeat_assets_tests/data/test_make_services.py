"""The generated past of the services: every hour always the same, nothing written twice, completed after a kill."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "data" / "make_services.py"
NOON = "2026-03-10T12:00Z"
EVENING = "2026-03-10T19:00Z"


def make(out: Path, until: str, *more: str) -> str:
    """Run the script for three days or as `more` says; return what it prints."""
    command = [sys.executable, str(SCRIPT), "--out", str(out), "--until", until, "--days", "3", *more]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def contents(out: Path) -> dict[str, bytes]:
    """Return every file below `out`, hidden ones too."""
    return {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()}


def versions(out: Path) -> dict[str, tuple[int, int]]:
    """Return what changes of every file when it is written again, even with the same content."""
    return {str(file.relative_to(out)): (file.stat().st_ino, file.stat().st_mtime_ns) for file in out.rglob("*.*")}


def reviews(out: Path) -> list[dict[str, str]]:
    """Return the rows of the table of reviews."""
    return list(csv.DictReader((out / "legal_register" / "reviews.csv").read_text(encoding="utf-8").splitlines()))


def test_the_same_hour_gives_the_same_bytes_however_the_end_was_reached(tmp_path: Path) -> None:
    for until in ("2026-03-09T05:00Z", NOON, EVENING):
        make(tmp_path / "in steps", until, "--days", "1")
    make(tmp_path / "at once", EVENING, "--days", "2")
    assert contents(tmp_path / "in steps") == contents(tmp_path / "at once")


def test_running_it_again_writes_nothing(tmp_path: Path) -> None:
    assert "6 files written" in make(tmp_path, NOON)
    before = versions(tmp_path)
    assert "nothing new" in make(tmp_path, "2026-03-10T12:59:59Z")
    assert versions(tmp_path) == before


def test_a_later_end_leaves_past_days_and_extends_the_day_by_whole_lines(tmp_path: Path) -> None:
    make(tmp_path, NOON)
    events = tmp_path / "citizen_app" / "events"
    past, day = versions(events), (events / "2026-03-10.jsonl").read_bytes()
    make(tmp_path, "2026-03-11T08:00Z")
    after = versions(events)
    assert {name for name in past if after[name] != past[name]} == {"2026-03-10.jsonl"}
    longer = (events / "2026-03-10.jsonl").read_bytes()
    assert day.endswith(b"\n")
    assert longer.startswith(day)
    assert len(longer) > len(day)
    assert (events / "2026-03-11.jsonl").is_file()


def test_an_earlier_end_takes_nothing_back(tmp_path: Path) -> None:
    make(tmp_path, EVENING)
    before = versions(tmp_path)
    for until in (NOON, "2026-03-09T08:00Z", "2026-01-01"):
        assert "nothing new" in make(tmp_path, until)
    assert versions(tmp_path) == before


def test_every_event_lies_in_the_file_of_its_day_before_the_end_and_in_order(tmp_path: Path) -> None:
    make(tmp_path, NOON)
    files = sorted((tmp_path / "citizen_app" / "events").iterdir())
    assert [file.stem for file in files] == ["2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10"]
    for file in files:
        times = [json.loads(line)["timestamp"] for line in file.read_text(encoding="utf-8").splitlines()]
        assert times == sorted(times)
        assert {at[:10] for at in times} == {file.stem}
    assert times[-1] < "2026-03-10T12"


def test_a_review_is_open_until_the_end_of_the_data_reaches_its_closing(tmp_path: Path) -> None:
    make(tmp_path, "2026-03-06T12:00Z")
    early = reviews(tmp_path)
    make(tmp_path, "2026-03-20T12:00Z")
    late = {row["review_id"]: row for row in reviews(tmp_path)}
    open_then = [row for row in early if not row["closed_at"]]
    assert open_then
    for row in early:
        now = late[row["review_id"]]
        assert (row["opened_at"], row["norm_id"], row["reopened"]) == (
            now["opened_at"],
            now["norm_id"],
            now["reopened"],
        )
        assert row["closed_at"] in ("", now["closed_at"])
        assert bool(row["outcome"]) is bool(row["closed_at"]) is (now["closed_at"][:13] < "2026-03-06T12")
    assert all(row["opened_at"] < row["closed_at"] for row in late.values() if row["closed_at"])


def test_what_a_killed_run_did_not_come_to_is_completed_by_the_next(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    make(whole, EVENING, "--days", "30")
    for place in range(3):
        out = tmp_path / f"killed {place}"
        command = [sys.executable, str(SCRIPT), "--out", str(out), "--until", EVENING, "--days", "30"]
        with subprocess.Popen(command) as run:
            # Killed as soon as some files are there, at whatever it is doing then.
            while len(list(out.rglob("*.jsonl"))) < 1 + 10 * place and run.poll() is None:
                time.sleep(0.002)
            run.kill()
        make(out, EVENING, "--days", "30")
        left = {name: content for name, content in contents(out).items() if not name.endswith(".partial")}
        assert left == contents(whole)


def test_what_a_killed_run_left_is_hidden_and_removed_after_a_while(tmp_path: Path) -> None:
    make(tmp_path, NOON)
    left = tmp_path / "citizen_app" / "events" / ".2026-03-10.jsonl.4711.partial"
    left.write_text('{"session_id":"we', encoding="utf-8")
    make(tmp_path, NOON)
    assert left.exists(), "it may be that of a run that is under way"
    two_hours_ago = time.time() - 7200
    os.utime(left, (two_hours_ago, two_hours_ago))
    make(tmp_path, NOON)
    assert not left.exists()


def test_a_day_that_was_removed_is_made_again(tmp_path: Path) -> None:
    make(tmp_path, NOON)
    before = contents(tmp_path)
    (tmp_path / "citizen_app" / "events" / "2026-03-08.jsonl").unlink()
    assert "1 file written" in make(tmp_path, NOON)
    assert contents(tmp_path) == before


def test_it_reaches_92_days_back_from_the_current_hour_is_small_and_quick(tmp_path: Path) -> None:
    started = time.monotonic()
    subprocess.run([sys.executable, str(SCRIPT), "--out", str(tmp_path)], capture_output=True, check=True)
    assert time.monotonic() - started < 20
    files = contents(tmp_path)
    assert sum(map(len, files.values())) < 15_000_000
    days = sorted(name[-16:-6] for name in files if name.endswith(".jsonl"))
    assert len(days) in (92, 93)  # 92 at the first hour of a day, whose file is not there yet
    newest = max(line.split(",")[0] for line in files["legal_register/ingestions.csv"].decode().splitlines()[1:])
    assert datetime.now(UTC) - datetime.fromisoformat(newest) < timedelta(hours=4)


def test_people_come_by_day_and_on_working_days(tmp_path: Path) -> None:
    make(tmp_path, "2026-03-30", "--days", "28")
    hours, weekdays = Counter[int](), Counter[int]()
    for file in (tmp_path / "citizen_app" / "events").iterdir():
        for line in file.read_text(encoding="utf-8").splitlines():
            at = datetime.fromisoformat(json.loads(line)["timestamp"])
            hours[at.hour] += 1
            weekdays[at.weekday()] += 1
    assert hours[19] > 5 * hours[3] > 0
    assert min(weekdays[day] for day in range(4)) > max(weekdays[5], weekdays[6])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--until", "yesterday"], "'yesterday' is not a time like"),
        (["--days", "0"], "'0' is not a number of days"),
    ],
)
def test_a_wrong_argument_is_refused(tmp_path: Path, arguments: list[str], said: str) -> None:
    command = [sys.executable, str(SCRIPT), "--out", str(tmp_path), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, said in run.stderr) == (2, True)
    assert contents(tmp_path) == {}


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    command = [sys.executable, str(SCRIPT), "--until", NOON, "--out", str(tmp_path / "taken")]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "give another folder with --out" in run.stderr
    assert "Traceback" not in run.stderr
