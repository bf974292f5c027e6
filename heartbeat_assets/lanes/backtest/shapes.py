"""What a backtest's chart is made of: areas, lines, dots and words, each in a role that has a colour.

The same shapes are written as SVG and painted as PNG. It must not lay anything out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

WIDTH = 960
LEFT, RIGHT = 64, WIDTH - 24
"""Where time begins and ends."""

LINE_HEIGHT = 18
GAP_WIDTH = 64
"""How much is left of a long stretch without a run."""


Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Area:
    """What lies within an outline; `hint` is what it says when it is pointed at."""

    points: Points
    role: str
    hint: str = ""


@dataclass(frozen=True)
class Line:
    """A line through points."""

    points: Points
    role: str


@dataclass(frozen=True)
class Dot:
    """A point; `hint` as for an area."""

    x: float
    y: float
    role: str
    hint: str = ""


@dataclass(frozen=True)
class Words:
    """A line of text whose baseline is at `y`; `note` follows it, muted."""

    x: float
    y: float
    text: str
    role: str = "ink"
    anchor: str = "start"
    size: int = 12
    bold: bool = False
    note: str = ""


Shape = Area | Line | Dot | Words


@dataclass
class Chart:
    """What is drawn, in order, and what it says to who cannot see it."""

    title: str
    description: str
    height: float = 0.0
    shapes: list[Shape] = field(default_factory=list)


@dataclass(frozen=True)
class Axis:
    """Instants to the chart's x. Each of `gaps`, long stretches without a run, takes no more than GAP_WIDTH."""

    start: datetime
    end: datetime
    gaps: tuple[tuple[datetime, datetime], ...] = ()

    def x(self, at: datetime) -> float:
        """Where `at` is drawn; what lies beyond the axis, at its end."""
        at = min(max(at, self.start), self.end)
        left_out = sum((to - since for since, to in self.gaps), timedelta())
        shown, x = self.end - self.start - left_out, float(LEFT)
        passed = at - self.start
        for since, to in self.gaps:
            within = min(max(at, since), to) - since
            passed -= within
            x += GAP_WIDTH * (within / (to - since))
        width = RIGHT - LEFT - GAP_WIDTH * len(self.gaps)
        return x + (width * (passed / shown) if shown else 0.0)

    def stretches(self) -> list[tuple[datetime, datetime]]:
        """What lies between the gaps, in order."""
        ends = [self.start, *(instant for gap in self.gaps for instant in gap), self.end]
        return list(zip(ends[::2], ends[1::2], strict=True))
