"""What a metric's events amount to, with types: its thresholds now and then, its owner, its verification, its stage.

It must not read the ledger or change anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from heartbeat_assets.ledger import MetricEvent, MetricRow
from heartbeat_assets.metrics.thresholds import DIRECTIONS, THRESHOLD_FIELDS, Direction, Thresholds

STAGES = (
    "discovery",
    "registration",
    "backfill",
    "benchmark",
    "provisional thresholds",
    "unverified",
    "owner assigned",
    "owner review",
    "verified",
    "retired",
)
"""The names of the stages of a metric's life, 1 to 10."""


@dataclass(frozen=True, slots=True)
class MetricState:
    """A metric as it is now. `place` is that of its newest event: who edits names it."""

    metric_id: str
    service: str
    thresholds: Thresholds
    owner: str | None
    target_due_date: date | None
    verified: bool
    verified_until: datetime | None
    retired: bool
    sql_hash: str | None
    source_schema: str | None
    place: int
    changed_at: datetime

    def expired(self, now: datetime) -> bool:
        """Whether the verification has run out at `now` (aware)."""
        return self.verified and self.verified_until is not None and self.verified_until <= now


def state_of(row: MetricRow) -> MetricState:
    """`row` of the ledger with types."""
    return MetricState(
        metric_id=row.metric_id,
        service=row.service or "",
        thresholds=Thresholds(_direction(row.direction), row.norm_value, row.alert_value, row.recovery_value),
        owner=row.owner,
        target_due_date=None if row.target_due_date is None else date.fromisoformat(row.target_due_date),
        verified=row.verification_state == "verified",
        verified_until=None if row.verified_until is None else _instant(row.verified_until),
        retired=row.registration == "retired",
        sql_hash=row.sql_hash,
        source_schema=row.source_schema,
        place=row.place,
        changed_at=row.changed_at,
    )


def stage_of(state: MetricState | None, values_count: int, has_benchmark: bool, *, reviewed: bool = False) -> int:
    """The last stage of STAGES, from 1, that a metric has reached; `reviewed` is what the function of that name says.

    10 retired; 9 verified; 8 has an owner who is reviewing it; 7 has an owner. Without an owner, by what there is:
    6 values, a benchmark and thresholds, so that only a person is missing; 5 values and thresholds; 4 values and a
    benchmark; 3 values; 2 none of these, but it is registered; 1 not even that.
    """
    if state is None:
        return 1
    if state.retired:
        return 10
    if state.verified:
        return 9
    if state.owner is not None:
        return 8 if reviewed else 7
    if not values_count:
        return 2
    if state.thresholds.norm_value is None and state.thresholds.alert_value is None:
        return 4 if has_benchmark else 3
    return 6 if has_benchmark else 5


def reviewed(events: Iterable[MetricEvent]) -> bool:
    """Whether its owner is reviewing the metric: since the present owner was set, a person changed a threshold or the
    due date, or a verification came to an end.
    """
    found = False
    for event in events:
        if event.field == "owner":
            found = False
        elif event.field in (*THRESHOLD_FIELDS, "target_due_date"):
            found = found or event.actor_kind == "person"
        elif event.field == "verification_state":
            found = found or event.before == "verified"
    return found


class ThresholdHistory:
    """The thresholds of a metric at any instant, from all its `events`, oldest first."""

    def __init__(self, events: Sequence[MetricEvent]) -> None:
        self.changes: list[tuple[datetime, Thresholds]] = []
        """From which instant on which thresholds were in force, oldest first; empty without events."""
        current = Thresholds(DIRECTIONS[0])
        for event in events:
            current = _after(current, event)
            # What is recorded at once counts at once: no instant sees half of it.
            if self.changes and self.changes[-1][0] == event.at:
                self.changes.pop()
            if not self.changes or self.changes[-1][1] != current:
                self.changes.append((event.at, current))
        self._instants = [at for at, _ in self.changes]

    def at(self, instant: datetime) -> Thresholds:
        """The thresholds in force at `instant` (aware); before there were any, the first ones."""
        if not self.changes:
            return Thresholds(DIRECTIONS[0])
        return self.changes[max(bisect_right(self._instants, instant) - 1, 0)][1]


def thresholds_at(events: Sequence[MetricEvent], instant: datetime) -> Thresholds:
    """The thresholds in force at `instant` by `events`, oldest first; before there were any, the first ones."""
    return ThresholdHistory(events).at(instant)


def _after(thresholds: Thresholds, event: MetricEvent) -> Thresholds:
    value = None if event.after is None or event.field not in THRESHOLD_FIELDS else float(event.after)
    match event.field:
        case "direction":
            return replace(thresholds, direction=_direction(event.after))
        case "norm_value":
            return replace(thresholds, norm_value=value)
        case "alert_value":
            return replace(thresholds, alert_value=value)
        case "recovery_value":
            return replace(thresholds, recovery_value=value)
    return thresholds


def _direction(text: str | None) -> Direction:
    return "lower_is_better" if text == "lower_is_better" else "higher_is_better"


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
