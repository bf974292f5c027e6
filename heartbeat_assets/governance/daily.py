"""What a series of KPI events came to on each day: how many, how many succeeded, the mean, how long they took.

A day is one of UTC. It must not judge a day; tripwires do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heartbeat_assets.ledger import EventStore, KpiEvent

DAY = timedelta(days=1)
DAY_COLUMNS = ["day", "events", "success rate", "mean", "p50 ms", "p95 ms"]
"""What `day_row` holds."""


@dataclass(frozen=True)
class DayFigures:
    """A day of a series. What nothing was recorded for is None, never 0."""

    day: date
    events: int
    successes: int
    failures: int
    success_rate: float | None
    """Successes of successes and failures."""
    values: int
    mean: float | None
    """Of the values."""
    timed: int
    p50_ms: float | None
    p95_ms: float | None
    """Of the durations; `percentile` says which."""

    @property
    def document(self) -> dict[str, Any]:
        """The same for JSON."""
        return asdict(self) | {"day": self.day.isoformat()}


def day_row(document: Mapping[str, Any]) -> list[str]:
    """The `document` of a day as people read it, a text for each of DAY_COLUMNS; empty where nothing was recorded."""
    rate = document.get("success_rate")
    return [
        str(document["day"]),
        f"{document.get('events', 0):,}",
        "" if rate is None else f"{rate:.1%}",
        *("" if document.get(name) is None else f"{document[name]:,.6g}" for name in ("mean", "p50_ms", "p95_ms")),
    ]


def figures_of(day: date, events: Iterable[KpiEvent]) -> DayFigures:
    """The figures of `day` from its `events`, in any order."""
    outcomes: list[bool] = []
    values: list[float] = []
    durations: list[float] = []
    for event in events:
        if event.success is not None:
            outcomes.append(event.success)
        if event.value is not None:
            values.append(event.value)
        if event.duration_ms is not None:
            durations.append(event.duration_ms)
    durations.sort()
    successes = sum(outcomes)
    return DayFigures(
        day=day,
        events=len(outcomes) + len(values),
        successes=successes,
        failures=len(outcomes) - successes,
        success_rate=successes / len(outcomes) if outcomes else None,
        values=len(values),
        mean=mean_of(values),
        timed=len(durations),
        p50_ms=percentile(durations, 50),
        p95_ms=percentile(durations, 95),
    )


def mean_of(values: Sequence[float]) -> float | None:
    """The mean, rounded once: the sum is exact. None without values."""
    if not values:
        return None
    try:
        return math.fsum(values) / len(values)
    except OverflowError:
        # Finite numbers have a finite mean, though their sum may be none.
        return math.fsum(value / len(values) for value in values)


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """The smallest of the `ordered` numbers that at least `percent` in a hundred do not exceed (nearest rank).

    So it is always one that was measured: nothing is interpolated. None without numbers.
    """
    if not ordered:
        return None
    # Whole numbers: 95 % of 20 is 19 and not 19.000000000000004.
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(rank, 1) - 1]


def daily_figures(store: EventStore, domain: str, metric: str, days: Iterable[date]) -> Iterator[DayFigures]:
    """The figures of each of `days`, one day's events in memory at a time. Raises LedgerError."""
    for day in days:
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        yield figures_of(day, store.between(domain, metric, start, start + DAY))


def last_days(count: int, now: datetime) -> list[date]:
    """The `count` days up to that of `now`, which is not over yet; oldest first."""
    today = now.astimezone(UTC).date()
    return [today - back * DAY for back in range(count - 1, -1, -1)]
