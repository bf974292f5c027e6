"""Where a metric's chart and the strip under it draw what: one layout for both. It must not draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from heartbeat_assets.cockpit.charts.drawing import Scale, number
from heartbeat_assets.cockpit.charts.points import Point

WIDTH, HEIGHT = 960, 320
LEFT, RIGHT = 60, WIDTH - 92
"""Where time begins and ends; to the right of it the thresholds are named."""
TOP, BOTTOM = 36, HEIGHT - 30


@dataclass(frozen=True, slots=True)
class Plot:
    """Instants to x, values to y."""

    since: datetime
    until: datetime
    scale: Scale

    def x(self, at: datetime) -> float:
        whole = (self.until - self.since).total_seconds()
        part = (at - self.since).total_seconds() / whole if whole else 1.0
        return LEFT + (RIGHT - LEFT) * min(max(part, 0.0), 1.0)

    def place(self, point: Point) -> str:
        return f"{number(self.x(point.at))} {number(self.scale.y(point.value or 0.0))}"
