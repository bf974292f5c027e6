"""What the defs.yaml of service objectives may say: plain typed models that load without Dagster.

The objectives themselves are OpenSLO documents beside it. The field descriptions are the reference a user reads. It
must not read files or measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from heartbeat_assets.objectives.slo.corrections import Correction
from heartbeat_assets.specs.fields import Cron, Flag, Model, Owners, Whole, Words

Severity = Literal["error", "warn", "pass"]


def instant(value: object) -> datetime:
    """The instant that `value` writes, in UTC. Raises ValueError for one without a time zone: nobody can place it."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is no instant; write it as 2026-02-08T22:00:00Z") from None
    if not isinstance(value, datetime):
        raise ValueError(f"must be an instant such as 2026-02-08T22:00:00Z, not {value!r}")
    if value.tzinfo is None:
        raise ValueError(
            f"{value.isoformat()} has no time zone; write Z behind it for UTC, or an offset such as +02:00"
        )
    return value.astimezone(UTC)


Instant = Annotated[
    datetime, BeforeValidator(instant), WithJsonSchema({"type": "string", "examples": ["2026-02-08T22:00:00Z"]})
]


class Maintenance(Model):
    """A time that was announced, and that no budget pays for. The raw figures have it all the same."""

    start: Instant = Field(description="From when on, with a time zone: `2026-02-08T22:00:00Z`.")
    end: Instant = Field(description="Up to, not including, when.")
    reason: Words = Field(description="What was done, for those who read the corrected figures.")
    slos: list[Words] | None = Field(
        None, min_length=1, description="Names of the SLOs it is about; left out: all of this folder."
    )

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if self.end <= self.start:
            raise ValueError("end must be after start")
        return self


class ObjectivesSchedule(Model):
    """When the SLOs are measured by the clock, in UTC."""

    cron: Cron = Field("27 * * * *", description="When, as five cron fields.")
    enabled: Flag = Field(True, description="Whether the schedule runs as soon as Dagster's daemon does.")


class ObjectiveChecks(Model):
    """How severe it is when a budget runs out. Burn rates have the severity of their rules."""

    exhausted: Severity = Field("error", description="Nothing of the budget is left: error, warn or pass.")
    red: Severity = Field("warn", description="Little of it is left.")
    no_data: Severity = Field("warn", description="Nothing was counted in the window.")
    blocking: Flag = Field(False, description="true: in the same run an error keeps what lies downstream from running.")


class ObjectivesSpec(Model):
    """Service objectives: how the OpenSLO documents beside the file are measured and checked."""

    description: str = Field("", description="What these SLOs promise and to whom, for a stranger.")
    owners: Owners = Field(default_factory=list, description="Who owns the assets: e-mail addresses or `team:name`.")
    schedule: ObjectivesSchedule = Field(
        default_factory=ObjectivesSchedule, description="When they are measured by the clock."
    )
    checks: ObjectiveChecks = Field(default_factory=ObjectiveChecks, description="How severe what checks find is.")
    maintenance: list[Maintenance] = Field(
        default_factory=list, description="Announced times that do not count against the budgets."
    )
    days: Whole = Field(
        90, ge=1, le=366, description="How many days are told one by one, for bars and charts; today is the last."
    )

    def maintenance_of(self, name: str) -> Sequence[Correction]:
        """What is not counted of the SLO called `name`, as corrections."""
        return [
            Correction(one.start, one.end, reason=one.reason, id=f"maintenance:{position}")
            for position, one in enumerate(self.maintenance, start=1)
            if one.slos is None or name in one.slos
        ]
