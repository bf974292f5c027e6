"""The thresholds in a metric's chart: step lines as they were, and their names. It must not judge by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from heartbeat_assets.cockpit.charts.drawing import number, text
from heartbeat_assets.cockpit.charts.plot import BOTTOM, RIGHT, TOP, Plot
from heartbeat_assets.cockpit.charts.points import Line, ThresholdStep
from heartbeat_assets.cockpit.views.words import three_digits

_LABEL_HEIGHT = 15


def in_force(
    steps: Sequence[ThresholdStep], since: datetime, until: datetime
) -> list[tuple[datetime, datetime, ThresholdStep]]:
    """From, to and the thresholds of each stretch that reaches into the chart."""
    ends = [step.since for step in steps[1:]] + [until]
    spans = zip(steps, ends, strict=True) if steps else ()
    return [
        (max(step.since, since), min(end, until), step) for step, end in spans if step.since < until and end > since
    ]


def limits(steps: Sequence[tuple[datetime, datetime, ThresholdStep]], plot: Plot) -> Iterator[str]:
    """Both thresholds as step lines, each named at its end; far ones at the edge with an arrow."""
    labels: list[tuple[float, str, str]] = []
    for role, word in (("norm", "norm"), ("alert", "alert")):
        d, last = "", None
        for since, until, step in steps:
            value = step.norm if role == "norm" else step.alert
            if value is None or not plot.scale.holds(value):
                last = None
                continue
            y = number(plot.scale.y(value))
            begin = "M" if last is None else "L"
            d += f"{begin}{number(plot.x(since))} {y}H{number(plot.x(until))}"
            last = value
        if d:
            yield f'<path class="{role[0]} limit" d="{d}"/>'
        if steps and (now := (steps[-1][2].norm if role == "norm" else steps[-1][2].alert)) is not None:
            beyond = "" if plot.scale.holds(now) else " ↑" if now > plot.scale.high else " ↓"
            labels.append((plot.scale.y(now), role, f"{word} {three_digits(now)}{beyond}"))
    labels.sort()
    if len(labels) == 2 and labels[1][0] - labels[0][0] < _LABEL_HEIGHT:
        middle = min(max((labels[0][0] + labels[1][0]) / 2, TOP), BOTTOM - _LABEL_HEIGHT / 2)
        labels = [
            (middle + way * _LABEL_HEIGHT / 2, label[1], label[2]) for way, label in ((-1, labels[0]), (1, labels[1]))
        ]
    for place, role, label in labels:
        yield f'<text class="{role[0]}t" x="{RIGHT + 8}" y="{number(place + 4)}">{text(label)}</text>'


def fixed(lines: Sequence[Line], plot: Plot) -> Iterator[str]:
    """Limits that do not change, each named at its end; names that would touch are pushed apart."""
    shown = sorted((line for line in lines if plot.scale.holds(line.value)), key=lambda line: -line.value)
    free = float(TOP - _LABEL_HEIGHT)
    for line in shown:
        y = plot.scale.y(line.value)
        free = max(y, free + _LABEL_HEIGHT)
        role = "a" if line.worst else "n"
        yield f'<path class="{role} limit" d="M{number(plot.x(plot.since))} {number(y)}H{RIGHT}"/>'
        yield f'<text class="{role}t" x="{RIGHT + 8}" y="{number(free + 4)}">{text(line.words)}</text>'
