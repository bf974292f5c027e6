"""How the budget of a window went, point by point, and how fast it burned: what a chart is drawn from.

Each point says what the verdict said, or would have said, of the same window at that instant. It must not draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heartbeat_assets.objectives.slo.budget import budget_of, burn_rate
from heartbeat_assets.objectives.slo.burn import plain_rate
from heartbeat_assets.objectives.slo.corrections import Correction, corrected
from heartbeat_assets.objectives.slo.durations import Duration
from heartbeat_assets.objectives.slo.measured import Bucket, ordered
from heartbeat_assets.objectives.slo.periods import Window, from_us, to_us, utc
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets.objectives.slo.units import Units


@dataclass(frozen=True, slots=True)
class Point:
    """At `at`, the end of some buckets or slices: the share of the budget left, and the burn rate over the time before.

    None where nothing was counted, so that a chart has a gap there, and where there is no budget to burn.
    """

    at: datetime
    left_fraction: float | None
    burn_rate: float | None

    def record(self) -> dict[str, Any]:
        """It as plain values."""
        return {"at": self.at.isoformat(), "left_fraction": self.left_fraction, "burn_rate": self.burn_rate}


def timeline(
    slo: Slo,
    buckets: Iterable[Bucket],
    now: datetime,
    corrections: Iterable[Correction] = (),
    *,
    over: Duration | None = None,
    points: int = 60,
    window: Window | None = None,
) -> list[Point]:
    """Up to `points` points at equal distances, the last of them at the newest unit; burn rates are `over` that time
    (default: the forecast's).

    A rolling window is shown as it was filled: what had left it by now is not in it. Raises ValueError as `judge` does.
    """
    moment = utc(now)
    window = window or slo.window.at(moment)
    until = to_us(min(moment, window.end))
    series = corrected(ordered(slo, buckets), corrections, slo.bucket.us)
    units = Units(slo, series.buckets, window, until)
    start, end, look = units.window_start_us(), units.until_us(), (over or slo.forecast).us
    found = []
    for at in _instants(start, end, units.width_us, points):
        budget = budget_of(slo, window, units.between(start, at), units.in_window)
        rate = burn_rate(units.between(at - look, at), slo.allowance)
        found.append(Point(from_us(at), budget.left_fraction, plain_rate(rate)))
    return found


def _instants(start: int, end: int, width: int, points: int) -> list[int]:
    """The ends of units from `start` to `end`, so far apart that there are at most `points`; the newest is the last."""
    if end <= start or points < 1:
        return []
    number = -(-(end - start) // width)
    step = -(-number // points) * width
    return list(range(end, start, -step))[::-1]
