"""Write the recent past of an invented marketplace as KPI events, up to now: what the shipped tripwires look at.

    python data/make_kpi_events.py [--until INSTANT] [--days 60] [--out FOLDER] [--bad-week]

It writes FOLDER/past.ndjson, which `heartbeat kpi import` takes. An hour always gives the same events, whenever it is
made, and nothing in them is wrong: no tripwire triggers. With --bad-week it also writes FOLDER/bad_week.ndjson:
contracts that fail twice in five times, of the hour that is not over, to see a tripwire trigger. It needs the standard
library alone and must not import the package whose ledger the files feed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from past_command import instant, replace, whole_days
from services_calendar import between, draws, hour_number, hour_start, pick, spread_count

FOLDER = Path(__file__).resolve().parent / "kpi_events"
DAYS = 60
BAD_EVENTS, BAD_OF_FIVE = 60, 2
_BUSY_FROM, _BUSY_UNTIL = 7, 20


@dataclass(frozen=True)
class Series:
    """Events of one metric: so many in a busy hour, and how often they succeed, or what they come to."""

    domain: str
    metric: str
    an_hour: float
    rate: float | None = None
    value: tuple[float, float] | None = None
    milliseconds: tuple[float, float] | None = None
    actors: tuple[str, ...] = ()


SERIES = (
    Series("WHOLESALE", "contract_rate", 3.0, rate=0.93, actors=("broker", "renewals")),
    Series("WHOLESALE", "offer_accept_rate", 5.0, rate=0.81, actors=("broker", "storefront")),
    Series("BUYER_MATCH", "match_success", 8.0, rate=0.94, milliseconds=(60.0, 900.0), actors=("matcher",)),
    Series("CAPITAL", "roi_event", 1.2, value=(700.0, 1700.0), actors=("treasury",)),
)


def iso(at: datetime) -> str:
    """Return ISO-8601 with microseconds, in UTC."""
    return at.isoformat(timespec="microseconds")


def events_of_hour(series: Series, number: int) -> Iterator[dict[str, Any]]:
    """Yield the events of a series in hour `number`, oldest first."""
    draw = draws("kpi", series.domain, series.metric, number)
    start = hour_start(number)
    busy = _BUSY_FROM <= start.hour < _BUSY_UNTIL and start.weekday() < 5
    count = spread_count(draw, series.an_hour if busy else series.an_hour / 6)
    for offset in sorted(int(draw.random() * 3_600_000_000) for _ in range(count)):
        yield event(series, draw, start + timedelta(microseconds=offset))


def event(series: Series, draw: Any, at: datetime) -> dict[str, Any]:
    """Return one event of a series, drawn from `draw`."""
    made: dict[str, Any] = {"domain": series.domain, "metric": series.metric}
    if series.rate is not None:
        made["success"] = draw.random() < series.rate
    if series.value is not None:
        made["value"] = round(between(draw, *series.value), 2)
    if series.milliseconds is not None:
        low, high = series.milliseconds
        # Most are quick and a few are not: the square of a draw.
        made["duration_ms"] = round(low + (high - low) * draw.random() ** 2, 3)
    return made | {"actor": pick(draw, series.actors), "at": iso(at)}


def past(until: datetime, days: int) -> Iterator[dict[str, Any]]:
    """Yield the events of the whole `days` before that of `until`, and of that day up to it, hour by hour."""
    first = until.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    for number in range(hour_number(first), hour_number(until)):
        for series in SERIES:
            yield from events_of_hour(series, number)


def bad_week(until: datetime) -> Iterator[dict[str, Any]]:
    """Yield contracts of which two in five fail, spread over the time since the last whole hour before `until`."""
    start = hour_start(hour_number(until))
    step = (until - start) / (BAD_EVENTS + 1)
    for place in range(1, BAD_EVENTS + 1):
        yield {
            "domain": "WHOLESALE",
            "metric": "contract_rate",
            "success": place % 5 >= BAD_OF_FIVE,
            "actor": "renewals",
            "at": iso(start + place * step),
        }


def ndjson(events: Iterable[dict[str, Any]]) -> bytes:
    """Return `events` as JSON, one a line."""
    return "".join(f"{json.dumps(one)}\n" for one in events).encode()


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--until", type=instant, help="end of the data, the past's rounded down to the hour")
    parser.add_argument("--days", type=whole_days, default=DAYS, help=f"days before that (default {DAYS})")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to (default data/kpi_events)")
    parser.add_argument("--bad-week", action="store_true", help="also write bad_week.ndjson, to see a tripwire trigger")
    chosen = parser.parse_args(arguments)
    until = chosen.until or datetime.now(UTC)
    whole = hour_start(hour_number(until))
    made = [("past.ndjson", list(past(whole, chosen.days)), whole)]
    if chosen.bad_week:
        made.append(("bad_week.ndjson", list(bad_week(until)), until))
    try:
        for name, events, end in made:
            replace(chosen.out / name, ndjson(events))
            print(f"{name}: {len(events):,} KPI events up to {end:%Y-%m-%d %H:%M} UTC.")
    except OSError as problem:
        where = problem.filename or chosen.out
        print(f"{where}: {problem.strerror or problem}; mend that, or give another folder with --out", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
