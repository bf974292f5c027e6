"""The documents of status, SLOs and incidents, for their OpenAPI description. What is in them is said by their records.

They describe and do not convert. They must not judge.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

ComponentState = Literal["OK", "NO_DATA", "DEGRADED", "DOWN"]
SloKind = Literal["green", "yellow", "red", "exhausted", "no_data", "problem", "pending"]
IncidentStatus = Literal["open", "acknowledged", "mitigated", "resolved"]
_INSTANT = "With its zone; not in the future."
_PLACE = "`place` of the incident you have seen; refused with 409 when something was recorded since."


class StatusDocument(BaseModel):
    """How everything stands; more is in it than is described here."""

    model_config = ConfigDict(extra="allow")

    generated_at: datetime
    title: str
    state: ComponentState
    sentence: str
    updated_at: datetime | None = Field(description="The oldest instant of what the components rest on.")
    stale: bool = Field(description="Whether some of that is old or missing.")
    components: list[dict[str, Any]]
    slos: list[dict[str, Any]]
    kpis: list[dict[str, Any]]
    incidents: list[dict[str, Any]]
    suggestions: list[dict[str, Any]]
    scenarios: list[dict[str, Any]]
    figures: list[dict[str, Any]] = Field(description="Mean times by severity; null is all.")
    problems: list[str]


class SloDocument(BaseModel):
    """An SLO: the newest verdict on it, and more than is described here."""

    model_config = ConfigDict(extra="allow")

    name: str
    display_name: str
    service: str
    owner: str
    target: float
    kind: SloKind = Field(description="`pending` before the first verdict, which is all that is known then.")
    recorded_at: datetime | None
    stale: bool


class IncidentDocument(BaseModel):
    """An incident with its clocks, action items and timeline."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(examples=["INC-20260223-001"])
    title: str
    severity: int = Field(ge=1, le=3)
    status: IncidentStatus
    impact: str
    rca: str
    mitigation: str
    components: list[str]
    started_at: datetime
    ended_at: datetime | None
    detected_at: datetime
    opened_at: datetime
    opened_by: str
    acknowledged_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None
    updated_at: datetime
    reopened: int
    actions: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    clocks: list[dict[str, Any]]
    sla_breached: bool
    place: int = Field(description="Counts what was recorded about it; send it back as `if_place`.")


class IncidentsDocument(BaseModel):
    """Incidents, the newest first, and what rules suggest."""

    incidents: list[IncidentDocument]
    suggestions: list[dict[str, Any]]


class IncidentOpening(BaseModel):
    """A new incident."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=200)
    severity: int = Field(ge=1, le=3, description="1 is the worst.")
    impact: str = Field(max_length=4000, description="Who feels it, and how.")
    components: list[str] = Field(default_factory=list, description="Ids of components.")
    started_at: datetime | None = Field(default=None, description=f"Since when it is felt. {_INSTANT}")
    detected_at: datetime | None = Field(default=None, description=f"Since when it is known. {_INSTANT}")
    reason: str | None = Field(default=None, max_length=2000)
    suggestion: int | None = Field(default=None, description="The number of the suggestion it comes from.")


class IncidentStep(BaseModel):
    """What a step is told. Which fields it takes depends on the step; `reason` is required but for `acknowledge` and
    `action`.
    """

    model_config = ConfigDict(extra="forbid")

    reason: str | None = Field(default=None, max_length=2000, description="Why, or what was done.")
    if_place: int | None = Field(default=None, description=_PLACE)
    at: datetime | None = Field(default=None, description=f"When it took place; default: now. {_INSTANT}")
    title: str | None = Field(default=None, max_length=200, description="update")
    severity: int | None = Field(default=None, ge=1, le=3, description="update")
    impact: str | None = Field(default=None, max_length=4000, description="update")
    rca: str | None = Field(default=None, max_length=20_000, description="update, resolve: the cause.")
    mitigation: str | None = Field(default=None, max_length=20_000, description="update")
    components: list[str] | None = Field(default=None, description="update")
    started_at: datetime | None = Field(default=None, description="update")
    ended_at: datetime | None = Field(default=None, description="update (null takes it back), resolve")
    withheld: list[int] | None = Field(
        default=None, description="update: the places of entries of the timeline whose words are never published."
    )
    text: str | None = Field(default=None, max_length=1000, description="action: what is to be done.")
    owner: str | None = Field(default=None, description="action: an e-mail address or `team:name`.")
    due: date | None = Field(default=None, description="action: until which day.")
    item: str | None = Field(default=None, description="action_done: its id.", examples=["A1"])


class Dismissal(BaseModel):
    """Why a suggestion is no incident."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=2000)


class OverrideChange(BaseModel):
    """What a person says a component is, over its rules."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["OK", "DEGRADED", "DOWN"]
    until: datetime = Field(description="Until when, with its zone; within 31 days.")
    reason: str = Field(min_length=1, max_length=2000)


class OverrideEnd(BaseModel):
    """Why the rules may say again what a component is."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=2000)


class ComponentDocument(BaseModel):
    """A component as it is shown; more is in it than is described here."""

    model_config = ConfigDict(extra="allow")

    id: str
    name: str
    state: ComponentState
    found: ComponentState = Field(description="What its rules find, without an override.")
    since: datetime | None
    reasons: list[str]
    override: dict[str, Any] | None
    updated_at: datetime | None
    stale: bool


class DismissedDocument(BaseModel):
    """The suggestion that was dismissed."""

    dismissed: int
