"""What was promised for incidents, as data: how soon one is acknowledged and mitigated, by its severity.

The field descriptions are the reference a user reads. It must not look at an incident; `sla` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from heartbeat_assets.objectives.incidents.hours import BusinessHours
from heartbeat_assets.objectives.incidents.incident import Severity
from heartbeat_assets.specs.durations import duration_of
from heartbeat_assets.specs.fields import Model

BEST_EFFORT = "best effort"
_DAYS = re.compile(r"([1-9]\d{0,2}) business days?")
_PATTERN = rf"^([1-9][0-9]{{0,5}}[mhd]|[1-9][0-9]{{0,2}} business days?|{BEST_EFFORT})$"


@dataclass(frozen=True, slots=True)
class Target:
    """A time (`lasts`), some business days (`days`), or neither: best effort, which is never late."""

    lasts: timedelta | None = None
    days: int | None = None


def target_of(text: str) -> Target:
    """What `15m`, `4h`, `1 business day` or `best effort` promises. Raises ValueError."""
    if text == BEST_EFFORT:
        return Target()
    if match := _DAYS.fullmatch(text):
        return Target(days=int(match[1]))
    try:
        return Target(lasts=duration_of(text))
    except ValueError:
        raise ValueError(f"must be as 15m, 4h, 1 business day or best effort, not {text!r}") from None


def _checked(text: str) -> str:
    target_of(text)
    return text


Promise = Annotated[str, AfterValidator(_checked), WithJsonSchema({"type": "string", "pattern": _PATTERN})]
"""A field that holds such a text."""


class SlaLevel(Model):
    """What is promised for one severity."""

    severity: Severity = Field(description="1 is the worst, 3 the least.")
    acknowledge: Promise = Field(description="How soon somebody takes it on: `15m`, `1h`, `1 business day`.")
    mitigate: Promise = Field(description="How soon it is not felt any more: `4h`, `1 business day`, `best effort`.")
    hours: Literal["always", "business"] = Field(
        "business", description="`always`: around the clock. `business`: `15m` and `4h` pass in business hours only."
    )

    def due(self, name: Literal["acknowledge", "mitigate"], since: datetime, hours: BusinessHours) -> datetime | None:
        """Until when it is promised of what was known at `since`; None for best effort."""
        target = target_of(getattr(self, name))
        if target.days is not None:
            return hours.days_after(since, target.days)
        if target.lasts is None:
            return None
        return since + target.lasts if self.hours == "always" else hours.after(since, target.lasts)


SLA: tuple[SlaLevel, ...] = (
    SlaLevel(severity=1, acknowledge="15m", mitigate="4h", hours="always"),
    SlaLevel(severity=2, acknowledge="1h", mitigate="1 business day", hours="business"),
    SlaLevel(severity=3, acknowledge="1 business day", mitigate=BEST_EFFORT, hours="business"),
)
"""What is promised where a file says nothing else."""


class Terms(Model):
    """What is promised, and when people are there. A severity that `sla` leaves out has its default."""

    sla: list[SlaLevel] = Field(default_factory=lambda: list(SLA), description="The promises, at most one a severity.")
    business_hours: BusinessHours = Field(default_factory=BusinessHours, description="When people are there.")

    @model_validator(mode="after")
    def _one_each(self) -> Self:
        given = [level.severity for level in self.sla]
        twice = next((one for one in given if given.count(one) > 1), None)
        if twice is not None:
            raise ValueError(f"severity {twice} is in sla twice; say once what is promised for it")
        return self

    def level(self, severity: Severity) -> SlaLevel:
        """What is promised for `severity`."""
        return next(level for level in (*self.sla, *SLA) if level.severity == severity)

    def levels(self) -> list[SlaLevel]:
        """What is promised, the worst severity first."""
        return [self.level(level.severity) for level in SLA]
