"""How everything stands, as one plain value: what documents, the cockpit and the terminal show, and nothing else.

`operations_now` gathers it. The value itself asks no clock, no ledger and no file: the same one always makes the same
document.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any

from heartbeat_assets.objectives.status.conditions import ComponentState

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Override:
    """What a person says a component's state is, until an instant."""

    state: ComponentState
    until: datetime
    actor: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UptimeDay:
    """A UTC day of a component in whole seconds: how long it was in each state, and how long nobody knew.

    `worst` is the worst state of the day, NO_DATA when nothing is known of it. `availability` is 1 without any time
    DOWN, of the time that is known, None when none is. Time DEGRADED counts as available.
    """

    day: date
    ok: int
    degraded: int
    down: int
    unknown: int

    @property
    def worst(self) -> ComponentState:
        """The worst state of the day."""
        return "DOWN" if self.down else "DEGRADED" if self.degraded else "OK" if self.ok else "NO_DATA"

    @property
    def availability(self) -> float | None:
        """The share of the known time in which it was not DOWN."""
        known = self.ok + self.degraded + self.down
        return None if not known else (self.ok + self.degraded) / known

    def record(self) -> Record:
        """It as plain values."""
        seconds = {"ok": self.ok, "degraded": self.degraded, "down": self.down, "unknown": self.unknown}
        return {"day": self.day.isoformat(), "worst": self.worst, "availability": self.availability, **seconds}


@dataclass(frozen=True, slots=True)
class ComponentStatus:
    """A component as it is shown.

    `state` is what is shown, `found` what the rules find at this moment, without damping and override. `since` is from
    when on `state` is known to be so, None before anything was recorded. `reasons` are sentences, the worst first; with
    an `override` what the person says comes before them. `updated_at` is the oldest instant of what it rests on, None
    when there is nothing. `stale` says that some of that is too old or missing. `flaps` counts how often it became
    worse in the last hour. `days` are the last 90, the oldest first.
    """

    id: str
    name: str
    description: str
    essential: bool
    state: ComponentState
    found: ComponentState
    since: datetime | None
    reasons: tuple[str, ...]
    override: Override | None
    updated_at: datetime | None
    stale: bool
    flaps: int
    days: tuple[UptimeDay, ...] = ()

    @property
    def rule_reasons(self) -> tuple[str, ...]:
        """`reasons` without what a person said, for who tells the `override` in words of his own."""
        return self.reasons if self.override is None else self.reasons[1:]

    @property
    def availability(self) -> float | None:
        """The share of the known time of `days` in which it was not DOWN."""
        known = sum(day.ok + day.degraded + day.down for day in self.days)
        return None if not known else 1 - sum(day.down for day in self.days) / known

    def record(self) -> Record:
        """It as plain values."""
        return {**_plain(self), "availability": self.availability, "days": [day.record() for day in self.days]}


@dataclass(frozen=True, slots=True)
class Kpi:
    """A metric that is shown as a KPI; its newest value is about `at`."""

    id: str
    name: str
    definition: str
    methodology: str
    unit: str
    window: str
    sources: tuple[str, ...]
    value: float | None
    status: str
    at: datetime | None
    computed_at: datetime | None
    owner: str | None
    verified: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SymptomNow:
    """A symptom. `shows` is None where people alone can see it, or its figure is missing; `figure` tells it. `bound`
    says that there is a figure, `decides` that it decides.
    """

    text: str
    shows: bool | None
    figure: str
    bound: bool
    decides: bool
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ScenarioNow:
    """A scenario of the degraded-mode guide.

    It `applies` from the moment its symptoms show until its rollback criterion is met. `since` is when it began, or
    began last when it is over; `over_since` when it ended. `rollback_met` is None where people decide, or a figure is
    missing. `sentence` says all that.
    """

    id: str
    title: str
    applies: bool
    since: datetime | None
    over_since: datetime | None
    symptoms: tuple[SymptomNow, ...]
    actions: tuple[str, ...]
    rollback: str
    rollback_met: bool | None
    rollback_figure: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ContactsNow:
    """Whom to ask."""

    on_call: str
    incident_channel: str
    support_email: str
    escalation: str


@dataclass(frozen=True, slots=True)
class Operations:
    """How everything stands at `generated_at`.

    `state` is that of the whole: the worst of all, DOWN only when an essential component is. `updated_at` is the oldest
    instant of what the components rest on; `stale` says that some of it is old or missing. `slos` are records of
    verdicts (`Verdict.record()`) with `kind`, `recorded_at` and `stale`; `incidents` and `suggestions` records of
    theirs, the newest first, an incident's with its `clocks`. `sla` are the promises by severity. `figures` are
    records of `incidents.Figures`, of all severities and of each. `overdue` are action items with the `incident` they
    are of. `problems` says what could not be read; each a sentence.
    """

    generated_at: datetime
    title: str
    description: str
    owner: str
    state: ComponentState
    sentence: str
    updated_at: datetime | None
    stale: bool
    components: tuple[ComponentStatus, ...]
    slos: tuple[Record, ...]
    kpis: tuple[Kpi, ...]
    incidents: tuple[Record, ...]
    suggestions: tuple[Record, ...]
    overdue: tuple[Record, ...]
    figures: tuple[Record, ...]
    scenarios: tuple[ScenarioNow, ...]
    contacts: ContactsNow
    sla: tuple[Record, ...]
    settle_seconds: int
    problems: tuple[str, ...] = field(default=())

    @property
    def open_incidents(self) -> tuple[Record, ...]:
        """Those that are not resolved, the worst first, then the oldest."""
        still = [one for one in self.incidents if one["status"] != "resolved"]
        return tuple(sorted(still, key=lambda one: (one["severity"], one["opened_at"])))

    @property
    def applying(self) -> tuple[ScenarioNow, ...]:
        """The scenarios that apply now."""
        return tuple(one for one in self.scenarios if one.applies)

    def component(self, name: str) -> ComponentStatus | None:
        """The component with this id."""
        return next((one for one in self.components if one.id == name), None)

    def record(self) -> Record:
        """All of it as plain values that JSON can hold."""
        return {**_plain(self), "components": [one.record() for one in self.components]}


def _plain(value: Any) -> Any:
    """`value` as JSON can hold it; instants in UTC."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return value
