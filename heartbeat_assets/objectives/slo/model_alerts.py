"""What OpenSLO v1 says of alerts: conditions, policies and targets, in line or by name. It must not judge them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from heartbeat_assets.objectives.slo.model_parts import Described, DurationText, Metadata, Operator, Part, one_of
from heartbeat_assets.specs.fields import Flag, Number, Words


class Condition(Part):
    """When a burn rate is too high."""

    kind: Literal["burnrate"] = "burnrate"
    op: Operator
    threshold: Annotated[Number, Field(ge=0)]
    lookbackWindow: DurationText
    alertAfter: str | None = None


class AlertConditionSpec(Described):
    """A condition and how bad it is."""

    severity: Words
    condition: Condition


class ConditionEntry(Part):
    """A condition by its name, or written out."""

    conditionRef: Words | None = None
    kind: Literal["AlertCondition"] | None = None
    metadata: Metadata | None = None
    spec: AlertConditionSpec | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        one_of(self, ("conditionRef", "spec"))
        return self


class TargetSpec(Described):
    """Where alerts go."""

    target: Words


class TargetEntry(Part):
    """A notification target by its name, or written out."""

    targetRef: Words | None = None
    kind: Literal["AlertNotificationTarget"] | None = None
    metadata: Metadata | None = None
    spec: TargetSpec | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        one_of(self, ("targetRef", "spec"))
        return self


class AlertPolicySpec(Described):
    """When an alert is raised, and for whom."""

    alertWhenNoData: Flag | None = None
    alertWhenBreaching: Flag | None = None
    alertWhenResolved: Flag | None = None
    conditions: list[ConditionEntry] = Field(min_length=1, max_length=1)
    notificationTargets: list[TargetEntry] | None = None


def named(value: Any) -> Any:
    """A policy that is only named, as older files do, in the form that the standard has for it."""
    return {"alertPolicyRef": value} if isinstance(value, str) else value


class PolicyEntry(Part):
    """An alert policy by its name, or written out."""

    alertPolicyRef: Words | None = None
    kind: Literal["AlertPolicy"] | None = None
    metadata: Metadata | None = None
    spec: AlertPolicySpec | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        one_of(self, ("alertPolicyRef", "spec"))
        return self
