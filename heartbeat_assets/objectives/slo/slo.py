"""An SLO with everything that its figures depend on, references followed: what `judge` is given.

Plain values. It must not know how they were written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from heartbeat_assets.objectives.slo.burn import BurnRule
from heartbeat_assets.objectives.slo.durations import Duration
from heartbeat_assets.objectives.slo.model import BudgetingMethod
from heartbeat_assets.objectives.slo.model_parts import Operator
from heartbeat_assets.objectives.slo.periods import CalendarWindow, RollingWindow

Role = Literal["good", "bad", "total", "value"]
YELLOW_AT = Fraction(1, 2)
RED_AT = Fraction(1, 5)
DEFAULT_FORECAST = Duration(1, "d")
_PARAMETER = re.compile(r"\$(start_us|end_us)\b")


@dataclass(frozen=True, slots=True)
class Query:
    """SQL over the sources of a metrics service, and the columns that are taken from its rows beside `bucket_us`."""

    service: str
    sql: str
    columns: tuple[Role, ...]

    @property
    def parameters(self) -> frozenset[str]:
        """Which of `start_us` and `end_us` the SQL asks for; an engine refuses those it does not."""
        return frozenset(_PARAMETER.findall(self.sql))


@dataclass(frozen=True, slots=True)
class Threshold:
    """What makes a value good."""

    op: Operator
    value: float

    def keeps(self, value: float) -> bool:
        """Whether `value` is good."""
        if self.op == "lte":
            return value <= self.value
        if self.op == "gte":
            return value >= self.value
        return value < self.value if self.op == "lt" else value > self.value


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """Which share of the budget left is still calm. At `yellow` or less the state is YELLOW, at `red` or less RED."""

    yellow: Fraction
    red: Fraction


DEFAULT_LIMITS = BudgetLimits(YELLOW_AT, RED_AT)


@dataclass(frozen=True, slots=True)
class Slo:
    """One objective of an SLO document.

    `queries` is empty where the figures come from a source that we do not have. `raw` is the kind of a ratio that was
    worked out elsewhere. `slice` is None for Occurrences, `slice_target` is that of Timeslices alone. A gap of up to
    `quiet` between two buckets is time in which nothing happened, a longer one was not measured.
    """

    name: str
    display_name: str
    description: str
    service: str
    method: BudgetingMethod
    target: Fraction
    window: RollingWindow | CalendarWindow
    bucket: Duration
    queries: tuple[Query, ...] = ()
    threshold: Threshold | None = None
    raw: Literal["success", "failure"] | None = None
    slice: Duration | None = None
    slice_target: Fraction | None = None
    rules: tuple[BurnRule, ...] = ()
    limits: BudgetLimits = DEFAULT_LIMITS
    forecast: Duration = DEFAULT_FORECAST
    quiet: Duration | None = None
    owner: str = ""
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    document: str = ""
    file: str = ""

    @property
    def allowance(self) -> Fraction:
        """The share that may be bad: 1 - target, exactly."""
        return 1 - self.target

    @property
    def unit(self) -> str:
        """What the budget counts."""
        return "slices" if self.slice else "values" if self.threshold else "events"

    @property
    def is_measurable(self) -> bool:
        """Whether we have a source for it."""
        return bool(self.queries)
