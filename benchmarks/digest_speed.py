"""A digest of raw NDJSON, whole process, against the plain Python reader and against the engine's bare scan."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.measure import Line, Run, in_turn, run_once

ROOT = Path(__file__).resolve().parent.parent
SNAPSHOT = ROOT / "data" / "citizen_product" / "snapshot.json"
_SCAN = """
import sys
import duckdb
from heartbeat_assets.telemetry import typed_sql, values
columns = ", ".join(f'count("{key}")' for key in values.ALL_KEYS)
lines = typed_sql.raw_lines([sys.argv[1]], typed_sql.LINE_LIMITS[0])
with duckdb.connect() as connection:
    print(connection.execute(f"SELECT {columns} FROM {lines}").fetchall())
"""


def events_file(folder: Path, lines: int, *, day: str = "2026-02-23", seed: int = 7) -> Path:
    """A generated event file of so many lines, made unless it is there."""
    path = folder / f"events-{lines}-{day}-{seed}.jsonl"
    if not path.exists():
        maker = [sys.executable, str(ROOT / "benchmarks" / "make_events.py"), "--lines", str(lines)]
        run_once([*maker, "--out", str(path), "--day", day, "--seed", str(seed)])
    return path


def digest_command(events: Path) -> list[str]:
    """The command line of a raw digest."""
    heartbeat = str(Path(sys.executable).with_name("heartbeat"))
    return [
        heartbeat,
        "digest",
        "citizen_product",
        "--json",
        "--input",
        f"events={events}",
        "--input",
        f"snapshot={SNAPSHOT}",
    ]


def measure(folder: Path, lines: int, times: int, environment: dict[str, str], *, reader: bool = True) -> list[Line]:
    """Lines of the table for a file of `lines` lines; without `reader` the slow comparison is left out."""
    events = events_file(folder, lines)
    scan = [sys.executable, "-c", _SCAN, str(events)]
    ours, bare = in_turn([digest_command(events), scan], times, environment)
    name = f"digest of {lines // 1_000_000}M raw lines"
    rows = [
        Line(
            name,
            f"{ours.seconds:.2f} s",
            f"bare scan {bare.seconds:.2f} s",
            f"{ours.seconds / bare.seconds:.2f}x its time",
        ),
        Line(f"{name}, peak memory", f"{ours.peak_mib:.0f} MiB", "", ""),
    ]
    if reader:
        plain = run_once([sys.executable, str(ROOT / "benchmarks" / "python_reader.py"), str(events), str(SNAPSHOT)])
        _check_same(plain, ours.runs[0])
        speed = f"{plain.seconds / ours.seconds:.1f}x faster"
        rows.insert(0, Line(name, f"{ours.seconds:.2f} s", f"plain Python {plain.seconds:.1f} s", speed))
    return rows


def _check_same(plain: Run, ours: Run) -> None:
    """A comparison counts only when both computed the same."""
    one, other = json.loads(plain.output), json.loads(ours.output)
    for section in ("metrics", "telemetry", "checks", "status"):
        if one[section] != other[section]:
            raise SystemExit(f"the readers disagree on {section}: {one[section]} and {other[section]}")
