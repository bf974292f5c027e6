"""What was measured, each with its instant: what rules and symptoms are held against.

Plain values. It must not judge them, nor read them from anywhere; `gathering` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class SloFact:
    """The newest verdict about an SLO: `kind` is its state in lower case or `problem`, `record` the verdict's."""

    name: str
    kind: str
    record: Mapping[str, Any]
    sentence: str
    at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class MetricFact:
    """The newest value of a metric. `at` is the instant it is about, None before it has a value or has no data."""

    id: str
    value: float | None
    unit: str
    status: str
    at: datetime | None
    computed_at: datetime | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class LaneFact:
    """The newest verdict of a lane. `passes` is None before its first run; `at` is when it ran last."""

    name: str
    passes: bool | None
    sentence: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ScheduleFact:
    """How a schedule does: when what it runs left something in the ledger last, and how often it was due since.

    `missed` is None when it never ran.
    """

    name: str
    kind: Literal["lane", "metrics service"]
    cron: str
    timezone: str
    enabled: bool
    last: datetime | None
    missed: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything as it is `at` an instant. `problems` says what could not be looked at."""

    at: datetime
    slos: Mapping[str, SloFact] = field(default_factory=dict)
    metrics: Mapping[str, MetricFact] = field(default_factory=dict)
    lanes: Mapping[str, LaneFact] = field(default_factory=dict)
    schedules: Mapping[str, ScheduleFact] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
