"""A million KPI events: read as a source of SQL, worked out as the figures of a day, and looked at by a tripwire.

`python -m benchmarks.kpi_source_speed [postgresql://...] [--events N]`; on PostgreSQL in a schema of its own, which
stays.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.emit_speed import own_schema
from benchmarks.measure import Line, print_table
from heartbeat_assets.governance.daily import daily_figures
from heartbeat_assets.governance.look import look
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.ledger import Actor, Ledger, NewKpiEvent, open_ledger
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.kpi_events import add_kpi_events
from heartbeat_assets.sources.spec import KpiEventsSource
from heartbeat_assets.warehouse import connect, one_row

_BATCH = 50_000
_MIDNIGHT = datetime(2026, 3, 6, tzinfo=UTC)


def measure(folder: Path, events: int, postgresql: str | None = None) -> list[Line]:
    """Lines of the table, for SQLite and, where a URL is given, for PostgreSQL."""
    for old in folder.glob("kpi.sqlite*"):
        old.unlink()
    lines = _measure("SQLite", folder, str(folder / "kpi.sqlite"), events)
    return lines + (_measure("PostgreSQL", folder, own_schema(postgresql), events) if postgresql else [])


def _measure(name: str, folder: Path, url: str, events: int) -> list[Line]:
    ledger = open_ledger(url)
    store = ledger.events
    step = timedelta(days=1) / events
    for start in range(0, events, _BATCH):
        store.append(
            [
                NewKpiEvent("SHOP", "sold", success=n % 7 > 0, duration_ms=n / 7, actor="till", at=_MIDNIGHT + n * step)
                for n in range(start, min(start + _BATCH, events))
            ]
        )
    source = KpiEventsSource(kind="kpi_events", domain="SHOP", metric="sold")
    started = time.perf_counter()
    with connect(folder) as connection:
        add_kpi_events(connection, source, Settings(folder, folder, folder, url), folder, table="sold")
        count = one_row(connection, "SELECT count(*) AS n FROM sold")["n"]
    read = time.perf_counter() - started
    started = time.perf_counter()
    (figures,) = daily_figures(store, "SHOP", "sold", [_MIDNIGHT.date()])
    day = time.perf_counter() - started
    few, many = (_look(ledger, _MIDNIGHT + step * seen) for seen in (1000, events))
    if (count, figures.events) != (events, events):
        raise SystemExit(f"{count} events were read and {figures.events} counted, of {events}")
    return [
        Line(
            f"{name}: {events:,} KPI events as a source of SQL", f"{read:.1f} s", "", f"{events / read:,.0f} a second"
        ),
        Line(
            f"{name}: {events:,} KPI events of one day worked out", f"{day:.1f} s", "", f"{events / day:,.0f} a second"
        ),
        Line(
            f"{name}: a tripwire's look at a series of {events:,} events",
            f"{many * 1000:.0f} ms",
            f"1,000 events: {few * 1000:.0f} ms",
            f"{many / few:.1f}x",
        ),
    ]


def _look(ledger: Ledger, now: datetime) -> float:
    """The median of the seconds that a look takes, recorded as always, of nine after a first one."""
    policy = TripwirePolicy(domain="SHOP", metric="sold", enabled=True)
    seconds = []
    for _ in range(10):
        started = time.perf_counter()
        look(policy, ledger, now=now, actor=Actor("benchmark", "program", "cli"))
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[1:])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("postgresql", nargs="?")
    parser.add_argument("--events", type=int, default=1_000_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        print_table(measure(Path(temporary), chosen.events, chosen.postgresql))
