"""A metric's thresholds and the status a value has against them, with hysteresis.

Thresholds are what people set. It must not know the metric's history, and nothing here may make a threshold out of
values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Direction = Literal["higher_is_better", "lower_is_better"]
Status = Literal["green", "amber", "red", "no_data"]

DIRECTIONS: tuple[Direction, ...] = ("higher_is_better", "lower_is_better")
STATUSES: tuple[Status, ...] = ("green", "amber", "red", "no_data")
# What the ledger takes for a threshold.
_LARGEST, _SMALLEST = 1e300, 1e-300
THRESHOLD_FIELDS = ("norm_value", "alert_value", "recovery_value")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """norm (beyond it: amber), alert (beyond it: red), and where a breach ends once begun; each may be absent."""

    direction: Direction
    norm_value: float | None = None
    alert_value: float | None = None
    recovery_value: float | None = None

    def problems(self) -> list[tuple[str, str]]:
        """What is wrong with them: the field and a sentence without its subject, such as ("alert_value", "0.9 ...")."""
        given = {field: getattr(self, field) for field in THRESHOLD_FIELDS}
        found = []
        for field, value in given.items():
            if value is not None and not math.isfinite(value):
                found.append((field, f"must be a finite number, not {value}"))
            elif value and not _SMALLEST <= abs(value) <= _LARGEST:
                found.append((field, f"{value:g} cannot be kept; write 0 or a size from {_SMALLEST} to {_LARGEST}"))
        return found or self._on_the_wrong_side()

    def _on_the_wrong_side(self) -> list[tuple[str, str]]:
        norm, alert, recovery = self.norm_value, self.alert_value, self.recovery_value
        higher = self.direction == "higher_is_better"
        found = []
        if norm is not None and alert is not None and _is_better(self.direction, alert, norm):
            found.append((
                "alert_value",
                f"{alert:g} is stricter than norm_value {norm:g}; where {'higher' if higher else 'lower'} is better, "
                f"alert_value is at {'most' if higher else 'least'} norm_value",
            ))  # fmt: skip
        name, limit = ("alert_value", alert) if alert is not None else ("norm_value", norm)
        if recovery is not None and limit is None:
            found.append(("recovery_value", "says when a breach ends; give a norm_value or an alert_value with it"))
        elif recovery is not None and limit is not None and not _is_better(self.direction, recovery, limit):
            found.append((
                "recovery_value",
                f"{recovery:g} must be {'above' if higher else 'below'} {name} {limit:g}: a breach ends there",
            ))  # fmt: skip
        return found


def keeps(direction: Direction, value: float, limit: float) -> bool:
    """Whether `value` keeps `limit`; a value equal to it does."""
    return value >= limit if direction == "higher_is_better" else value <= limit


def judge(thresholds: Thresholds, value: float | None, previous: str | None = None) -> Status:
    """The status of `value`. `previous` is that of the last tick that had a value, None when there was none.

    1. No value, or one that is not finite: no_data.
    2. The red limit is alert_value. After red it is recovery_value, where that is stricter.
    3. The amber limit is norm_value. After amber or red it is recovery_value, where that is stricter.
    4. A value that does not keep the red limit is red; else one that does not keep the amber limit is amber; else
       it is green. A limit that is not given is kept by every value; recovery_value alone is no limit.
    """
    if value is None or not math.isfinite(value):
        return "no_data"
    if not _keeps_any(thresholds, value, thresholds.alert_value, was_broken=previous == "red"):
        return "red"
    if not _keeps_any(thresholds, value, thresholds.norm_value, was_broken=previous in ("amber", "red")):
        return "amber"
    return "green"


def _keeps_any(thresholds: Thresholds, value: float, limit: float | None, *, was_broken: bool) -> bool:
    if limit is None:
        return True
    direction, recovery = thresholds.direction, thresholds.recovery_value
    if was_broken and recovery is not None and _is_better(direction, recovery, limit):
        limit = recovery
    return keeps(direction, value, limit)


def _is_better(direction: Direction, one: float, other: float) -> bool:
    return one > other if direction == "higher_is_better" else one < other
