"""Numbers, durations, instants and lists as a person reads them in a sentence. It must not know metrics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta


def number_words(value: float, unit: str = "") -> str:
    """`value` with thousands separated and at most six significant digits, its unit behind it."""
    magnitude = abs(value)
    if magnitude and (magnitude >= 1e15 or magnitude < 1e-6):
        text = f"{value:.6g}"
    elif value == int(value):
        text = f"{int(value):,}"
    else:
        decimals = max(0, 6 - len(str(int(magnitude)).lstrip("0")))
        text = f"{value:,.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{value:,.0f}"
    return f"{text} {unit}".rstrip()


def duration_words(duration: timedelta) -> str:
    """`duration` to the minute in its two largest units: `3 h 20 min`, `2 days 4 h`."""
    minutes = round(duration.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [
        f"{days} day{'s' * (days != 1)}" if days else "",
        f"{hours} h" if hours else "",
        f"{minutes} min" if minutes and not days else "",
    ]
    return " ".join(part for part in parts if part) or "0 min"


def instant_words(instant: datetime) -> str:
    """`instant` (aware) to the minute: `2026-02-23 14:31 UTC`."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def listed(names: Sequence[str]) -> str:
    """`A`; `A and B`; `A, B and C`. There must be one."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
