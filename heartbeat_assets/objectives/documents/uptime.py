"""The days of a component as bars: the shorter a bar, the worse the day. It must not work out what a day was like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from heartbeat_assets.objectives.documents import words
from heartbeat_assets.objectives.documents.signs import mark, tone
from heartbeat_assets.objectives.documents.tree import h
from heartbeat_assets.objectives.operations import UptimeDay

_STEP, _BAR, _TALL = 8, 6, 32
_HEIGHTS = {"OK": 32, "DEGRADED": 20, "DOWN": 10, "NO_DATA": 2}


def uptime_bars(name: str, days: Sequence[UptimeDay]) -> Element:
    """The bars of `days`, the oldest left."""
    bars = [
        h(
            "rect",
            h("title", day_words(day)),
            x=position * _STEP,
            y=_TALL - _HEIGHTS[day.worst],
            width=_BAR,
            height=_HEIGHTS[day.worst],
            cls=tone(day.worst),
        )
        for position, day in enumerate(days)
    ]
    return h(
        "svg",
        bars,
        cls="bars",
        viewBox=f"0 0 {max(1, len(days)) * _STEP - (_STEP - _BAR)} {_TALL}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{name}: {summary(days)}",
    )


def summary(days: Sequence[UptimeDay]) -> str:
    """`90 days: 2 DOWN, 1 DEGRADED, 3 without data`."""
    counts = Counter(day.worst for day in days)
    said = [f"{counts[one]} {one}" for one in ("DOWN", "DEGRADED") if counts[one]]
    said += [f"{counts['NO_DATA']} without data"] if counts["NO_DATA"] else []
    return f"{len(days)} day{'s' * (len(days) != 1)}: {', '.join(said) or 'all OK'}"


def bad_days(days: Sequence[UptimeDay]) -> Element | None:
    """The days on which something was wrong as a list to unfold, the newest first; None when there was none."""
    bad = [day for day in reversed(days) if day.worst in ("DEGRADED", "DOWN")]
    if not bad:
        return None
    items = [h("li", h("time", day.day.isoformat(), datetime=day.day.isoformat()), " ", mark(day.worst), " ",
               h("span", _spent(day))) for day in bad]  # fmt: skip
    return h("details", h("summary", f"{len(bad)} day{'s' * (len(bad) != 1)} not OK"), h("ul", items, cls="days"))


def day_words(day: UptimeDay) -> str:
    """`2026-02-01: DOWN, DOWN for 1 h 30 min`."""
    spent = _spent(day)
    return f"{day.day.isoformat()}: {words.state(day.worst)}{f', {spent}' if spent else ''}"


def _spent(day: UptimeDay) -> str:
    said = [
        f"{state} for {words.duration(seconds)}"
        for state, seconds in (("DOWN", day.down), ("DEGRADED", day.degraded))
        if seconds
    ]
    if day.unknown and day.worst != "NO_DATA":
        said.append(f"not known for {words.duration(day.unknown)}")
    return ", ".join(said)
