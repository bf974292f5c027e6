"""What the ledger keeps of metrics, as plain values: events, state, computed values, benchmarks.

Every time is aware and in UTC. Nothing here touches a database, and nothing here knows what a threshold means.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from heartbeat_assets.ledger.errors import LedgerError

ActorKind = Literal["person", "program"]
Via = Literal["cli", "cockpit", "api", "dagster", "file"]
Status = Literal["green", "amber", "red", "no_data"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change, and by which door. Some changes are a person's alone; the database knows which."""

    name: str
    kind: ActorKind
    via: Via


@dataclass(frozen=True, slots=True)
class NewMetricEvent:
    """The change of one field that a caller wants recorded.

    `after` is text: a number as its repr, a date as ISO-8601, None for "no longer set". What the field was
    before is for the ledger to say.
    """

    field: str
    after: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class MetricEvent:
    """A recorded change. `place` counts the metric's events from 1 without gaps, `seq` those of all metrics."""

    seq: int
    metric_id: str
    place: int
    field: str
    before: str | None
    after: str | None
    actor: str
    actor_kind: ActorKind
    via: Via
    reason: str
    at: datetime
    previous_hash: str
    entry_hash: str


@dataclass(frozen=True, slots=True)
class MetricRow:
    """What a metric's events amount to. `place` is that of the newest one: who edits names it, to notice that
    somebody was faster.
    """

    metric_id: str
    service: str | None
    registration: Literal["registered", "retired"]
    sql_hash: str | None
    source_schema: str | None
    direction: str | None
    norm_value: float | None
    alert_value: float | None
    recovery_value: float | None
    owner: str | None
    target_due_date: str | None
    verification_state: Literal["unverified", "verified"]
    verified_until: str | None
    place: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class NewValue:
    """What a metric was at `tick`: a whole second. `value` is None just when `status` is no_data."""

    metric_id: str
    tick: datetime
    value: float | None
    status: Status
    computed_at: datetime
    source_as_of: datetime | None
    sql_hash: str
    error: str | None


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A recorded value. `revision` counts what was computed for the same tick, from 1."""

    metric_id: str
    tick: datetime
    value: float | None
    status: Status
    computed_at: datetime
    source_as_of: datetime | None
    sql_hash: str
    error: str | None
    seq: int
    revision: int


@dataclass(frozen=True, slots=True)
class NewBenchmark:
    """What is normal for a metric: `count` values between two ticks, within a window of days."""

    metric_id: str
    computed_at: datetime
    window_days: int
    count: int
    mean: float | None
    stddev: float | None
    median: float | None
    mad: float | None
    first_tick: datetime | None
    last_tick: datetime | None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A recorded benchmark."""

    metric_id: str
    computed_at: datetime
    window_days: int
    count: int
    mean: float | None
    stddev: float | None
    median: float | None
    mad: float | None
    first_tick: datetime | None
    last_tick: datetime | None
    seq: int


class StaleMetric(LedgerError):
    """Somebody else changed the metric first. `current` is what it is now, None when it has no events."""

    def __init__(self, message: str, current: MetricRow | None) -> None:
        super().__init__(message)
        self.current = current
