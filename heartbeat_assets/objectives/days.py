"""What an SLO's days came to, one by one: for bars of 90 days and for charts. It must not judge them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from heartbeat_assets.objectives.slo.corrections import Corrected, Correction, corrected
from heartbeat_assets.objectives.slo.counts import plain
from heartbeat_assets.objectives.slo.coverage import coverage_of
from heartbeat_assets.objectives.slo.measured import Bucket, Count, ordered
from heartbeat_assets.objectives.slo.periods import from_us, to_us, utc
from heartbeat_assets.objectives.slo.slo import Slo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A UTC day in good and total events, corrected and as measured, and which share of its time so far was measured.

    `coverage` is None for a day of which all was taken out.
    """

    day: date
    good: Count
    total: Count
    coverage: float | None
    raw_good: Count
    raw_total: Count

    def record(self) -> dict[str, Any]:
        """It as plain values; the raw figures only where a correction changed them."""
        shown = {
            "day": self.day.isoformat(),
            "good": plain(self.good),
            "total": plain(self.total),
            "coverage": None if self.coverage is None else round(self.coverage, 6),
        }
        if (self.good, self.total) != (self.raw_good, self.raw_total):
            shown |= {"raw_good": plain(self.raw_good), "raw_total": plain(self.raw_total)}
        return shown


def days_of(
    slo: Slo, buckets: Iterable[Bucket], now: datetime, corrections: Sequence[Correction] = (), *, days: int
) -> tuple[Day, ...]:
    """The last `days` days up to that of `now`, the oldest first."""
    moment = utc(now)
    raw = ordered(slo, buckets)
    series = corrected(raw, corrections, slo.bucket.us) if corrections else Corrected(tuple(raw))
    measured, counted = _by_day(raw), _by_day(series.buckets)
    found = []
    for back in range(days - 1, -1, -1):
        day = moment.date() - back * DAY
        start = datetime.combine(day, time(), UTC)
        own, own_raw = counted.get(day, []), measured.get(day, [])
        coverage = coverage_of(Corrected(tuple(own), series.excluded), to_us(start), to_us(min(start + DAY, moment)))
        good, total = _sums(own)
        raw_good, raw_total = _sums(own_raw)
        found.append(Day(day, good, total, coverage.fraction, raw_good, raw_total))
    return tuple(found)


def _by_day(buckets: Iterable[Bucket]) -> dict[date, list[Bucket]]:
    """A bucket divides a day, so that it lies in one."""
    found: dict[date, list[Bucket]] = {}
    for bucket in buckets:
        found.setdefault(from_us(bucket.start_us).date(), []).append(bucket)
    return found


def _sums(buckets: Iterable[Bucket]) -> tuple[Count, Count]:
    good: Count = 0
    total: Count = 0
    for bucket in buckets:
        good, total = good + bucket.good, total + bucket.total
    return good, total
