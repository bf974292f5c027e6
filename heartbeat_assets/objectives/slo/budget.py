"""Error budgets: how much may go bad in a window, how much of that is used, and how fast.

The formulas are those of The Site Reliability Workbook, chapters 2 (Implementing SLOs) and 5 (Alerting on SLOs):

    SLI            = good / (good + bad)
    error rate     = bad / (good + bad)
    error budget   = (1 - SLO) x all that counts
    burn rate      = error rate / (1 - SLO)
    consumed       = bad / error budget
    time until the budget is used up = budget left x length of the window / burn rate

All that counts is, for Occurrences, the events of the window so far: nobody knows those to come. For Timeslices and
RatioTimeslices it is every slice of the whole window, known in advance: 1% of a month of 30 days is 432 minutes from
its first day on. Time that was not measured, or was excluded, is neither good nor bad and does not make it smaller.

Counts and targets are exact numbers, so that a budget that is just used up is not 1e-17 short of it. It must not know
buckets.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Literal

from heartbeat_assets.objectives.slo.counts import plain
from heartbeat_assets.objectives.slo.periods import RollingWindow, Window
from heartbeat_assets.objectives.slo.slo import BudgetLimits, Slo
from heartbeat_assets.objectives.slo.units import Tally

State = Literal["GREEN", "YELLOW", "RED", "EXHAUSTED", "NO_DATA"]


@dataclass(frozen=True, slots=True)
class Budget:
    """An error budget as it stands. `good`, `bad`, `allowed` and `left` are counts of `unit`.

    `left` and `left_fraction` are below zero when more was used than there was. With a target of 100% there is no
    budget: `consumed` is 0 until the first bad unit, and None, beyond any number, from then on. Without data everything
    that depends on it is None; the budget in time and, for slices, `allowed` are known all the same.
    """

    state: State
    unit: str
    good: float
    bad: float
    total: float
    sli: float | None
    is_met: bool | None
    allowed: float | None
    left: float | None
    consumed: float | None
    left_fraction: float | None
    seconds: float
    seconds_left: float | None

    def record(self) -> dict[str, Any]:
        """It as plain values."""
        return asdict(self)


def budget_of(slo: Slo, window: Window, tally: Tally, units_in_window: int) -> Budget:
    """The budget of `slo` in `window` with what was counted so far."""
    seconds = slo.allowance * Fraction(window.us, 1_000_000)
    basis = units_in_window if slo.slice else tally.total
    allowed = slo.allowance * basis
    if not tally.total:
        known = float(allowed) if slo.slice else None
        return Budget("NO_DATA", slo.unit, 0, 0, 0, None, None, known, None, None, None, float(seconds), None)
    consumed = consumed_of(tally, allowed)
    left = 1 - consumed
    is_finite = consumed != math.inf
    return Budget(
        state=state_of(left, slo.limits),
        unit=slo.unit,
        good=plain(tally.good),
        bad=plain(tally.bad),
        total=plain(tally.total),
        sli=float(tally.good / tally.total if isinstance(tally.total, float) else Fraction(tally.good) / tally.total),
        is_met=(tally.error_rate or 0) <= slo.allowance,
        allowed=float(allowed),
        left=float(allowed - tally.bad),
        consumed=float(consumed) if is_finite else None,
        left_fraction=float(left) if is_finite else None,
        seconds=float(seconds),
        seconds_left=float(left * seconds) if is_finite else 0.0,
    )


def consumed_of(tally: Tally, allowed: Fraction | float) -> Fraction | float:
    """The share of the budget that is used: 1 is all of it, math.inf more than any, where there is none to use."""
    if not allowed:
        return math.inf if tally.bad else Fraction(0)
    if isinstance(tally.bad, float) or isinstance(allowed, float):
        return tally.bad / allowed
    return Fraction(tally.bad) / allowed


def burn_rate(tally: Tally, allowance: Fraction) -> Fraction | float | None:
    """How many times as fast as just lasts for the window. None without data; math.inf for bad without a budget."""
    rate = tally.error_rate
    if rate is None:
        return None
    if not allowance:
        return math.inf if rate else Fraction(0)
    return rate / allowance


def state_of(left: Fraction | float, limits: BudgetLimits) -> State:
    """The state by the share of the budget that is left; a limit that is just reached counts."""
    if left <= 0:
        return "EXHAUSTED"
    if left <= limits.red:
        return "RED"
    return "YELLOW" if left <= limits.yellow else "GREEN"


def exhausted_at(
    slo: Slo, window: Window, now: datetime, left: float | None, rate: Fraction | float | None
) -> datetime | None:
    """When nothing is left if it burns on at `rate`: `left` x length of the window / rate from `now` on.

    None when it does not burn, when nothing is left already, and when the window does not see it: that instant lies
    behind the end of a calendar window, or so far away that a rolling one has let go of all that is bad in it now.
    """
    if not rate or left is None or left <= 0 or rate == math.inf:
        return None
    seconds = left * window.seconds / float(rate)
    last = window.seconds if isinstance(slo.window, RollingWindow) else (window.end - now).total_seconds()
    return now + timedelta(seconds=seconds) if seconds <= last else None
