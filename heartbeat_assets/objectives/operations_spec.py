"""What the defs.yaml of operations may say: plain typed models that load without Dagster.

The field descriptions are the reference a user reads. It must not read files or look at anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from heartbeat_assets.objectives.incidents.hours import BusinessHours
from heartbeat_assets.objectives.incidents.terms import SLA, SlaLevel, Terms
from heartbeat_assets.objectives.status.conditions import Condition, Rule
from heartbeat_assets.specs.durations import Duration, duration_of
from heartbeat_assets.specs.fields import Cron, Flag, Model, Name, Owners, Whole, Words, given_twice

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as problem:
        raise ValueError(f"{text!r} is no regular expression: {problem}") from None
    return text


class ComponentSpec(Model):
    """Something people use, whose state is shown."""

    id: Id = Field(description="Its id in URLs, incidents and overrides, such as `api_read`.")
    name: Words = Field(description="What people call it, such as `API Read`.")
    description: str = Field("", description="What it does and for whom, for a stranger.")
    essential: Flag = Field(True, description="false: while only this is DOWN, the whole is DEGRADED and not DOWN.")
    rules: list[Rule] = Field(
        default_factory=list,
        description="What makes it DEGRADED or DOWN; the worst that holds counts. None holds: OK.",
    )


class Symptom(Model):
    """How a scenario is noticed. One with `when` decides by itself, one without is for people to see."""

    text: Words = Field(description="What is seen, such as `no new events in client stream`.")
    when: Condition | None = Field(None, description="The figure that shows it; left out: people see it.")
    decides: Flag = Field(
        True, description="false: its figure is shown, and does not decide whether the scenario applies."
    )


class Rollback(Model):
    """When and how things go back to normal."""

    text: Words = Field(description="What to do, and from when on.")
    when: Condition | None = Field(None, description="What must hold for it; left out: people decide.")


class Scenario(Model):
    """A way in which things go wrong, known beforehand, with what to do."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=20)] = Field(
        description="Short and lasting, such as `A`."
    )
    title: Words = Field(description="What goes wrong.")
    symptoms: list[Symptom] = Field(min_length=1, description="How it is noticed.")
    actions: list[Words] = Field(min_length=1, description="What to do, in this order.")
    rollback: Rollback = Field(description="When and how things go back to normal.")
    applies_when: Literal["any", "all"] = Field(
        "any", description="any: it applies while one symptom with a figure shows; all: while all of these do."
    )


class Suggestion(Model):
    """When an incident is suggested to people, who open or dismiss it."""

    id: Id = Field(description="Short and lasting; one suggestion of it is open at a time.")
    title: Words = Field(description="The title the incident would have.")
    severity: Whole = Field(ge=1, le=3, description="1 to 3, 1 the worst.")
    impact: Words = Field(description="What users notice.")
    components: list[Id] = Field(default_factory=list, description="The components concerned.")
    component: Id | None = Field(None, description="Suggested while this component is in one of `state`.")
    state: list[Literal["DEGRADED", "DOWN"]] = Field(
        ["DOWN"], min_length=1, description="The states of `component` that count."
    )
    when: Condition | None = Field(None, description="In place of `component`: suggested while this holds.")
    quiet: Duration = Field("6h", description="How long it is not suggested again once a person dismissed it.")

    @property
    def quiet_duration(self) -> timedelta:
        """How long it is not suggested again."""
        return duration_of(self.quiet)

    @model_validator(mode="after")
    def _one_cause(self) -> Self:
        if (self.component is None) == (self.when is None):
            raise ValueError("give either `component` or `when`")
        return self


class Contacts(Model):
    """Whom to ask. What is here is public where the status page is; names of persons do not belong here."""

    on_call: str = Field("", description="Where the people on call are reached, such as `#ops-oncall`.")
    incident_channel: str = Field("", description="Where incidents are talked about.")
    support_email: str = Field("", description="The one address that may stand in published documents.")
    escalation: str = Field("", description="When somebody is there, by severity.")


class PersonalData(Model):
    """What must not be in a published document, beside what never may."""

    patterns: dict[Name, Annotated[str, AfterValidator(_pattern)]] = Field(
        default_factory=dict,
        description="Regular expressions of agent and customer ids of this place, each by a name of its kind.",
    )
    allowed: list[Words] = Field(
        default_factory=list, description="What may stand there all the same; the support address always may."
    )


