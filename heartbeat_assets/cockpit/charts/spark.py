"""The small chart of a tile: the last points, what is normal behind them, the thresholds as hairlines.

A page has a thousand of them, so that both the time and the length of each count. It must not label axes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from heartbeat_assets.cockpit.charts.drawing import Scale, extent, text
from heartbeat_assets.cockpit.charts.points import Band, Point, usual_step
from heartbeat_assets.cockpit.views.words import three_digits

LAST = 30
"""How many points are drawn."""
_GRAIN = 2
"""Units of the drawing per pixel, so that whole numbers are fine enough."""
_EDGE = 6
_FAR = 2.0


def sparkline(
    points: Sequence[Point],
    band: Band | None = None,
    norm: float | None = None,
    alert: float | None = None,
    width: int = 120,
    height: int = 32,
) -> str:
    """The SVG of the last 30 of `points`, oldest first; "" when none of them has a value."""
    points = points[-LAST:]
    values = [point.value for point in points if point.value is not None]
    if not values:
        return ""
    wide, high = width * _GRAIN, height * _GRAIN
    normal = (band.mean - band.stddev, band.mean + band.stddev) if band else ()
    limits = [(role, value) for role, value in (("n", norm), ("a", alert)) if value is not None]
    low, top = extent(values, [*normal, *(value for _, value in limits)], _FAR)
    scale = Scale(low, top, _EDGE, high - _EDGE)
    return (
        f'<svg class="spark" role="img" aria-label="{text(_words(points, values))}" width="{width}" height="{height}" '
        f'viewBox="0 0 {wide} {high}" preserveAspectRatio="none">'
        f"{_behind(normal, limits, scale, wide)}{_line(points, scale, wide)}</svg>"
    )


def _behind(normal: Sequence[float], limits: Sequence[tuple[str, float]], scale: Scale, wide: int) -> str:
    drawn = ""
    if normal and normal[1] >= scale.low and normal[0] <= scale.high:
        top, bottom = round(scale.y(normal[1])), round(scale.y(normal[0]))
        drawn = f'<path class="b" d="M0 {top}h{wide}v{max(bottom - top, 1)}H0z"/>'
    for role, value in limits:
        if scale.holds(value):
            drawn += f'<path class="{role}" d="M0 {round(scale.y(value))}h{wide}"/>'
    return drawn


def _line(points: Sequence[Point], scale: Scale, wide: int) -> str:
    steps, (x, y) = [], (0, 0)
    for x, y, joined, alone in _places(points, scale, wide):
        steps.append(f"L{x} {y}" if joined else f"M{x} {y}h0" if alone else f"M{x} {y}")
    last = points[-1]
    mark = "" if last.value is None else f'<path class="p p-{text(last.status)}" d="M{x} {y}h0"/>'
    return f'<path class="l" d="{"".join(steps)}"/>{mark}'


def _places(points: Sequence[Point], scale: Scale, wide: int) -> Iterator[tuple[int, int, bool, bool]]:
    """x, y, whether a line leads here from the point before, and whether none leads on either."""
    step = usual_step(points) or 1.0
    first = points[0].at.timestamp()
    whole = points[-1].at.timestamp() - first
    places = [(point.at.timestamp(), point.value) for point in points]
    near = [
        value is not None and before is not None and at - earlier <= 1.5 * step
        for (earlier, before), (at, value) in pairwise(places)
    ]
    for index, (at, value) in enumerate(places):
        if value is None:
            continue
        x = _EDGE + (wide - 2 * _EDGE) * ((at - first) / whole if whole else 1.0)
        joined = index > 0 and near[index - 1]
        leads_on = index < len(near) and near[index]
        yield round(x), round(scale.y(value)), joined, not joined and not leads_on


def _words(points: Sequence[Point], values: Sequence[float]) -> str:
    spread = f"{three_digits(min(values))} to {three_digits(max(values))}"
    now = "no data now" if points[-1].value is None else f"now {three_digits(points[-1].value)}"
    return f"Last {len(points)}: {spread}, {now}"
