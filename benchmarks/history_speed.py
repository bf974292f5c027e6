"""A digest after one more day's file, at 10, 100 and 365 days of history: what is new plus the rollups."""

from __future__ import annotations

import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

from benchmarks.digest_speed import SNAPSHOT, digest_command, events_file
from benchmarks.measure import Line, run_once

_FIRST_DAY = date(2025, 1, 1)


def measure(folder: Path, days: int, lines_a_day: int, environment: dict[str, str]) -> list[Line]:
    """Lines of the table for `days` of history with `lines_a_day` lines each."""
    project = _project(folder / f"history-{days}")
    telemetry = project / "data" / "citizen_product" / "events"
    # The days before share one file's content; what it costs to merge them is the same.
    made = [events_file(folder, lines_a_day, seed=seed) for seed in range(1, 6)]
    for number in range(days):
        day = _FIRST_DAY + timedelta(days=number)
        (telemetry / f"{day}.jsonl").hardlink_to(made[number % len(made)])
    here = {**environment, "HEARTBEAT_PROJECT": str(project), "HEARTBEAT_HOME": str(project / ".heartbeat")}
    command = [str(Path(sys.executable).with_name("heartbeat")), "digest", "citizen_product", "--json"]
    run_once(command, here)
    nothing_new = run_once(command, here)
    shutil.copyfile(made[0], telemetry / f"{_FIRST_DAY + timedelta(days=days)}.jsonl")
    one_more = run_once(command, here)
    raw = run_once(digest_command(telemetry), here)
    name = f"digest after 1 more day of {lines_a_day:,} lines, {days} days before"
    return [
        Line(name, f"{one_more.seconds:.2f} s", f"nothing new {nothing_new.seconds:.2f} s",
             f"+{one_more.seconds - nothing_new.seconds:.2f} s"),
        Line("", "", f"all raw again {raw.seconds:.2f} s", f"{raw.seconds / one_more.seconds:.1f}x faster"),
    ]  # fmt: skip


def _project(folder: Path) -> Path:
    """A project of its own with the shipped lane and an empty telemetry folder."""
    shutil.rmtree(folder, ignore_errors=True)
    root = SNAPSHOT.parent.parent.parent
    shutil.copytree(root / "heartbeat_assets" / "defs", folder / "heartbeat_assets" / "defs")
    shutil.copy(root / "pyproject.toml", folder / "pyproject.toml")
    (folder / "data" / "citizen_product" / "events").mkdir(parents=True)
    shutil.copy(SNAPSHOT, folder / "data" / "citizen_product" / "snapshot.json")
    return folder
