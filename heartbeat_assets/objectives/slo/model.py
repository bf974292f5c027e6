"""What OpenSLO v1 lets a document say, as typed models that load without Dagster.

Fields are called as in the standard. A model refuses what the standard refuses, with one exception that the reader
names: a target of 100%. It must not decide what we can measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from heartbeat_assets.objectives.slo.model_alerts import (
    AlertConditionSpec,
    AlertPolicySpec,
    PolicyEntry,
    TargetSpec,
    named,
)
from heartbeat_assets.objectives.slo.model_parts import (
    Described,
    DurationText,
    LocalTime,
    Metadata,
    Operator,
    Part,
    SliceText,
    one_of,
)
from heartbeat_assets.specs.fields import Flag, Number, TimeZone, Words

API_VERSION = "openslo/v1"
Kind = Literal["Service", "SLO", "SLI", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget"]
BudgetingMethod = Literal["Occurrences", "Timeslices", "RatioTimeslices"]


class ServiceSpec(Described):
    """A group of SLOs."""


class DataSourceSpec(Described):
    """Where figures come from, so that many SLOs can refer to it."""

    type: Words | None = None
    connectionDetails: Any = None


class MetricSource(Part):
    """How a figure is read. What stands in its `spec` is the source's own affair."""

    metricSourceRef: Words | None = None
    type: Words | None = None
    spec: dict[str, Any] | None = None


class Metric(Part):
    """One figure."""

    metricSource: MetricSource


class RatioMetric(Part):
    """Good or bad events of all, or a ratio that was worked out elsewhere."""

    counter: Flag | None = None
    good: Metric | None = None
    bad: Metric | None = None
    total: Metric | None = None
    rawType: Literal["success", "failure"] | None = None
    raw: Metric | None = None

    @model_validator(mode="after")
    def _is_one_ratio(self) -> Self:
        one_of(self, ("total", "raw"))
        one_of(self, ("good", "bad", "raw"))
        if (self.raw is None) != (self.rawType is None):
            raise ValueError("rawType and raw belong together; give both or neither")
        return self


class SLISpec(Described):
    """What is measured."""

    thresholdMetric: Metric | None = None
    ratioMetric: RatioMetric | None = None

    @model_validator(mode="after")
    def _is_one_metric(self) -> Self:
        one_of(self, ("thresholdMetric", "ratioMetric"))
        return self


class InlineSLI(Part):
    """An indicator inside its SLO."""

    metadata: Metadata
    spec: SLISpec


class Calendar(Part):
    """Where calendar windows start."""

    startTime: LocalTime
    timeZone: TimeZone


class TimeWindow(Part):
    """Over what time the objective holds."""

    duration: DurationText
    isRolling: Flag | None = None
    calendar: Calendar | None = None

    @model_validator(mode="after")
    def _rolls_or_follows_the_calendar(self) -> Self:
        if self.isRolling and self.calendar:
            raise ValueError("gives a calendar and isRolling: true; a window is one or the other")
        if self.isRolling is False and not self.calendar:
            raise ValueError("isRolling: false needs a calendar with startTime and timeZone")
        return self


class ObjectiveSpec(Part):
    """A target, and what is good where that is a matter of a limit or of slices of time."""

    displayName: str | None = None
    op: Operator | None = None
    value: Number | None = None
    target: Annotated[Number, Field(ge=0)] | None = None
    targetPercent: Annotated[Number, Field(ge=0, le=100)] | None = None
    timeSliceTarget: Annotated[Number, Field(ge=0, le=1)] | None = None
    timeSliceWindow: SliceText | None = None
    # The parts of a composite SLO. The page of the standard has no word of them, its tools do.
    indicator: InlineSLI | None = None
    indicatorRef: Words | None = None
    compositeWeight: Annotated[Number, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _has_one_target(self) -> Self:
        one_of(self, ("target", "targetPercent"))
        if self.target is not None and self.target > 1:
            percent = f"; for {self.target:g}% write targetPercent: {self.target:g}" if self.target <= 100 else ""
            raise ValueError(f"target: must be at most 1, not {self.target:g}{percent}")
        return self


class SLOSpec(Described):
    """The objective itself."""

    service: Words
    indicator: InlineSLI | None = None
    indicatorRef: Words | None = None
    timeWindow: Annotated[list[TimeWindow], Field(min_length=1, max_length=1)] | None = None
    budgetingMethod: BudgetingMethod
    objectives: list[ObjectiveSpec] = Field(min_length=1)
    alertPolicies: list[Annotated[PolicyEntry, BeforeValidator(named)]] | None = None

    @model_validator(mode="after")
    def _has_one_indicator(self) -> Self:
        one_of(self, ("indicator", "indicatorRef"), needed=not self.is_composite)
        return self

    @property
    def is_composite(self) -> bool:
        """Whether its objectives measure something each."""
        return any(one.indicator or one.indicatorRef for one in self.objectives)


class Document(Part):
    """A whole document; each kind has its own `spec`."""

    apiVersion: Literal["openslo/v1"]
    kind: Kind
    metadata: Metadata
    spec: Any


class ServiceDocument(Document):
    """A document of `kind: Service`."""

    spec: ServiceSpec | None = None


class DataSourceDocument(Document):
    """A document of `kind: DataSource`."""

    spec: DataSourceSpec


class SLIDocument(Document):
    """A document of `kind: SLI`."""

    spec: SLISpec


class SLODocument(Document):
    """A document of `kind: SLO`."""

    spec: SLOSpec


class AlertPolicyDocument(Document):
    """A document of `kind: AlertPolicy`."""

    spec: AlertPolicySpec


class AlertConditionDocument(Document):
    """A document of `kind: AlertCondition`."""

    spec: AlertConditionSpec


class TargetDocument(Document):
    """A document of `kind: AlertNotificationTarget`."""

    spec: TargetSpec


DOCUMENTS: Mapping[str, type[Document]] = {
    "Service": ServiceDocument,
    "SLO": SLODocument,
    "SLI": SLIDocument,
    "DataSource": DataSourceDocument,
    "AlertPolicy": AlertPolicyDocument,
    "AlertCondition": AlertConditionDocument,
    "AlertNotificationTarget": TargetDocument,
}
"""The model of each kind of document."""