class Publish(Model):
    """Where the documents are written too, beside HEARTBEAT_HOME/documents. Relative paths begin at the project."""

    heartbeat: str = Field("", description="File of the living document, such as `HEARTBEAT.md`.")
    status_page: str = Field("", description="Folder of the status page, such as `public/status`.")


class OperationsSchedule(Model):
    """When the status is looked at and the documents are written by the clock, in UTC."""

    cron: Cron = Field("*/10 * * * *", description="When, as five cron fields.")
    enabled: Flag = Field(True, description="Whether the schedule runs as soon as Dagster's daemon does.")


class OperationsSpec(Model):
    """What is promised to those who use the product, who keeps it, and what to do when it breaks."""

    title: Words = Field("Operations", description="Heading of the document and of the status page.")
    description: str = Field("", description="What is operated and for whom, for a stranger.")
    owner: str = Field("", description="Who answers for the document, such as `Platform/Ops`.")
    owners: Owners = Field(default_factory=list, description="Who owns the assets: e-mail addresses or `team:name`.")
    kpis: list[Name] = Field(default_factory=list, description="Ids of metrics that are shown, in this order.")
    slos: list[Words] | None = Field(
        None, description="Names of the SLOs that are shown, in this order; left out: all."
    )
    components: list[ComponentSpec] = Field(min_length=1, description="What people use, in the order it is shown.")
    suggestions: list[Suggestion] = Field(default_factory=list, description="When an incident is suggested to people.")
    scenarios: list[Scenario] = Field(default_factory=list, description="What to do when something known happens.")
    contacts: Contacts = Field(default_factory=Contacts, description="Whom to ask.")
    sla: list[SlaLevel] = Field(
        default_factory=lambda: list(SLA), description="What is promised for incidents, at most one a severity."
    )
    business_hours: BusinessHours = Field(default_factory=BusinessHours, description="When people are there.")
    personal_data: PersonalData = Field(
        default_factory=PersonalData, description="What must not be in a published document."
    )
    publish: Publish = Field(default_factory=Publish, description="Where the documents are written too.")
    settle: Duration = Field("10m", description="How long an improvement must hold before it is shown.")
    stale_after: Duration = Field("3h", description="What is older says nothing about now, and says that it is old.")
    figures_over: Duration = Field("90d", description="Over which time MTTA and MTTR are worked out.")
    schedule: OperationsSchedule = Field(default_factory=OperationsSchedule, description="When it runs by the clock.")

    @property
    def settle_duration(self) -> timedelta:
        """How long an improvement must hold before it is shown."""
        return duration_of(self.settle)

    @property
    def stale_duration(self) -> timedelta:
        """How old what a status rests on may be."""
        return duration_of(self.stale_after)

    @property
    def allowed(self) -> tuple[str, ...]:
        """What may stand in a published document though it looks like personal data."""
        own = (self.contacts.support_email,) if self.contacts.support_email else ()
        return (*own, *self.personal_data.allowed)

    @property
    def terms(self) -> Terms:
        """What is promised for incidents, and when people are there."""
        return Terms(sla=self.sla, business_hours=self.business_hours)

    def component(self, name: str) -> ComponentSpec | None:
        """The component with this id."""
        return next((one for one in self.components if one.id == name), None)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = [
            *given_twice("components", [one.id for one in self.components]),
            *given_twice("scenarios", [one.id for one in self.scenarios]),
            *given_twice("suggestions", [one.id for one in self.suggestions]),
            *given_twice("kpis", self.kpis),
            *given_twice("sla", [f"severity {level.severity}" for level in self.sla]),
            *self._unknown_components(),
        ]
        if problems:
            raise ValueError(*problems)
        return self

    def _unknown_components(self) -> Iterator[str]:
        known = [one.id for one in self.components]
        for position, one in enumerate(self.suggestions):
            for name in dict.fromkeys([*([one.component] if one.component else []), *one.components]):
                if name not in known:
                    yield (f"suggestions[{position}]: there is no component {name!r} here; there is {', '.join(known)}")
