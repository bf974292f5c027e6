"""What a lane's defs.yaml may say: plain typed models that load without Dagster.

The field descriptions are the reference a user reads (docs/lane-reference.md, the editor's completion). It must not
read files or compute anything beyond names that follow from other names.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from heartbeat_assets.lanes.rules import Rule, Severity, rules_for
from heartbeat_assets.lanes.spec_conflicts import conflicts
from heartbeat_assets.lanes.spec_fields import Cron, Limit, Model, Name, Number, TimeZone, Whole, Words
from heartbeat_assets.lanes.spec_sources import EventsSource, JsonSource

Source = Annotated[EventsSource | JsonSource, Field(discriminator="kind")]
Unit = Literal["ratio", "seconds", "count", "number"]


class Kpi(Model):
    """One number of the digest and the threshold it must keep to."""

    name: Name = Field(description="The column of digest.sql that holds it, and its name everywhere.")
    description: str = Field("", description="What it measures, for a stranger.")
    unit: Unit = Field(
        "number", description="ratio (0 to 1), seconds, count or number; a row outside its range is refused."
    )
    max: Number | None = Field(None, description="The value may not be above this. Give max or min.")
    min: Number | None = Field(None, description="The value may not be below this. Give max or min.")
    missing: Literal["failed", "degraded"] = Field(
        "degraded", description="What the digest's status becomes when the KPI has no value."
    )
    short_name: Name | None = Field(
        None, description="Name used in its check and reasons (`<short_name>_within_threshold`); default: name."
    )
    window_name: Name | None = Field(
        None, description="Name used in its window rules (`max_<window_name>_violations`); default: short_name."
    )

    @model_validator(mode="after")
    def _one_threshold(self) -> Self:
        if self.max is not None and self.min is not None:
            raise ValueError("give min or max, not both")
        if self.max is None and self.min is None:
            raise ValueError("give min or max, so that the KPI can be judged")
        return self

    @property
    def threshold(self) -> float:
        return self.max if self.max is not None else self.min  # type: ignore[return-value]

    @property
    def threshold_name(self) -> str:
        return f"{'max' if self.max is not None else 'min'}_{self.name}"

    @property
    def stem(self) -> str:
        return self.short_name or self.name

    @property
    def window(self) -> str:
        return self.window_name or self.stem

    @property
    def check_name(self) -> str:
        return f"{self.stem}_within_threshold"

    @property
    def missing_reason(self) -> str:
        return f"{self.stem}_missing"

    @property
    def breach_reason(self) -> str:
        return f"{self.stem}_{'above' if self.max is not None else 'below'}_threshold"

    def within(self, value: float, threshold: float) -> bool:
        """Whether `value` keeps to `threshold`; a value equal to it does."""
        return value <= threshold if self.max is not None else value >= threshold


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
    enabled: bool = Field(True, description="Whether the schedule runs as soon as Dagster's daemon does.")


class Sensor(Model):
    """Runs the lane when its telemetry folder changes."""

    enabled: bool = Field(True, description="Whether the sensor runs as soon as Dagster's daemon does.")
    every_seconds: Whole = Field(30, ge=5, description="How often the folder is looked at.")
    settle_seconds: Whole = Field(
        5, ge=0, description="A file younger than this may still be written to; it waits a turn."
    )


class Publish(Model):
    """The last known-good report, which is written only when the verdict allows it."""

    title: str = Field("", description="Heading of the report; default: the lane's name.")
    badge_kpi: Name | None = Field(None, description="KPI whose value the SVG badge shows; default: the first.")


class Availability(Model):
    """A check of the digest that is true when at least one of some KPIs is known."""

    check: Name = Field(description="Name of the check.")
    any_of: list[Name] = Field(min_length=1, description="KPIs of this lane.")


class LaneSpec(Model):
    """One lane: sources, a digest of KPIs with thresholds, and what the last N runs may miss."""

    name: Name | None = Field(None, description="The lane's name; default: the name of its folder.")
    description: str = Field("", description="What the lane watches and for whom, for a stranger.")
    owners: list[str] = Field(default_factory=list, description="E-mail addresses or `team:name`.")
    sources: dict[Name, Source] = Field(min_length=1, description="What digest.sql reads, each by its name.")
    digest_sql: Words = Field("digest.sql", description="File beside defs.yaml: one row, a column per KPI.")
    rollup_sql: Words | None = Field(
        None,
        description="File beside defs.yaml: a partial result per input file, which digest.sql then merges.",
    )
    kpis: list[Kpi] = Field(min_length=1, description="The numbers that are judged, in their order.")
    availability: list[Availability] = Field(
        default_factory=list, description="Further checks of the digest: whether any of some KPIs is known."
    )
    window: Window = Field(default_factory=Window, description="What the last N heartbeats must satisfy.")
    retention: Retention = Field(default_factory=Retention, description="What the compacted history keeps.")
    schedule: Schedule | None = Field(
        None, description="When the lane runs by the clock; none: only by hand or sensor."
    )
    sensor: Sensor | None = Field(None, description="Runs the lane when telemetry arrives; none: no sensor.")
    publish: Publish = Field(default_factory=Publish, description="The report and its badge.")

    @field_validator("owners")
    @classmethod
    def _owner_form(cls, owners: list[str]) -> list[str]:
        for owner in owners:
            if not owner.startswith("team:") and "@" not in owner:
                raise ValueError(f"{owner!r} is neither an e-mail address nor `team:name`")
        return owners

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        problems = list(conflicts(self))
        if problems:
            raise ValueError(*problems)
        return self

    def rules(self, overrides: dict[str, float | str] | None = None) -> list[Rule]:
        """The window rules in the contract's order, with `overrides` over the limits of defs.yaml.

        Raises ValueError ("NAME: what is wrong") for a limit this lane cannot have.
        """
        limits = {**self.window.limits, **(overrides or {})}
        kpis = [(kpi.window, kpi.check_name) for kpi in self.kpis]
        return rules_for(kpis, limits, self.window.severity)

    def kpi(self, name: str) -> Kpi:
        """The KPI called `name`."""
        return next(kpi for kpi in self.kpis if kpi.name == name)

    def events_source(self) -> tuple[str, EventsSource] | None:
        """Name and source of the lane's telemetry, where it has any."""
        for name, source in self.sources.items():
            if isinstance(source, EventsSource):
                return name, source
        return None
