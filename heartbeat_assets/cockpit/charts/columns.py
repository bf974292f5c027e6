"""Many points made few, honestly: columns that keep their lowest and highest value and their worst status.

It must not draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from heartbeat_assets.cockpit.charts.drawing import instant
from heartbeat_assets.cockpit.charts.points import Point
from heartbeat_assets.cockpit.views.words import in_full, three_digits

MOST_COLUMNS = 300
WORST = ("red", "amber", "no_data", "green")


@dataclass(frozen=True, slots=True)
class Column:
    """The points of one stretch of time: often only one."""

    points: tuple[Point, ...]

    @property
    def valued(self) -> list[Point]:
        """Those to draw a line through: all, or the lowest and the highest in the order they came."""
        known = [point for point in self.points if point.value is not None]
        if len(known) <= 2:
            return known
        ends = (min(known, key=_value), max(known, key=_value))
        return sorted(dict.fromkeys(ends), key=lambda point: point.at)

    @property
    def status(self) -> str:
        return min((point.status for point in self.points), key=_badness)

    @property
    def worst(self) -> Point:
        """A point of the worst status with a value; the last of them."""
        known = [point for point in self.points if point.value is not None]
        return min(reversed(known), key=lambda point: _badness(point.status))

    @property
    def at(self) -> datetime:
        return self.points[len(self.points) // 2].at

    def words(self, unit: str) -> str:
        """What is told when it is pointed at."""
        first, last, known = self.points[0], self.points[-1], self.valued
        behind = f" {unit}" if unit else ""
        state = self.status.replace("_", " ")
        if len(self.points) == 1:
            told = f"{in_full(_value(first))}{behind}, {state}" if known else "no data"
            return f"{told}, {instant(first.at)}"
        values = [_value(point) for point in known]
        told = f"{three_digits(min(values))} to {three_digits(max(values))}{behind}" if known else "no data"
        return f"{told}, at worst {state}, {len(self.points)} ticks from {instant(first.at)} to {instant(last.at)}"


def columns(points: Sequence[Point], since: datetime, until: datetime, most: int = MOST_COLUMNS) -> list[Column]:
    """`points` in at most `most` columns, oldest first; each its own column while they are no more than that."""
    if len(points) <= most:
        return [Column((point,)) for point in points]
    whole = (until - since).total_seconds() or 1.0
    found: dict[int, list[Point]] = {}
    for point in points:
        part = (point.at - since).total_seconds() / whole
        found.setdefault(min(max(int(part * most), 0), most - 1), []).append(point)
    return [Column(tuple(found[index])) for index in sorted(found)]


def _badness(status: str) -> int:
    return WORST.index(status) if status in WORST else len(WORST)


def _value(point: Point) -> float:
    return point.value if point.value is not None else 0.0
