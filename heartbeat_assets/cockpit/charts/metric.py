"""The chart of a metric's page: values over time, what is normal, and the thresholds as they were at the time.

It must not judge a value: a point has the status that was recorded with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from heartbeat_assets.cockpit.charts.columns import Column, columns
from heartbeat_assets.cockpit.charts.drawing import Scale, extent, hint, instant, number, shape, text
from heartbeat_assets.cockpit.charts.limits import fixed, in_force, limits
from heartbeat_assets.cockpit.charts.plot import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Plot
from heartbeat_assets.cockpit.charts.points import Band, Line, Point, Rule, ThresholdStep, usual_step
from heartbeat_assets.cockpit.views.words import three_digits
from heartbeat_assets.lanes.backtest.axes import number_marks, time_marks

_FAR = 3.0
"""How many times the values' span a threshold may lie away and still be drawn."""


def metric_chart(
    points: Sequence[Point],
    *,
    since: datetime,
    until: datetime,
    thresholds: Sequence[ThresholdStep] = (),
    band: Band | None = None,
    rules: Sequence[Rule] = (),
    lines: Sequence[Line] = (),
    include: Sequence[float] = (),
    unit: str = "",
    name: str = "",
) -> str:
    """The SVG of `points` (oldest first) from `since` to `until`; "" when there is nothing to draw.

    `include` are values that the scale reaches to, however far from the points they are.

    At most 300 places that can be pointed at or reached by keyboard: beyond, each holds several ticks and says so.
    """
    points = [point for point in points if since <= point.at <= until]
    if not points:
        return ""
    values = [point.value for point in points if point.value is not None]
    steps = in_force(thresholds, since, until)
    wished = [value for _, _, step in steps for value in (step.norm, step.alert) if value is not None]
    wished += [band.mean - band.stddev, band.mean + band.stddev] if band else []
    low, high = extent([*values, *include], wished, _FAR)
    air = (high - low) * 0.04
    plot = Plot(since, until, Scale(low - air, high + air, TOP, BOTTOM))
    found = columns(points, since, until)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="group" aria-label="{text(f"Chart of {name}")}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<g role="img" aria-label="{text(_summary(points, values, plot, unit, name))}">',
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
        *_axes(plot, unit),
        *_normal(band, plot),
        *_gaps(points, plot),
        *limits(steps, plot),
        *fixed(lines, plot),
        *_rules(rules, plot),
        f'<path class="l" d="{_line(found, points, plot)}"/>',
        *_exceptions(found, plot),
        "</g>",
        f'<g class="pts" text-anchor="end" role="group" aria-label="Values, {text(unit)}">',
        *_targets(found, plot, unit),
        "</g></svg>",
    ]
    return "".join(parts)


def _summary(points: Sequence[Point], values: Sequence[float], plot: Plot, unit: str, name: str) -> str:
    stretch = f"from {instant(plot.since)} to {instant(plot.until)}"
    if not values:
        return f"{name}: {len(points)} ticks {stretch}, none with a value."
    behind = f" {unit}" if unit else ""
    lacking = len(points) - len(values)
    gaps = f" {lacking} ticks without data." if lacking else ""
    counts = [(state, sum(1 for point in points if point.status == state)) for state in ("red", "amber")]
    wrong = "".join(f" {count} ticks {state}." for state, count in counts if count)
    spread = f"{three_digits(min(values))} to {three_digits(max(values))}{behind}"
    return f"{name}: {spread} in {len(points)} ticks {stretch}.{wrong}{gaps}"


def _axes(plot: Plot, unit: str) -> Iterator[str]:
    for value, label in number_marks(plot.scale.low, plot.scale.high, 5):
        y = plot.scale.y(value)
        yield f'<path class="grid" d="M{LEFT} {number(y)}H{RIGHT}"/>'
        yield f'<text class="t" x="{LEFT - 8}" y="{number(y + 4)}" text-anchor="end">{text(label)}</text>'
    for at, label in time_marks(plot.since, plot.until, 8):
        x = plot.x(at)
        yield f'<path class="tick" d="M{number(x)} {BOTTOM}v5"/>'
        yield f'<text class="t" x="{number(x)}" y="{BOTTOM + 20}" text-anchor="middle">{text(label)}</text>'
    yield f'<path class="axis" d="M{LEFT} {BOTTOM}H{RIGHT}"/>'
    yield f'<text class="t" x="{LEFT - 48}" y="16">{text(unit)}</text>'
    yield f'<text class="t" x="{WIDTH - 8}" y="{BOTTOM + 20}" text-anchor="end">UTC</text>'


