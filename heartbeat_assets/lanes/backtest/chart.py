"""The chart of a backtest as shapes: a strip per policy with its blocked stretches, and each KPI with its threshold.

`backtest_svg` and `backtest_png` draw what is laid out here. It must not write files.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from heartbeat_assets.lanes.backtest import Backtest
from heartbeat_assets.lanes.backtest.axes import time_marks
from heartbeat_assets.lanes.backtest.panel import HEADING, PANEL, panel
from heartbeat_assets.lanes.backtest.report import duration_text
from heartbeat_assets.lanes.backtest.shapes import GAP_WIDTH, LEFT, LINE_HEIGHT, RIGHT, Axis, Chart, Line, Shape, Words
from heartbeat_assets.lanes.backtest.strip import STRIP, strip
from heartbeat_assets.lanes.sentences import minute_text
from heartbeat_assets.lanes.values import Document

_LETTERS_A_LINE = 128
_SPACE = 14
_MOST_MARKS, _LABEL_WIDTH = 9, 60
# A stretch without a run that takes more of the time shown is drawn as a break.
_LONG_GAP = 0.15


def chart_of(backtest: Backtest) -> Chart:
    """Lays out the chart of `backtest`, which was made with curves."""
    document = backtest.document
    title = f"{document['lane']}: when publishing would have been blocked"
    axis = _axis(backtest)
    when = _when(document)
    chart = Chart(title, f"{document['verdict']} {document['rows_replayed']:,} heartbeats, {when}.")
    chart.shapes.append(Words(24, 32, title, size=17, bold=True))
    y = 36.0
    for line in textwrap.wrap(document["verdict"], _LETTERS_A_LINE):
        y += LINE_HEIGHT
        chart.shapes.append(Words(24, y, line, "muted", size=13))
    top = y = y + _SPACE
    policies = [("Current policy", backtest.current)]
    if backtest.proposed is not backtest.current:
        policies.append(("Proposed policy", backtest.proposed))
    body: list[Shape] = [Words(RIGHT, y + 14, "block height: share of the time blocked", "muted", "end", size=11)]
    for name, policy in policies:
        body += strip(axis, backtest.lane.spec, name, policy, y)
        y += STRIP + _SPACE
    for curve in backtest.curves.curves:
        body += panel(axis, curve, backtest.curves.longest_step, y)
        y += HEADING + PANEL + _SPACE
    chart.shapes += [*_time_axis(axis, when, top, y), *body]
    chart.height = y + 52
    return chart


def _axis(backtest: Backtest) -> Axis:
    """From the first row that is reported to now, or to shortly behind the last row when that is long ago."""
    span, now = backtest.span, datetime.fromisoformat(backtest.document["generated_at"])
    first = span.since if span.since and span.rows_before else span.first
    start = first or span.since or now
    last = max(span.last or start, start)
    length = max(last - start, timedelta(minutes=1))
    gaps = backtest.curves.long_gaps(length.total_seconds() * _LONG_GAP)
    if now - last <= length / 4:
        return Axis(start, max(now, _later(last, timedelta(minutes=1))), gaps)
    end = _later(last, length / 20)
    for policy in (backtest.current, backtest.proposed):
        for episode in policy.episodes[-1:]:
            if episode.ongoing and episode.began and episode.began > last:
                # It grew too old only after the last row: that much must be seen.
                end = max(end, _later(episode.began, (episode.began - start) / 20))
    return Axis(start, end, gaps)


def _later(at: datetime, step: timedelta) -> datetime:
    """`at` plus `step`, or the last instant there is: a run may be dated 9999-12-31."""
    latest = datetime.max.replace(tzinfo=UTC)
    return at + step if step <= latest - at else latest


def _time_axis(axis: Axis, when: str, top: float, bottom: float) -> Iterator[Shape]:
    free = 0.0
    for since, to in axis.stretches():
        left, right = axis.x(since), axis.x(to)
        for at, label in time_marks(since, to, max(2, round(_MOST_MARKS * (right - left) / (RIGHT - LEFT)))):
            x = axis.x(at)
            yield Line(((x, top), (x, bottom)), "grid")
            # What is said of a gap needs its room too.
            if x >= free and (x <= right - _LABEL_WIDTH / 2 or to == axis.end):
                yield Words(x, bottom + 16, label, "muted", "middle")
                free = x + _LABEL_WIDTH
        free = max(free, right + GAP_WIDTH + _LABEL_WIDTH / 2)
    for since, to in axis.gaps:
        middle = (axis.x(since) + axis.x(to)) / 2
        for x in (middle - 4, middle + 4):
            yield Line(((x - 4, bottom + 7), (x + 4, bottom - 7)), "axis")
        yield Words(middle, bottom + 18, "no run", "muted", "middle", size=10)
        yield Words(middle, bottom + 30, duration_text((to - since).total_seconds()), "muted", "middle", size=10)
    yield Line(((LEFT, bottom), (RIGHT, bottom)), "axis")
    yield Words((LEFT + RIGHT) / 2, bottom + 38, f"time of the run, {when}", "muted", "middle")


def _when(document: Document) -> str:
    first, last = (minute_text(document[name] or "") for name in ("first_run_at", "last_run_at"))
    return f"{first} to {last}" if document["rows_replayed"] else "no run"
