"""`python -m benchmarks` (`make bench`): every speed claim of the project, measured in one run, as one table."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks import (
    backtest_speed,
    cockpit_speed,
    digest_speed,
    emit_speed,
    history_speed,
    kpi_source_speed,
    ledger_speed,
    metrics_speed,
)
from benchmarks.measure import Line, print_table


def main() -> int:
    """Measures and prints; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--full", action="store_true", help="also 20M raw lines and a ledger of 10M rows (30 GB, an hour)"
    )
    parser.add_argument("--quick", action="store_true", help="1M lines and short histories only (two minutes)")
    parser.add_argument("--folder", type=Path, help="keep the generated files here and use those that are there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="heartbeat-bench-") as temporary:
        folder = (options.folder or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        print_table(list(_lines(folder, options.quick, options.full)))
    return 0


def _lines(folder: Path, quick: bool, full: bool) -> list[Line]:
    environment = {"HEARTBEAT_HOME": str(folder / "home"), "DAGSTER_DISABLE_TELEMETRY": "1"}
    lines: list[Line] = []

    def add(step: str, more: list[Line]) -> None:
        print(f"measured: {step}", file=sys.stderr)
        lines.extend(more)

    add("1M raw lines", digest_speed.measure(folder, 1_000_000, 3 if quick else 5, environment))
    if not quick:
        add("5M raw lines", digest_speed.measure(folder, 5_000_000, 3, environment))
    if full:
        add("20M raw lines", digest_speed.measure(folder, 20_000_000, 1, environment, reader=False))
    for days in (10, 100) if quick else (10, 100, 365):
        add(f"{days} days", history_speed.measure(folder, days, 20_000 if quick else 100_000, environment))
    rows = 10_000_000 if full else 100_000 if quick else 1_000_000
    add("window verdicts", ledger_speed.measure_window(folder, rows))
    add("backtest", backtest_speed.measure(folder, 100_000 if quick else 1_000_000))
    add("appends", ledger_speed.measure_appends(folder))
    add("ticks of metrics", metrics_speed.measure(folder, 7 if quick else 30))
    add("KPI events", emit_speed.measure(folder / "emit", os.environ.get("HEARTBEAT_TEST_POSTGRES_URL")))
    add("KPI events as a source", kpi_source_speed.measure(folder / "emit", 100_000 if quick else 1_000_000))
    add("the cockpit", cockpit_speed.measure(folder, 7 if quick else 90, 10 if quick else 20))
    return lines


if __name__ == "__main__":
    sys.exit(main())
