"""Metrics in the words of a terminal: status with its symbol, short cells, ages. It must not read anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from heartbeat_assets.cli.output import state, wrapped
from heartbeat_assets.metrics.wording import duration_words, instant_words, number_words

Document = dict[str, Any]


def status_words(status: str) -> str:
    """The status as symbol and word: `◆ red`, `○ no data`."""
    return state(status.replace("_", " "))


def problem_line(problem: object, indent: str = "") -> str:
    """What is wrong, behind the symbol for it."""
    return wrapped(f"{click.unstyle(state('failed')).split(' ')[0]} {problem}", indent)


def short(text: str, most: int) -> str:
    """`text`, cut where it is longer than `most`."""
    return text if len(text) <= most else text[: most - 1] + "…"


def value_words(value: float | None, unit: str | None) -> str:
    """A value with its unit, or that there is none."""
    return "no value" if value is None else number_words(value, unit or "")


def age_words(instant: str | None, now: datetime) -> str:
    """How long ago the ISO instant was; nothing when there is none."""
    if instant is None:
        return ""
    return duration_words(max(now - datetime.fromisoformat(instant), timedelta()))


def minute_words(instant: str | None) -> str:
    """The ISO instant to the minute, in UTC."""
    return "" if instant is None else instant_words(datetime.fromisoformat(instant).astimezone(UTC))


def normal_words(benchmark: Document | None, unit: str | None) -> str:
    """What is normal, in a sentence."""
    if benchmark is None:
        return "not known yet: there is no benchmark"
    mean, deviation = benchmark["mean"], benchmark["stddev"]
    if mean is None:
        return "beyond what a number can say"
    around = number_words(mean) if deviation is None else f"{number_words(mean)} ± {number_words(deviation)}"
    values = f"{benchmark['count']:,} value{'s' * (benchmark['count'] != 1)}"
    return f"{around} {unit or ''}".rstrip() + f", over {values} of {benchmark['window_days']} days"
