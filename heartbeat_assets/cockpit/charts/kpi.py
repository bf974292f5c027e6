"""The trend of a lane's KPI over the rows of its window, with its limit. It must not judge a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from heartbeat_assets.cockpit.charts.drawing import Scale, extent, hint, instant, number, shape, text
from heartbeat_assets.cockpit.charts.points import Point
from heartbeat_assets.cockpit.views.words import in_full, three_digits

WIDTH, HEIGHT = 320, 88
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, WIDTH - 64, 10, HEIGHT - 12
_FAR = 4.0


def kpi_trend(points: Sequence[Point], limit: float | None, *, name: str = "", unit: str = "") -> str:
    """The SVG of `points`, one a row and oldest first, a row apart each; "" when none has a value.

    A point whose status is not green has its mark.
    """
    values = [point.value for point in points if point.value is not None]
    if not values:
        return ""
    low, high = extent(values, [] if limit is None else [limit], _FAR)
    scale = Scale(low, high, _TOP, _BOTTOM)
    step = (_RIGHT - _LEFT) / max(len(points) - 1, 1)
    broken = sum(1 for point in points if point.value is not None and point.status != "green")
    against = "" if limit is None else f", limit {in_full(limit)}, beyond it in {broken} rows"
    spread = f"{three_digits(min(values))} to {three_digits(max(values))} {unit}".rstrip()
    label = f"{name}, last {len(points)} rows: {spread}{against}"
    drawn = [*_limit(limit, scale), *_line(points, scale, step), *_marks(points, scale, step, unit)]
    return (
        f'<svg class="trend" role="group" aria-label="{text(label)}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(drawn)}{_newest(points, scale, limit)}</svg>"
    )


def _limit(limit: float | None, scale: Scale) -> Iterator[str]:
    if limit is None:
        return
    y = scale.y(limit)
    arrow = "" if scale.holds(limit) else " ↑" if limit > scale.high else " ↓"
    yield f'<path class="a limit" d="M{_LEFT} {number(y)}H{_RIGHT}"/>' if not arrow else ""
    yield f'<text class="at" x="{_RIGHT + 8}" y="{number(y + 4)}">{text(three_digits(limit) + arrow)}</text>'


def _line(points: Sequence[Point], scale: Scale, step: float) -> Iterator[str]:
    d, joined = "", False
    for index, point in enumerate(points):
        if point.value is not None:
            d += f"{'L' if joined else 'M'}{number(_LEFT + step * index)} {number(scale.y(point.value))}"
        joined = point.value is not None
    yield f'<path class="l" d="{d}"/>'


def _marks(points: Sequence[Point], scale: Scale, step: float, unit: str) -> Iterator[str]:
    for index, point in enumerate(points):
        x, y = _LEFT + step * index, _BOTTOM if point.value is None else scale.y(point.value)
        told = "no value" if point.value is None else f"{in_full(point.value)} {unit}".rstrip()
        words = f"{told}, {instant(point.at)}"
        status = "no_data" if point.value is None else point.status
        plain = status == "green"
        drawn = f'<circle class="dot" cx="{number(x)}" cy="{number(y)}" r="2"/>' if plain else shape(status, x, y, 3.5)
        hit = f'<rect class="hit" x="{number(x - step / 2)}" width="{number(max(step, 4))}" height="{HEIGHT}"/>'
        yield f'<g class="run" tabindex="0" role="img" aria-label="{text(words)}">{hint(words)}{hit}{drawn}</g>'


def _newest(points: Sequence[Point], scale: Scale, limit: float | None) -> str:
    """The newest value beside its point, unless the limit is named there."""
    value = points[-1].value
    if value is None or (limit is not None and abs(scale.y(value) - scale.y(limit)) < 14):
        return ""
    return f'<text class="t" x="{_RIGHT + 8}" y="{number(scale.y(value) + 4)}">{text(three_digits(value))}</text>'
