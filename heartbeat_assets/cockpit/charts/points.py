"""What charts are drawn from. It must not draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Point:
    """A value at an instant (aware, UTC); no value is a gap."""

    at: datetime
    value: float | None
    status: str = "green"
    """green, amber, red or no_data; for a lane's KPI whether its limit was kept: green or red."""


@dataclass(frozen=True, slots=True)
class Band:
    """What is normal: from `mean` less `stddev` to `mean` and `stddev`."""

    mean: float
    stddev: float


@dataclass(frozen=True, slots=True)
class ThresholdStep:
    """The thresholds in force from `since` until the next step."""

    since: datetime
    norm: float | None
    alert: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A limit that was the same all the time: `words` name it; the `worst` is drawn as an alert."""

    value: float
    words: str
    worst: bool = False


@dataclass(frozen=True, slots=True)
class DayMark:
    """A UTC day in a strip of days: green, amber, red or no_data, and what is told when it is pointed at."""

    status: str
    words: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A moment worth a vertical rule: the SQL changed, the metric was verified."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class RowMark:
    """One heartbeat of a lane: ok, degraded, failed or malformed."""

    status: str
    at: datetime | None = None
    words: str = ""
    """What else its title says: the reasons, the revision."""
    href: str = ""
    """Where its evidence is: `#row-12`; "" for a mark that is no link."""


def usual_step(points: Sequence[Point]) -> float:
    """The seconds between neighbours, as most of them have it; 0 for fewer than two."""
    instants = [point.at.timestamp() for point in points]
    gaps = sorted(later - earlier for earlier, later in pairwise(instants))
    return gaps[len(gaps) // 2] if gaps else 0.0
