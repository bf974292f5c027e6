"""What a lane's numbers must satisfy: KPIs with a threshold, gates of conditions, and preconditions.

All three are bounds on a figure of the digest; `criteria` says how the window counts them. It must not look at numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from heartbeat_assets.specs.fields import DottedName, Flag, Model, Name, Number

if TYPE_CHECKING:
    from heartbeat_assets.lanes.spec import LaneSpec

Unit = Literal["ratio", "seconds", "count", "number"]
FOCUS_GATE = "focus_gate"


def gate_name(name: str) -> str:
    """`name` unless it is the one of the gate of all gates. Raises ValueError."""
    if name == FOCUS_GATE:
        raise ValueError(f"{name!r} is the gate that every lane with gates has of itself; choose another name")
    return name


class Bound(Model):
    """A figure may not be above `max`, or not below `min`; one of the two."""

    max: Number | None = Field(None, description="The value may not be above this. Give max or min.")
    min: Number | None = Field(None, description="The value may not be below this. Give max or min.")

    @model_validator(mode="after")
    def _one_threshold(self) -> Self:
        if self.max is not None and self.min is not None:
            raise ValueError("give min or max, not both")
        if self.max is None and self.min is None:
            raise ValueError("give min or max, so that it can be judged")
        return self

    @property
    def threshold(self) -> float:
        """The bound itself."""
        return self.max if self.max is not None else self.min  # type: ignore[return-value]

    @property
    def side(self) -> str:
        """Which bound it is: max or min."""
        return "max" if self.max is not None else "min"

    @property
    def edge(self) -> str:
        """The bound in words: at most, at least."""
        return "at most" if self.max is not None else "at least"

    @property
    def extreme(self) -> str:
        """What the bound is called in words: maximum, minimum."""
        return "maximum" if self.max is not None else "minimum"

    @property
    def beyond(self) -> str:
        """Where a value is that breaks the bound: above, below."""
        return "above" if self.max is not None else "below"

    def within(self, value: float, threshold: float) -> bool:
        """Whether `value` keeps to `threshold`; a value equal to it does."""
        return value <= threshold if self.max is not None else value >= threshold


class Kpi(Bound):
    """One number of the digest and the threshold it must keep to."""

    name: Name = Field(description="The column of digest.sql that holds it, and its name everywhere.")
    description: str = Field("", description="What it measures, for a stranger.")
    unit: Unit = Field(
        "number", description="ratio (0 to 1), seconds, count or number; a row outside its range is refused."
    )
    missing: Literal["failed", "degraded"] = Field(
        "degraded", description="What the digest's status becomes when the KPI has no value."
    )
    short_name: Name | None = Field(
        None, description="Name used in its check and reasons (`<short_name>_within_threshold`); default: name."
    )
    window_name: Name | None = Field(
        None, description="Name used in its window rules (`max_<window_name>_violations`); default: short_name."
    )

    @property
    def threshold_name(self) -> str:
        """What the threshold is called in digests, rows and on the command line."""
        return f"{self.side}_{self.name}"

    @property
    def stem(self) -> str:
        """What its check and its reasons start with."""
        return self.short_name or self.name

    @property
    def window(self) -> str:
        """What its window rules are named after."""
        return self.window_name or self.stem

    @property
    def check_name(self) -> str:
        """The check of the digest, and the field of the row, that says whether it kept its threshold."""
        return f"{self.stem}_within_threshold"

    @property
    def missing_reason(self) -> str:
        """The failure reason of a KPI without a value that must have one."""
        return f"{self.stem}_missing"

    @property
    def breach_reason(self) -> str:
        """The failure reason of a KPI that breaks its threshold."""
        return f"{self.stem}_{self.beyond}_threshold"


class FigureBound(Bound):
    """A bound on any figure of the digest, by its place there."""

    value: DottedName = Field(description="The figure, by its place in the digest: `coverage.norms_pct`.")
    threshold_as: Name | None = Field(
        None, description="Name of the threshold; default: `min_` or `max_` and the last part of `value`."
    )

    @property
    def threshold_name(self) -> str:
        """What the threshold is called in digests and on the command line."""
        return self.threshold_as or f"{self.side}_{self.figure}"

    @property
    def section(self) -> str:
        """The part of the digest that holds the figure: `coverage`; empty where it stands by itself."""
        return self.value.rpartition(".")[0]

    @property
    def figure(self) -> str:
        """What the figure is called in its section, and in the rows that record it: `norms_pct`."""
        return self.value.rpartition(".")[2]

    def in_rows(self, spec: LaneSpec) -> bool:
        """Whether the rows of the lane keep the figure: in a recorded section, or as a KPI."""
        if self.section == "metrics":
            return any(kpi.name == self.figure for kpi in spec.kpis)
        return self.section in spec.recorded


class Condition(FigureBound):
    """One condition of a gate. A figure that has no value does not meet it."""


class Gate(Model):
    """Conditions that must all hold. A lane with gates has a `focus_gate` too, which passes when every gate does."""

    name: Annotated[Name, AfterValidator(gate_name)] = Field(
        description="Its check in the digest, and the stem of its window rules (`max_<name>_failed`)."
    )
    description: str = Field("", description="What it guards, for a stranger.")
    optional: Flag = Field(
        False, description="A row that does not have the gate passes: it is from before the gate existed."
    )
    conditions: list[Condition] = Field(min_length=1, description="What must hold, all of it.")

    @property
    def row_name(self) -> str:
        """The field of the heartbeat row that says whether it passed."""
        return f"{self.name}_passed"


class Precondition(FigureBound):
    """Without it there is nothing to judge: the digest has failed."""

    reason: Name = Field(description="The failure reason of a digest that does not meet it.")
    description: str = Field("", description="What it means when it is not met, for a stranger.")
