"""Days as bars, and limits that do not change: read without colours, named without touching each other."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from heartbeat_assets.cockpit.charts import DayMark, Line, Point, day_bars, metric_chart

NOW = datetime(2026, 2, 23, 14, tzinfo=UTC)


def test_the_worse_a_day_the_taller_its_bar_and_each_says_what_it_was() -> None:
    days = [
        DayMark("green", "fine"),
        DayMark("amber", "slow"),
        DayMark("red", "down <b>"),
        DayMark("no_data", "unknown"),
    ]
    drawn = day_bars(days, label="four days")
    bars = re.findall(r'<rect class="d-(\w+)" x="(\d+)" y="\d+" width="6" height="(\d+)"/>', drawn)
    tall = {status: int(height) for status, _, height in bars}

    ET.fromstring(drawn)
    assert [status for status, _, _ in bars] == ["green", "amber", "red", "no_data"]
    assert tall["red"] > tall["amber"] > tall["green"] > tall["no_data"]
    assert "<title>down &lt;b&gt;</title>" in drawn
    assert 'role="img" aria-label="four days"' in drawn
    assert day_bars([], label="none") == ""


def chart(lines: list[Line], *values: float, include: tuple[float, ...] = ()) -> str:
    points = [Point(NOW + timedelta(hours=place), value) for place, value in enumerate(values)]
    return metric_chart(
        points, since=points[0].at, until=points[-1].at, lines=lines, include=include, unit="%", name="budget"
    )


def test_limits_that_lie_close_together_are_named_apart() -> None:
    drawn = chart([Line(0, "used up", worst=True), Line(1, "red"), Line(2, "yellow")], -100, 100)
    names = re.findall(r'<text class="(at|nt)" x="\d+" y="([\d.]+)">([\w ]+)</text>', drawn)
    heights = [float(y) for _, y, _ in names]

    assert [(kind, words) for kind, _, words in names] == [("nt", "yellow"), ("nt", "red"), ("at", "used up")]
    assert all(lower - upper >= 14.9 for upper, lower in pairwise(heights))


def test_the_scale_reaches_to_what_it_shall_include_however_far_that_is() -> None:
    near, far = chart([Line(0, "used up")], 99, 99.5), chart([Line(0, "used up")], 99, 99.5, include=(0, 100))

    assert "used up" not in near
    assert "used up" in far
