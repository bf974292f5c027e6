"""What a lane's defs.yaml may say: plain typed models that load without Dagster.

The field descriptions are the reference a user reads (docs/lane-reference.md, the editor's completion). It must not
read files or compute anything beyond names that follow from other names.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, model_validator

from heartbeat_assets.lanes.criteria import Criterion, criteria_of
from heartbeat_assets.lanes.rules import Rule, Severity, rules_for
from heartbeat_assets.lanes.spec_conflicts import conflicts
from heartbeat_assets.lanes.spec_criteria import Gate, Kpi, Precondition
from heartbeat_assets.sources.spec import EventsSource, Source
from heartbeat_assets.specs.fields import Cron, Day, Flag, Limit, Model, Name, Owners, TimeZone, Whole, Words


class Window(Model):
    """What the last N heartbeats must satisfy. A limit that is not given makes no rule."""

    last: Whole = Field(20, ge=1, le=1_000_000, description="How many of the newest heartbeats are judged.")
    limits: dict[str, Limit] = Field(
        default_factory=dict,
        description="Rule name to limit: `max_failed: 0`, `max_failed_rate_pct: 0`, `min_entries: 5`, `max_age: 36h`.",
    )
    severity: dict[str, Severity] = Field(
        default_factory=dict,
        description="Check name to `warn`: a rule that tells and never blocks. Every other rule is `error`.",
    )


class Retention(Model):
    """Which rows the compacted history keeps, beside every incident, the oldest and the newest."""

    recent: Whole = Field(20, ge=1, description="So many of the newest rows are all kept.")
    middle: Whole = Field(100, ge=0, description="So many rows before those are thinned to one in `middle_every`.")
    middle_every: Whole = Field(5, ge=1, description="Thinning of the middle tier.")
    old_every: Whole = Field(20, ge=1, description="Thinning of everything older; a multiple of `middle_every`.")

    @model_validator(mode="after")
    def _stable(self) -> Self:
        if self.old_every % self.middle_every:
            raise ValueError(
                f"old_every {self.old_every} must be a multiple of middle_every {self.middle_every}, "
                "or a row kept today would be dropped and wanted again later"
            )
        return self


class Schedule(Model):
    """When the lane runs by the clock."""

    cron: Cron = Field(description="Five cron fields, for example `17 * * * *`.")
    timezone: TimeZone = Field("UTC", description="Time zone the cron is read in.")
    enabled: Flag = Field(True, description="Whether the schedule runs as soon as Dagster's daemon does.")


class Sensor(Model):
    """Runs the lane when its telemetry folder changes."""

    enabled: Flag = Field(True, description="Whether the sensor runs as soon as Dagster's daemon does.")
    every_seconds: Whole = Field(30, ge=5, description="How often the folder is looked at.")
    settle_seconds: Whole = Field(
        5, ge=0, description="A file younger than this may still be written to; it waits a turn."
    )


class Partitions(Model):
    """The lane runs once for every day or hour, and each digest covers that period (UTC)."""

    by: Literal["day", "hour"] = Field(description="day or hour.")
    start: Day = Field(description="The first day, for example `2026-01-01`.")


class Publish(Model):
    """The last known-good report, which is written only when the verdict allows it."""

    title: str = Field("", description="Heading of the report; default: the lane's name.")
    badge_kpi: Name | None = Field(
        None, description="KPI whose value the SVG badge shows; default: the first, or how many gates passed."
    )


class Availability(Model):
    """A check of the digest that is true when at least one of some KPIs is known."""

    check: Name = Field(description="Name of the check.")
    any_of: list[Name] = Field(min_length=1, description="KPIs of this lane.")


class LaneSpec(Model):
    """One lane: sources, a digest of KPIs with thresholds, and what the last N runs may miss."""

    name: Name | None = Field(None, description="The lane's name; default: the name of its folder.")
    description: str = Field("", description="What the lane watches and for whom, for a stranger.")
    owners: Owners = Field(default_factory=list, description="E-mail addresses or `team:name`.")
    sources: dict[Name, Source] = Field(min_length=1, description="What digest.sql reads, each by its name.")
    digest_sql: Words = Field("digest.sql", description="File beside defs.yaml: one row, a column per KPI.")
    rollup_sql: Words | None = Field(
        None,
        description="File beside defs.yaml: a partial result per input file, which digest.sql then merges.",
    )
    context: dict[Name, Words] = Field(
        default_factory=dict,
        description="Name to a SQL file beside defs.yaml: its rows become a table of that name in the digest.",
    )
    recorded: list[Name] = Field(
        default_factory=list,
        description="Sections of the digest (`totals`: columns named `totals.x`) whose numbers each heartbeat keeps.",
    )
    kpis: list[Kpi] = Field(default_factory=list, description="The numbers that are judged, in their order.")
    gates: list[Gate] = Field(
        default_factory=list, description="Conditions on the digest's figures, judged gate by gate and all together."
    )
    preconditions: list[Precondition] = Field(
        default_factory=list, description="What must hold for there to be anything to judge."
    )
    availability: list[Availability] = Field(
        default_factory=list, description="Further checks of the digest: whether any of some KPIs is known."
    )
    window: Window = Field(default_factory=Window, description="What the last N heartbeats must satisfy.")
    retention: Retention = Field(default_factory=Retention, description="What the compacted history keeps.")
    schedule: Schedule | None = Field(
        None, description="When the lane runs by the clock; none: only by hand or sensor."
    )
    sensor: Sensor | None = Field(None, description="Runs the lane when telemetry arrives; none: no sensor.")
    partitions: Partitions | None = Field(None, description="A run for every day or hour; none: each run covers all.")
    publish: Publish = Field(default_factory=Publish, description="The report and its badge.")

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        problems = list(conflicts(self))
        if problems:
            raise ValueError(*problems)
        return self

    @cached_property
    def criteria(self) -> list[Criterion]:
        """What every heartbeat of the lane keeps or breaks: KPI thresholds, then gates."""
        return criteria_of(self)

    @property
    def thresholds(self) -> dict[str, float]:
        """Every threshold of the lane by its name: of KPIs, of gate conditions and of preconditions."""
        found = {kpi.threshold_name: kpi.threshold for kpi in self.kpis}
        conditions = [condition for gate in self.gates for condition in gate.conditions]
        return found | {bound.threshold_name: bound.threshold for bound in [*conditions, *self.preconditions]}

    def rules(self, overrides: dict[str, float | str] | None = None) -> list[Rule]:
        """The window rules in the contract's order, with `overrides` over the limits of defs.yaml.

        Raises ValueError ("NAME: what is wrong") for a limit this lane cannot have.
        """
        limits = {**self.window.limits, **(overrides or {})}
        return rules_for(self.criteria, limits, self.window.severity)

    def kpi(self, name: str) -> Kpi:
        """The KPI called `name`."""
        return next(kpi for kpi in self.kpis if kpi.name == name)

    def events_source(self) -> tuple[str, EventsSource] | None:
        """Name and source of the lane's telemetry, where it has any."""
        for name, source in self.sources.items():
            if isinstance(source, EventsSource):
                return name, source
        return None
