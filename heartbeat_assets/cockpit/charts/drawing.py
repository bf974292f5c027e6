"""What all charts write with: numbers, escaped words, instants and a vertical scale. It must not know any chart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

# What XML cannot hold, escaped or not.
_CONTROL = re.compile(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def text(words: str) -> str:
    """`words` as they may stand in an element or an attribute."""
    return escape(_CONTROL.sub(" ", words))


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def instant(at: datetime) -> str:
    """`at` as a title says it: 23 Feb 2026 14:00 UTC."""
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M} UTC"


def hint(words: str) -> str:
    """The title element that a pointer shows and a screen reader reads."""
    return f"<title>{text(words)}</title>"


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to y: `low` at `bottom`, `high` at `top`. What lies beyond is drawn at the edge."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        if self.high <= self.low:
            return (self.top + self.bottom) / 2
        part = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.bottom - part * (self.bottom - self.top)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def extent(values: Iterable[float], wished: Iterable[float], reach: float) -> tuple[float, float]:
    """The lowest and highest to draw: of `values`, and of those `wished` within `reach` times the values' span.

    A threshold far away would press the values into a flat line, and say less than leaving it out.
    """
    known = list(values)
    low, high = min(known, default=0.0), max(known, default=0.0)
    span, extra = high - low, list(wished)
    if span > 0:
        extra = [value for value in extra if low - reach * span <= value <= high + reach * span]
    if not known and extra:
        low, high = extra[0], extra[0]
    low, high = min([low, *extra]), max([high, *extra])
    if low == high:
        # A flat line runs through the middle.
        pad = abs(low) * 0.1 or 1.0
        low, high = low - pad, high + pad
    return low, high


def shape(status: str, x: float, y: float, size: float) -> str:
    """The path of a status's mark around x, y: circle for green and ok, triangle, diamond, cross, or a ring."""
    if status in ("amber", "degraded"):
        d = f"M{number(x)} {number(y - size)}l{number(size * 1.1)} {number(size * 1.9)}h{number(-size * 2.2)}z"
    elif status in ("red", "failed"):
        d = f"M{number(x)} {number(y - size * 1.2)}l{number(size * 1.2)} {number(size * 1.2)} "
        d += f"{number(-size * 1.2)} {number(size * 1.2)} {number(-size * 1.2)} {number(-size * 1.2)}z"
    elif status == "malformed":
        d = f"M{number(x - size)} {number(y - size)}l{number(size * 2)} {number(size * 2)}m0 {number(-size * 2)}"
        d += f"l{number(-size * 2)} {number(size * 2)}"
    else:
        return f'<circle class="m s-{text(status)}" cx="{number(x)}" cy="{number(y)}" r="{number(size)}"/>'
    return f'<path class="m s-{text(status)}" d="{d}"/>'
