"""The documents of switches, tripwires and the runbook: as models for OpenAPI, and made from what is recorded.

They describe and do not convert. They must not judge.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from heartbeat_assets.cockpit.governing import Tripwire
from heartbeat_assets.governance.switch import SwitchState
from heartbeat_assets.governance.tripwires_spec import switch_of
from heartbeat_assets.ledger import JournalEvent

Outcome = Literal["OK", "TRIGGERED", "INCONCLUSIVE", "INSUFFICIENT_EVENTS", "NO_DATA", "DISABLED", "PROBLEM"]
ActorKind = Literal["person", "program"]


class SwitchChange(BaseModel):
    """Which switch, and why."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=2000, description="Why; kept for ever.", examples=["wrong prices"])
    domain: str | None = Field(
        default=None, description="The domain; left out or GLOBAL: everything.", examples=["WHOLESALE"]
    )


class SwitchDocument(BaseModel):
    """A switch that was ever engaged. `since`, `actor` and `reason` are of the newest change."""

    switch: str = Field(description="A domain, or GLOBAL.")
    engaged: bool
    since: datetime
    actor: str
    actor_kind: ActorKind
    reason: str
    cause: int | None = Field(description="The evaluation (`seq`) that engaged it; null when a person did.")
    evidence: dict[str, Any] = Field(description="What else was recorded with the change.")
    released_at: datetime | None
    cooldown_until: datetime | None = Field(description="Until then no tripwire engages it again.")


class TripwireDocument(BaseModel):
    """A tripwire's policy as its file has it, and how what it stops is handled."""

    name: str
    folder: str
    domain: str
    metric: str
    recent: int
    baseline: int
    min_events: int
    max_drop_pct: float
    direction: Literal["higher_is_better", "lower_is_better"]
    action: Literal["throttle", "kill_switch", "notify"]
    evidence: Literal["test", "none"]
    alpha: float
    looks: int
    schedule: str
    enabled: bool
    switch: str | None = Field(description="What it engages; null when it only notifies.")
    owner: str
    cooldown: str
    dry_run: bool


class PoliciesDocument(BaseModel):
    """Every tripwire of the project, and what is wrong with files of tripwires."""

    policies: list[TripwireDocument]
    problems: list[str]


class SideDocument(BaseModel):
    """One of the two windows that were compared."""

    events: int
    figure: float | None = Field(description="The rate, or the mean.")
    successes: int | None
    first: int | None
    last: int | None


class EvaluationDocument(BaseModel):
    """One recorded look at a tripwire. Without enough events there is no comparison, and what belongs to it is null."""

    seq: int
    tripwire: str
    outcome: Outcome
    sentence: str
    at: datetime
    actor: str
    actor_kind: ActorKind
    via: str
    kind: Literal["rate", "mean"] | None
    recent: SideDocument | None
    baseline: SideDocument | None
    drop_pct: float | None = Field(description="In percent of the baseline, for the worse.")
    interval: list[float] | None
    confidence: float | None
    p_value: float | None
    level: float | None = Field(description="What the p-value must not be above, to trigger.")
    method: str | None
    events_needed: int | None
    freeze: dict[str, Any] | None = Field(description="The baseline that is frozen since it triggered.")


class StandingDocument(BaseModel):
    """A tripwire, and the newest look at it."""

    tripwire: str
    enabled: bool
    action: Literal["throttle", "kill_switch", "notify"]
    newest: EvaluationDocument | None


class StateDocument(BaseModel):
    """What is stopped, and how every tripwire stands."""

    stopped: list[str] = Field(description="The engaged switches: GLOBAL first, then the longest.")
    switches: list[SwitchDocument]
    tripwires: list[StandingDocument]


class WhichTripwires(BaseModel):
    """Which tripwires to look at; all when nothing is given."""

    model_config = ConfigDict(extra="forbid")

    domain: str | None = Field(default=None, examples=["WHOLESALE"])
    metric: str | None = Field(default=None, examples=["contract_rate"])
    act: bool = Field(default=False, description="true: engages what the outcomes call for.")


class ActionDocument(BaseModel):
    """What followed from an outcome."""

    tripwire: str
    switch: str | None
    done: Literal["engaged", "rehearsed", "held", "already", "nothing"]
    sentence: str


class EvaluatedDocument(BaseModel):
    """The looks that were made, and what followed: nothing unless `act` was true."""

    evaluations: list[EvaluationDocument]
    actions: list[ActionDocument]


_OF_LOOK = ("kind", "recent", "baseline", "drop_pct", "interval", "confidence", "p_value", "level", "method",
            "events_needed", "freeze")  # fmt: skip


def switch_document(state: SwitchState) -> dict[str, Any]:
    """A switch as the API says it."""
    return {
        "switch": state.name,
        "engaged": state.engaged,
        "since": state.since.isoformat(),
        "actor": state.actor,
        "actor_kind": state.actor_kind,
        "reason": state.reason,
        "cause": state.cause,
        "evidence": dict(state.evidence),
        "released_at": state.released_at.isoformat() if state.released_at else None,
        "cooldown_until": state.cooldown_until.isoformat() if state.cooldown_until else None,
    }


def tripwire_document(tripwire: Tripwire) -> dict[str, Any]:
    """A tripwire as the API says it."""
    policy, risk = tripwire.policy, tripwire.risk
    return {
        "name": policy.name,
        "folder": tripwire.folder,
        **policy.model_dump(mode="json"),
        "switch": switch_of(policy),
        "owner": risk.owner,
        "cooldown": risk.cooldown,
        "dry_run": risk.dry_run,
    }


def evaluation_document(event: JournalEvent) -> dict[str, Any]:
    """A recorded look as the API says it."""
    return {
        "seq": event.seq,
        "tripwire": event.subject,
        "outcome": event.kind.upper(),
        "sentence": str(event.body.get("sentence") or event.body.get("problem") or ""),
        "at": event.at.isoformat(),
        "actor": event.actor,
        "actor_kind": event.actor_kind,
        "via": event.via,
        **{name: event.body.get(name) for name in _OF_LOOK},
    }
