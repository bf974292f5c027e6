"""The ledger: a window verdict on a short and on a very long history, and eight processes appending at once."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measure import Line
from heartbeat_assets.lanes.heartbeat import build_row
from heartbeat_assets.lanes.history import HistoryRow, as_entry, render_line
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.ledger import NewEntry, open_ledger
from heartbeat_assets.settings import load_settings

_WRITERS, _ROWS = 8, 2_000
_VERDICTS = 200
_START = datetime(2000, 1, 1, tzinfo=UTC)


def _lane(folder: Path, name: str) -> Lane:
    settings = replace(load_settings(), home=folder / name, ledger_url=f"sqlite:///{folder / name}.sqlite")
    return replace(find_lane(settings, "citizen_product"), settings=settings)


def _entries(lane: Lane, count: int) -> Iterator[NewEntry]:
    """Good heartbeats, a minute apart."""
    digest = {
        "metrics": {"unknown_rate": 0.2, "time_to_first_answer_seconds": 30.0, "drilldown_click_rate": 0.5},
        "thresholds": {kpi.threshold_name: kpi.threshold for kpi in lane.spec.kpis},
        "checks": {kpi.check_name: True for kpi in lane.spec.kpis} | {"contract_complete": True},
        "status": "ok",
    }
    row = build_row(lane.spec, digest)
    for number in range(count):
        run_at = (_START + timedelta(minutes=number)).isoformat()
        row |= {"run_at": run_at, "digest_generated_at": run_at, "heartbeat_id": f"{number:064x}"}
        yield as_entry(HistoryRow(0, render_line(row), row))


def measure_window(folder: Path, rows: int) -> list[Line]:
    """The verdict over the last 20 of 10 rows and of `rows` rows, in one process, medians of many."""
    medians = []
    for count in (10, rows):
        lane = _lane(folder, f"window-{count}")
        ledger = open_ledger(lane.settings.ledger_url)
        if ledger.size(lane.name) == 0:
            ledger.import_entries(lane.name, _entries(lane, count))
        if ledger.size(lane.name) != count:
            raise SystemExit(f"{lane.settings.ledger_url} is left from a run that was stopped; remove it")
        medians.append(statistics.median(_verdict_seconds(lane) for _ in range(_VERDICTS)))
    short, long = medians
    return [Line(f"window verdict over {rows:,} rows", f"{long * 1000:.2f} ms", f"over 10 rows {short * 1000:.2f} ms",
                 f"{long / short:.2f}x its time")]  # fmt: skip


def _verdict_seconds(lane: Lane) -> float:
    started = time.perf_counter()
    judge_ledger(lane)
    return time.perf_counter() - started


def measure_appends(folder: Path) -> list[Line]:
    """Eight processes append to one lane at once, a tenth of the rows duplicates of another's."""
    lane = _lane(folder, "appends")
    Path(lane.settings.ledger_url.removeprefix("sqlite:///")).unlink(missing_ok=True)
    open_ledger(lane.settings.ledger_url)
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.ledger_speed", str(folder)]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(_WRITERS)]
    if any(writer.wait() for writer in writers):
        raise SystemExit("a writer failed")
    seconds = time.perf_counter() - started
    verified = open_ledger(lane.settings.ledger_url).verify(lane.name)
    expected = _WRITERS * _ROWS - (_WRITERS - 1) * _ROWS // 10
    if not verified.unbroken or verified.entries != expected:
        raise SystemExit(f"{verified.entries} rows where {expected} are expected; {verified.reason}")
    return [Line(f"{_WRITERS} processes append {_ROWS:,} rows each, duplicates among them", f"{seconds:.1f} s",
                 f"{expected:,} rows, chain unbroken", f"{_WRITERS * _ROWS / seconds:,.0f} a second")]  # fmt: skip


def _write(folder: Path, writer: int) -> None:
    lane = _lane(folder, "appends")
    ledger = open_ledger(lane.settings.ledger_url)
    for entry in _entries(lane, _ROWS):
        number = int(str(entry.heartbeat_id), 16)
        key = entry.entry_key if number < _ROWS // 10 else json.dumps([writer, number])
        ledger.append(lane.name, replace(entry, entry_key=key, heartbeat_id=key))


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]))
