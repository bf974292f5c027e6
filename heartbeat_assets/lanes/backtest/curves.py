"""The KPIs of a history of any length as curves of a bounded number of points, thinned while it is read.

Each column of time keeps first, last, lowest and highest value, so that no spike is lost. It must not draw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from heartbeat_assets.lanes.spec_criteria import Kpi
from heartbeat_assets.lanes.values import Document, number

MOST_COLUMNS = 1_000
# Between what is drawn as one line there is no more than this many times the usual time between two rows.
_GAP = 3.0
# Beyond it the difference of two values is no number any more.
_LARGEST = 1e300


@dataclass(slots=True)
class Column:
    """The values of a KPI in one stretch of time, and the threshold that held at its end."""

    from_at: datetime
    to_at: datetime
    first: float
    last: float
    low: float
    high: float
    threshold: float | None
    after_hole: bool
    """Whether a row before it had no value."""

    def join(self, later: Column) -> None:
        """Takes in the column that follows."""
        self.to_at, self.last, self.threshold = later.to_at, later.last, later.threshold
        self.low, self.high = min(self.low, later.low), max(self.high, later.high)


@dataclass
class Curve:
    """One KPI over time."""

    kpi: Kpi
    columns: dict[int, Column] = field(default_factory=dict)
    in_hole: bool = False

    def add(self, position: int, at: datetime, content: Document) -> None:
        """The value that a row holds, or a hole where it holds none."""
        value = _drawable(content.get(self.kpi.name))
        if value is None:
            self.in_hole = True
            return
        threshold = _drawable(content.get(self.kpi.threshold_name))
        column = self.columns.get(position)
        if column is None:
            self.columns[position] = Column(at, at, value, value, value, value, threshold, self.in_hole)
        else:
            column.to_at, column.last, column.threshold = at, value, threshold
            if value < column.low:
                column.low = value
            elif value > column.high:
                column.high = value
        self.in_hole = False

    def halve(self) -> None:
        """Joins neighbouring columns two by two."""
        halved: dict[int, Column] = {}
        for position, column in self.columns.items():
            known = halved.setdefault(position // 2, column)
            if known is not column:
                known.join(column)
        self.columns = halved

    def stretches(self, longest_step: float) -> list[list[Column]]:
        """The columns in order, cut where a row had no value or none came for longer than `longest_step` seconds."""
        found: list[list[Column]] = []
        for _, column in sorted(self.columns.items()):
            before = found[-1][-1] if found else None
            if before is None or column.after_hole or _seconds(before.to_at, column.from_at) > longest_step:
                found.append([])
            found[-1].append(column)
        return found


class Curves:
    """The curves of several KPIs. Columns start a second wide and double their width when there are too many."""

    def __init__(self, kpis: Sequence[Kpi]) -> None:
        self.curves = [Curve(kpi) for kpi in kpis]
        self._start: datetime | None = None
        self._before: datetime | None = None
        self._width = 1.0
        self._steps: dict[int, int] = {}

    def add(self, at: datetime | None, content: Document | None) -> None:
        """A row; one without an instant or without content is a hole in every curve."""
        if not self.curves:
            return
        if at is None or content is None:
            for curve in self.curves:
                curve.in_hole = True
            return
        position = self._position(at)
        for curve in self.curves:
            curve.add(position, at, content)

    def long_gaps(self, least: float) -> tuple[tuple[datetime, datetime], ...]:
        """The stretches without a value of any curve that are longer than usual and than `least` seconds, in order."""
        columns = sorted((column for curve in self.curves for column in curve.columns.values()), key=_begins)
        gaps: list[tuple[datetime, datetime]] = []
        until = columns[0].to_at if columns else None
        for column in columns:
            if until is not None and _seconds(until, column.from_at) > max(least, self.longest_step):
                gaps.append((until, column.from_at))
            until = max(until or column.to_at, column.to_at)
        return tuple(gaps)

    @property
    def longest_step(self) -> float:
        """How many seconds may pass between two rows before that is a gap: some times what is usual."""
        rows, total = 0, sum(self._steps.values())
        for step, count in sorted(self._steps.items()):
            rows += count
            if 2 * rows >= total:
                return max(_GAP * 2.0 ** (step + 1), _GAP * self._width)
        return math.inf

    def _position(self, at: datetime) -> int:
        if self._start is None or self._before is None:
            self._start = self._before = at
        step = _seconds(self._before, at)
        if step > 0:
            size = math.frexp(step)[1] - 1
            self._steps[size] = self._steps.get(size, 0) + 1
        self._before = at
        # A row that is older than the first is drawn where that is.
        offset = max(_seconds(self._start, at), 0.0)
        while offset >= MOST_COLUMNS * self._width:
            self._width *= 2
            for curve in self.curves:
                curve.halve()
        return int(offset / self._width)


def _begins(column: Column) -> datetime:
    return column.from_at


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()


def _drawable(figure: object) -> float | None:
    """A figure of a row as a number that can be drawn, or None when it is none."""
    if type(figure) is float and -_LARGEST < figure < _LARGEST:
        return figure
    found = number(figure)
    return None if found is None else min(max(float(found), -_LARGEST), _LARGEST)
