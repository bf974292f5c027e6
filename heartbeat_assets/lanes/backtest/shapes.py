"""What a backtest's chart is made of: areas, lines, dots and words, each in a role that has a colour.

The same shapes are written as SVG and painted as PNG. It must not lay anything out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

WIDTH = 960
LEFT, RIGHT = 64, WIDTH - 24
"""Where time begins and ends."""

LINE_HEIGHT = 18


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
    """Instants to the chart's x."""

    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start) if self.end > self.start else 0.0
        return LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0)