def _normal(band: Band | None, plot: Plot) -> Iterator[str]:
    if band is None:
        return
    low, high = band.mean - band.stddev, band.mean + band.stddev
    if high < plot.scale.low or low > plot.scale.high:
        return
    top, bottom = plot.scale.y(high), plot.scale.y(low)
    words = f"Normal looks like {three_digits(band.mean)} ± {three_digits(band.stddev)}"
    place = f'x="{LEFT}" y="{number(top)}" width="{RIGHT - LEFT}" height="{number(max(bottom - top, 1))}"'
    yield f'<rect class="b" {place}>{hint(words)}</rect>'


def _gaps(points: Sequence[Point], plot: Plot) -> Iterator[str]:
    """Stretches without a value, shaded."""
    for first, last in _without_value(points):
        x, end = plot.x(first), plot.x(last)
        words = f"No data from {instant(first)} to {instant(last)}"
        place = f'x="{number(x)}" y="{TOP}" width="{number(max(end - x, 1.5))}" height="{BOTTOM - TOP}"'
        yield f'<rect class="gap" {place}>{hint(words)}</rect>'


def _without_value(points: Sequence[Point]) -> Iterator[tuple[datetime, datetime]]:
    """From the last value before to the first after, for ticks without a value and for ticks that are missing."""
    step = usual_step(points)
    known, open_since = None, None
    for point in points:
        if point.value is None:
            open_since = open_since or known or point.at
            continue
        if open_since:
            yield open_since, point.at
        elif known and step and (point.at - known).total_seconds() > 1.5 * step:
            yield known, point.at
        known, open_since = point.at, None
    if open_since:
        yield open_since, points[-1].at


def _rules(rules: Sequence[Rule], plot: Plot) -> Iterator[str]:
    for rule in rules:
        if plot.since <= rule.at <= plot.until:
            x = number(plot.x(rule.at))
            said = hint(f"{rule.words}, {instant(rule.at)}")
            yield f'<path class="rule" d="M{x} {TOP - 8}V{BOTTOM}">{said}</path>'
            yield f'<path class="rulehead" d="M{x} {TOP - 4}l-4 -6h8z">{said}</path>'


def _line(found: Sequence[Column], points: Sequence[Point], plot: Plot) -> str:
    """Through the lowest and highest of each column; broken where ticks have no value or are missing."""
    breaks = {last for _, last in _without_value(points)}
    told: list[str] = []
    run: list[Point] = []
    broken = False
    for column in found:
        lacking = any(point.at in breaks or point.value is None for point in column.points)
        if lacking or broken:
            told, run = [*told, _run(run, plot)], []
        run = [*run, *column.valued] if not lacking else list(column.valued)
        broken = any(point.value is None for point in column.points)
    return "".join([*told, _run(run, plot)])


def _run(run: Sequence[Point], plot: Plot) -> str:
    if not run:
        return ""
    if len(run) == 1:
        # A round cap makes a lone point visible.
        return f"M{plot.place(run[0])}h0"
    return "M" + "L".join(plot.place(point) for point in run)


def _exceptions(found: Sequence[Column], plot: Plot) -> Iterator[str]:
    """Marks where a value was amber or red, and on the newest: what is green needs none."""
    for column in found:
        if column.status in ("amber", "red") and column.valued:
            point = column.worst
            yield shape(point.status, plot.x(point.at), plot.scale.y(point.value or 0.0), 3.5)
    newest = found[-1].points[-1]
    if newest.value is not None and newest.status not in ("amber", "red"):
        yield shape(newest.status, plot.x(newest.at), plot.scale.y(newest.value), 3.5)


def _targets(found: Sequence[Column], plot: Plot, unit: str) -> Iterator[str]:
    """What can be pointed at or focused: a stretch of the chart, its mark, and its words at the top right."""
    centres = [plot.x(column.at) for column in found]
    for index, (column, x) in enumerate(zip(found, centres, strict=True)):
        left = (centres[index - 1] + x) / 2 if index else max(LEFT, x - 8)
        right = (x + centres[index + 1]) / 2 if index + 1 < len(centres) else min(RIGHT + 4, x + 8)
        words = column.words(unit)
        valued = column.valued
        dot = ""
        if valued:
            point = valued[-1]
            dot = f'<circle cx="{number(plot.x(point.at))}" cy="{number(plot.scale.y(point.value or 0.0))}" r="4"/>'
        yield (
            f'<g class="pt" tabindex="0" role="img" aria-label="{text(words)}">{hint(words)}'
            f'<rect x="{number(left)}" y="{TOP}" width="{number(max(right - left, 1))}" height="{BOTTOM - TOP}"/>'
            f"{dot}"
            f'<text x="{RIGHT}" y="16" aria-hidden="true">{text(words)}</text></g>'
        )
