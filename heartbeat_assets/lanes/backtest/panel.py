"""One KPI in a backtest's chart: its values, its threshold as it was at the time, gaps as gaps, and what they measure.

It must not thin out values; `backtest_curves` did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from heartbeat_assets.lanes.backtest.axes import number_label, number_marks
from heartbeat_assets.lanes.backtest.curves import Column, Curve
from heartbeat_assets.lanes.backtest.shapes import LEFT, LINE_HEIGHT, RIGHT, Axis, Dot, Line, Shape, Words
from heartbeat_assets.lanes.sentences import minute_text
from heartbeat_assets.lanes.values import instant_text

PANEL = 96
"""The height of what is drawn, its heading apart."""

HEADING = 26
# So few points are drawn as dots that say what they are.
_FEW_POINTS = 150
# Below it there is no number between two others.
_LEAST_ROOM = 1e-9
_UNITS = {"ratio": "ratio, 0 to 1", "seconds": "seconds", "count": "count", "number": ""}


@dataclass(frozen=True)
class _Scale:
    """Values to the chart's y."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * ((value - self.low) / (self.high - self.low))


def panel(axis: Axis, curve: Curve, longest_step: float, y: float) -> Iterator[Shape]:
    """A KPI's values and the threshold that was recorded with each; a break where there was no value."""
    kpi, stretches = curve.kpi, curve.stretches(longest_step)
    yield Words(LEFT, y + 14, kpi.name, bold=True, note=_UNITS[kpi.unit])
    columns = [column for stretch in stretches for column in stretch]
    if not columns:
        yield Words(LEFT, y + HEADING + LINE_HEIGHT, "no value in this time", "muted")
        return
    scale = _scale(columns, y + HEADING)
    for mark, label in number_marks(scale.low, scale.high):
        yield Line(((LEFT, scale.y(mark)), (RIGHT, scale.y(mark))), "grid")
        yield Words(LEFT - 8, scale.y(mark) + 4, label, "muted", "end")
    for stretch in stretches:
        points = tuple(_points(axis, scale, stretch))
        if len(points) > 1:
            yield Line(points, "value")
        if len(points) == 1 or len(columns) <= _FEW_POINTS:
            yield from _dots(axis, scale, stretch)
        yield from _threshold(axis, scale, stretch)
    yield from _threshold_words(scale, curve, columns)


def _scale(columns: Sequence[Column], top: float) -> _Scale:
    """From nought where that is near, else a little beyond the lowest and highest value or threshold."""
    shown = [column.threshold for column in columns if column.threshold is not None]
    low = min([*shown, *(column.low for column in columns)])
    high = max([*shown, *(column.high for column in columns)])
    room = max((high - low) * 0.06 or abs(high) * 0.1 or 1.0, _LEAST_ROOM)
    return _Scale(0.0 if 0 <= low <= (high - low) / 2 else low - room, high + room, top, top + PANEL)


def _points(axis: Axis, scale: _Scale, stretch: Sequence[Column]) -> Iterator[tuple[float, float]]:
    """Each column's values at its x: a single one, or lowest and highest, the nearer to the value before first."""
    before: float | None = None
    for column in stretch:
        values = [column.low] if column.low == column.high else [column.low, column.high]
        if before is not None and len(values) == 2 and before > (column.low + column.high) / 2:
            values.reverse()
        for value in values:
            yield axis.x(_middle(column)), scale.y(value)
        before = column.last


def _dots(axis: Axis, scale: _Scale, stretch: Sequence[Column]) -> Iterator[Shape]:
    for column in stretch:
        hint = f"{minute_text(instant_text(column.to_at))}: {number_label(column.last)}"
        yield Dot(axis.x(_middle(column)), scale.y(column.last), "value", hint)


def _middle(column: Column) -> datetime:
    return column.from_at + (column.to_at - column.from_at) / 2


def _threshold(axis: Axis, scale: _Scale, stretch: Sequence[Column]) -> Iterator[Shape]:
    """A hairline that steps where the threshold was changed."""
    points: list[tuple[float, float]] = []
    for column in stretch:
        if column.threshold is None:
            continue
        x, y = axis.x(column.from_at), scale.y(column.threshold)
        if not points:
            points = [(x, y), (x, y)]
        elif points[-1][1] != y:
            points += [(x, points[-1][1]), (x, y), (x, y)]
        points[-1] = (axis.x(column.to_at), y)
    if len(points) == 2 and points[0] == points[1]:
        # The threshold of a single moment is seen as well.
        points = [(points[0][0] - 4, points[0][1]), (points[0][0] + 4, points[0][1])]
    if points:
        yield Line(tuple(points), "casing")
        yield Line(tuple(points), "threshold")


def _threshold_words(scale: _Scale, curve: Curve, columns: Sequence[Column]) -> Iterator[Shape]:
    newest = next((column.threshold for column in reversed(columns) if column.threshold is not None), None)
    if newest is not None:
        label = f"{curve.kpi.extreme} {number_label(newest)}"
        yield Words(RIGHT, scale.y(newest) - 5, label, "threshold", "end", size=11)
