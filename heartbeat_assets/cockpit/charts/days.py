"""Days as bars, one a day: how a component or an objective did lately. It must not judge a day."""

from __future__ import annotations

from collections.abc import Sequence

from heartbeat_assets.cockpit.charts.drawing import hint, number, text
from heartbeat_assets.cockpit.charts.points import DayMark

_PITCH, _HEIGHT = 8, 28
_TALL = {"red": 28.0, "amber": 18.0, "green": 9.0, "no_data": 3.0}
"""The worse, the taller: the bars are read without their colours."""


def day_bars(days: Sequence[DayMark], *, label: str) -> str:
    """The SVG of `days`, oldest first; "" for none. `label` says in words what the bars show."""
    if not days:
        return ""
    wide = _PITCH * len(days)
    drawn = "".join(_bar(day, place) for place, day in enumerate(days))
    return (
        f'<svg class="days" role="img" aria-label="{text(label)}" viewBox="0 0 {wide} {_HEIGHT}" '
        f'preserveAspectRatio="none">{drawn}</svg>'
    )


def _bar(day: DayMark, place: int) -> str:
    tall = _TALL.get(day.status, 3.0)
    x, status = _PITCH * place, day.status if day.status in _TALL else "no_data"
    # The whole height can be pointed at, also where the bar is low.
    hit = f'<rect class="hit" x="{x}" width="{_PITCH}" height="{_HEIGHT}"/>'
    place_of_bar = f'x="{x + 1}" y="{number(_HEIGHT - tall)}" width="{_PITCH - 2}" height="{number(tall)}"'
    bar = f'<rect class="d-{status}" {place_of_bar}/>'
    return f"<g>{hint(day.words)}{hit}{bar}</g>"
