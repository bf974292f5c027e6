"""A backtest of a long history in one pass, against judging the window of every row by itself."""

from __future__ import annotations

import json
import random
import sys
import time
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measure import Line, run_once
from heartbeat_assets.lanes.digest import build_digest
from heartbeat_assets.lanes.heartbeat import build_row
from heartbeat_assets.lanes.history import HistoryRow, as_entry, ledger_rows, render_line
from heartbeat_assets.lanes.judging import lane_rules
from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.lanes.window import blocks
from heartbeat_assets.ledger import NewEntry, open_ledger
from heartbeat_assets.settings import load_settings

_START = datetime(2000, 1, 1, tzinfo=UTC)
_SAMPLE = 2_000
_LAST = 50
_LIMITS = {"max_failed": "2", "max_failed_rate_pct": "5", "max_drilldown_violations": "2"}
# What a window of 50 is asked for beside: the other limits of the lane stay.
_OPTIONS = ["--last", str(_LAST), *(part for name, limit in _LIMITS.items() for part in ("--limit", f"{name}={limit}"))]


def measure(folder: Path, rows: int) -> list[Line]:
    """Lines of the table for a history of `rows` heartbeats, no two alike, one in a hundred of them bad."""
    lane = _lane(folder, rows)
    ledger = open_ledger(lane.settings.ledger_url)
    if ledger.size(lane.name) == 0:
        ledger.import_entries(lane.name, _entries(lane, rows))
    if ledger.size(lane.name) != rows:
        raise SystemExit(f"{lane.settings.ledger_url} is left from a run that was stopped; remove it")
    here = {"HEARTBEAT_HOME": str(lane.settings.home), "HEARTBEAT_LEDGER_URL": lane.settings.ledger_url}
    command = [str(Path(sys.executable).with_name("heartbeat")), "backtest", lane.name, "--json", *_OPTIONS]
    run = run_once(command, here)
    plotted = run_once([*command, "--plot", str(folder / "backtest.svg")], here)
    one_by_one = rows * _seconds_a_row(lane, rows, json.loads(run.output))
    return [
        Line(f"backtest of {rows:,} rows, two policies", f"{run.seconds:.1f} s", f"row by row {one_by_one:,.0f} s",
             f"{one_by_one / run.seconds:,.0f}x faster"),
        Line("", f"{run.peak_mib:.0f} MiB", f"with its chart {plotted.seconds:.1f} s",
             f"{plotted.seconds / run.seconds:.1f}x its time"),
    ]  # fmt: skip


def _lane(folder: Path, rows: int) -> Lane:
    home = folder / f"backtest-{rows}"
    settings = replace(load_settings(), home=home, ledger_url=f"sqlite:///{home}.sqlite")
    return replace(find_lane(settings, "citizen_product"), settings=settings)


def _entries(lane: Lane, count: int) -> Iterator[NewEntry]:
    rng = random.Random(7)
    kinds = [
        build_row(lane.spec, build_digest(lane.spec, metrics, generated_at=_START))
        for metrics in (_metrics(rng, 0.4), _metrics(rng, 0.05))
    ]
    for number in range(count):
        bad = rng.random() < 0.01
        run_at = (_START + timedelta(minutes=number)).isoformat()
        row = kinds[bad] | _metrics(rng, 0.05 if bad else 0.4)
        row |= {"run_at": run_at, "digest_generated_at": run_at, "heartbeat_id": f"{number:064x}"}
        yield as_entry(HistoryRow(0, render_line(row), row))


def _metrics(rng: random.Random, drilldown: float) -> dict[str, float | None]:
    """KPI values of their own, of which only the last may break its threshold."""
    return {
        "unknown_rate": round(0.2 + 0.1 * rng.random(), 6),
        "time_to_first_answer_seconds": round(30 + 20 * rng.random(), 6),
        "drilldown_click_rate": round(drilldown + 0.1 * rng.random(), 6),
    }


def _seconds_a_row(lane: Lane, rows: int, document: dict[str, Any]) -> float:
    """What judging the windows of both policies at a row costs, over a sample; both ways must say the same."""
    ledger = open_ledger(lane.settings.ledger_url)
    policies = (
        ("current", lane.spec.window.last, lane_rules(lane)),
        ("proposed", _LAST, lane_rules(lane, _LIMITS)),
    )
    places = random.Random(1).sample(range(1, rows + 1), _SAMPLE)
    seconds = 0.0
    for name, last, rules in policies:
        covered = _Covered(document["episodes"][name])
        for place in places:
            started = time.perf_counter()
            window = list(ledger_rows(ledger.last(lane.name, last, before_place=place + 1)))
            blocked = blocks(lane.spec, window, rules, _START)
            seconds += time.perf_counter() - started
            if blocked is not covered.at(window[-1].run_at):
                raise SystemExit(f"row {place} is judged differently by the {name} policy")
    return seconds / _SAMPLE


class _Covered:
    """Looks up whether an instant lies in an episode."""

    def __init__(self, episodes: list[dict[str, Any]]) -> None:
        self._begins = [episode["from_run_at"] for episode in episodes]
        self._ends = [episode["until_run_at"] or "9999" for episode in episodes]

    def at(self, run_at: str) -> bool:
        found = bisect_right(self._begins, run_at)
        return found > 0 and run_at < self._ends[found - 1]
