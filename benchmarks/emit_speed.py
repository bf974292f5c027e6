"""KPI events: what emitting one costs the caller, and how many a second one process, eight, and batches record.

`python -m benchmarks.emit_speed [postgresql://...]`; on PostgreSQL in a schema of its own, which stays.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from benchmarks.measure import Line, print_table
from heartbeat_assets.emit import dropped, flush, kpi_success
from heartbeat_assets.ledger import NewKpiEvent, open_ledger

_EVENTS, _PROCESSES, _EACH, _NEWEST = 50_000, 8, 5_000, 250


def measure(folder: Path, postgresql: str | None = None) -> list[Line]:
    """Lines of the table, for SQLite and, where a URL is given, for PostgreSQL."""
    folder.mkdir(exist_ok=True)
    (folder / "emit.sqlite").unlink(missing_ok=True)
    lines = _measure("SQLite", str(folder / "emit.sqlite"))
    return lines + (_measure("PostgreSQL", own_schema(postgresql)) if postgresql else [])


def _measure(name: str, url: str) -> list[Line]:
    os.environ["HEARTBEAT_LEDGER_URL"] = url
    store = open_ledger(url).events
    called, one = _emit(_EVENTS)
    started = time.perf_counter()
    command = [sys.executable, "-m", "benchmarks.emit_speed", "--emit", str(_EACH)]
    processes = [subprocess.Popen(command) for _ in range(_PROCESSES)]
    if any(process.wait() for process in processes):
        raise SystemExit("an emitter failed")
    eight = time.perf_counter() - started
    events = [NewKpiEvent("WHOLESALE", "batch", success=True, actor="broker") for _ in range(_EVENTS)]
    started = time.perf_counter()
    store.append(events)
    batch = time.perf_counter() - started
    started = time.perf_counter()
    store.newest("WHOLESALE", "offer_sent", _NEWEST)
    newest = time.perf_counter() - started
    recorded = len(store.between("WHOLESALE", "offer_sent"))
    if recorded != _EVENTS + _PROCESSES * _EACH:
        raise SystemExit(f"{recorded} events are recorded, and {dropped()} dropped")
    return [
        Line(f"{name}: one process emits {_EVENTS:,} events", f"{one:.1f} s", f"{called / _EVENTS * 1e6:.0f} us a call",
             f"{_EVENTS / one:,.0f} a second"),
        Line(f"{name}: {_PROCESSES} processes emit {_EACH:,} each", f"{eight:.1f} s", "start-up included, none lost",
             f"{_PROCESSES * _EACH / eight:,.0f} a second"),
        Line(f"{name}: a batch of {_EVENTS:,}", f"{batch:.2f} s", "one transaction",
             f"{_EVENTS / batch:,.0f} a second"),
        Line(f"{name}: newest {_NEWEST} of {recorded:,}", f"{newest * 1000:.1f} ms", "", ""),
    ]  # fmt: skip


def _emit(count: int) -> tuple[float, float]:
    """Seconds in the calls, and until everything was recorded."""
    started = time.perf_counter()
    for number in range(count):
        kpi_success(None, "WHOLESALE", "offer_sent", actor="broker", correlation_id=number)
    called = time.perf_counter() - started
    if not flush(120) or dropped():
        raise SystemExit(f"events were lost: {dropped()}")
    return called, time.perf_counter() - started


def own_schema(url: str) -> str:
    """The URL of a new schema in the database at `url`."""
    import psycopg

    schema = f"heartbeat_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE SCHEMA {schema}".encode())
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--emit"]:
        _emit(int(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            print_table(measure(Path(temporary), next(iter(sys.argv[1:]), None)))
