"""Strips of marks: the status of a metric over time, and the heartbeats of a lane. They must not judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from heartbeat_assets.cockpit.charts.columns import Column, columns
from heartbeat_assets.cockpit.charts.drawing import hint, instant, number, shape, text
from heartbeat_assets.cockpit.charts.plot import LEFT, RIGHT, WIDTH
from heartbeat_assets.cockpit.charts.points import Point, RowMark, usual_step

_HEIGHT = 24
_TALL = {"red": 20.0, "amber": 13.0, "no_data": 10.0, "green": 5.0}
"""The worse, the taller: a strip is read without its colours."""
_PITCH = 16


def status_strip(points: Sequence[Point], *, since: datetime, until: datetime) -> str:
    """The SVG of the statuses of `points` under their chart, neighbours of one status as one mark; "" for none.

    At most 300 marks: where there would be more, a mark has the worst status of its stretch.
    """
    points = [point for point in points if since <= point.at <= until]
    if not points:
        return ""
    runs = _runs(columns(points, since, until))
    whole = (until - since).total_seconds() or 1.0
    step = usual_step(points)

    def x(seconds: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(max((seconds - since.timestamp()) / whole, 0.0), 1.0)

    marks = []
    for run in runs:
        ticks = [point for column in run for point in column.points]
        # A tick is about what came before it.
        left, right = x(ticks[0].at.timestamp() - step), x(ticks[-1].at.timestamp())
        marks.append(_mark(run, ticks, left, max(right - left, 1.5)))
    label = f"Status of {len(points)} ticks: {_counted([point.status for point in points])}"
    head = f'<svg class="strip" role="group" aria-label="{text(label)}" viewBox="0 0 {WIDTH} {_HEIGHT}">'
    return f"{head}{''.join(marks)}</svg>"


def _runs(found: Sequence[Column]) -> list[list[Column]]:
    runs: list[list[Column]] = []
    for column in found:
        if runs and runs[-1][-1].status == column.status:
            runs[-1].append(column)
        else:
            runs.append([column])
    return runs


def _mark(run: Sequence[Column], ticks: Sequence[Point], left: float, width: float) -> str:
    status = run[0].status
    tall = _TALL.get(status, 5.0)
    middle = _HEIGHT / 2
    word = status.replace("_", " ") if len(run) == len(ticks) else f"at worst {status.replace('_', ' ')}"
    if len(ticks) == 1:
        words = f"{word} at {instant(ticks[0].at)}"
    else:
        words = f"{word} in {len(ticks)} ticks, {instant(ticks[0].at)} to {instant(ticks[-1].at)}"
    place = f'x="{number(left)}" y="{number(middle - tall / 2)}" width="{number(width)}" height="{number(tall)}"'
    glyph = ""
    if status in ("red", "amber") and width >= 14:
        glyph = f'<g class="on">{shape(status, left + width / 2, middle, 3.2 if status == "red" else 3.6)}</g>'
    return (
        f'<g class="run" tabindex="0" role="img" aria-label="{text(words)}">{hint(words)}'
        f'<rect class="r-{text(status)}" {place}/>{glyph}</g>'
    )


def heartbeat_strip(rows: Sequence[RowMark]) -> str:
    """The SVG of a lane's rows, oldest first, one mark each; "" for none."""
    if not rows:
        return ""
    wide = _PITCH * len(rows)
    label = f"{len(rows)} rows, oldest first: {_counted([row.status for row in rows])}. Newest: {rows[-1].status}"
    role = "group" if any(row.href for row in rows) else "img"
    return (
        f'<svg class="beats" role="{role}" aria-label="{text(label)}" width="{wide}" height="{_HEIGHT}" '
        f'viewBox="0 0 {wide} {_HEIGHT}">{"".join(_beats(rows))}</svg>'
    )


def _beats(rows: Sequence[RowMark]) -> Iterator[str]:
    for index, row in enumerate(rows):
        x = _PITCH * index + _PITCH / 2
        words = ", ".join(word for word in (row.status, instant(row.at) if row.at else "", row.words) if word)
        drawn = f"{hint(words)}{shape(row.status, x, _HEIGHT / 2, 5 if row.status != 'malformed' else 4)}"
        cell = f'<rect class="hit" x="{_PITCH * index}" width="{_PITCH}" height="{_HEIGHT}"/>'
        if row.href:
            yield f'<a href="{text(row.href)}" aria-label="{text(words)}">{cell}{drawn}</a>'
        else:
            yield f"<g>{cell}{drawn}</g>"


def _counted(statuses: Sequence[str]) -> str:
    order = ("failed", "malformed", "degraded", "ok", "red", "amber", "no_data", "green")
    counts = [(status, statuses.count(status)) for status in order]
    return ", ".join(f"{count:,} {status.replace('_', ' ')}" for status, count in counts if count)
