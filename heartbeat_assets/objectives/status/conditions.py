"""Conditions on what was measured, as data: of an SLO, a metric, a lane or a schedule. They may be written in a file.

It must not look at anything; `holding` does.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from heartbeat_assets.objectives.slo.budget import State
from heartbeat_assets.specs.durations import Duration
from heartbeat_assets.specs.fields import Flag, Model, Name, Number, Whole, Words

ComponentState = Literal["OK", "NO_DATA", "DEGRADED", "DOWN"]
"""The state of a component; NO_DATA while nothing is known of it, which is not OK."""
WORST_LAST: tuple[ComponentState, ...] = ("OK", "NO_DATA", "DEGRADED", "DOWN")
Status = Literal["green", "amber", "red", "no_data"]

ABOUT = ("slo", "metric", "lane", "schedule")
_OF = {
    "slo": ("state", "burning"),
    "metric": ("status", "above", "below"),
    "lane": ("failed", "older_than"),
    "schedule": ("missed",),
}


class Condition(Model):
    """One condition: `slo`, `metric`, `lane` or `schedule`, and what is asked of it. Of several, one is enough."""

    slo: Words | None = Field(None, description="Name of an SLO; asks for `state` or `burning`.")
    state: list[State] | None = Field(
        None, min_length=1, description="Its error budget is in one of these: GREEN, YELLOW, RED, EXHAUSTED, NO_DATA."
    )
    burning: Literal["page", "ticket"] | None = Field(
        None, description="A burn rule fires: page, one that pages; ticket, any."
    )
    metric: Name | None = Field(None, description="Id of a metric; asks for `status`, `above` or `below`.")
    status: list[Status] | None = Field(
        None, min_length=1, description="Its newest value has one of these: green, amber, red, no_data."
    )
    above: Number | None = Field(None, description="Its newest value is more than this.")
    below: Number | None = Field(None, description="Its newest value is less than this.")
    lane: Name | None = Field(None, description="Name of a lane; asks for `failed` or `older_than`.")
    failed: Flag | None = Field(None, description="true: the lane's newest verdict blocks; false: it does not.")
    older_than: Duration | None = Field(None, description="Its newest run is older than this: `90m`, `36h`, `3d`.")
    schedule: Name | None = Field(
        None,
        description="A lane or metrics service whose schedule is looked at; `any` or `all` of the enabled ones.",
    )
    missed: Whole | None = Field(None, ge=1, description="It missed at least so many runs in a row. Default 2.")
    stale_after: Duration | None = Field(
        None, description="What this rests on says nothing any more when it is older; default: the file's stale_after."
    )

    @property
    def about(self) -> str:
        """Which of ABOUT it is about."""
        return next(one for one in ABOUT if getattr(self, one) is not None)

    @property
    def subject(self) -> str:
        """The name of the SLO, metric, lane or schedule."""
        return str(getattr(self, self.about))

    @property
    def least_missed(self) -> int:
        """How many runs in a row a schedule must have missed."""
        return self.missed or 2

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        given = [one for one in ABOUT if getattr(self, one) is not None]
        if len(given) != 1:
            raise ValueError(f"name one of {', '.join(ABOUT)}" + (f", not {' and '.join(given)}" if given else ""))
        (about,) = given
        for other, words in _OF.items():
            for word in words:
                if other != about and getattr(self, word) is not None:
                    raise ValueError(f"{word} is asked of a {other}, not of a {about}")
        if about != "schedule" and all(getattr(self, word) is None for word in _OF[about]):
            raise ValueError(f"{about}: say what is asked of it: {', '.join(_OF[about])}")
        return self


class Rule(Condition):
    """A condition, and the state that a component is in while it holds."""

    to: Literal["DEGRADED", "DOWN"] = Field(description="The state it leads to: DEGRADED or DOWN.")
