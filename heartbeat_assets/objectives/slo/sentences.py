"""A verdict in words. It must not work anything out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from heartbeat_assets.objectives.slo.budget import Budget
from heartbeat_assets.objectives.slo.burn import Burn
from heartbeat_assets.objectives.slo.counts import count_words
from heartbeat_assets.objectives.slo.coverage import Coverage
from heartbeat_assets.objectives.slo.slo import Slo

_MOST_DIGITS = 8


def sentence_of(
    slo: Slo, budget: Budget, coverage: Coverage, burns: Sequence[Burn], exhausted_at: datetime | None
) -> str:
    """What happened, what is left, and what to look at."""
    target = percent(float(slo.target))
    if budget.state == "NO_DATA":
        nothing = f"{slo.name}: nothing was measured in {slo.window.words} (target {target})"
        return (
            f"{nothing}; look at the sources of its query."
            if slo.is_measurable
            else f"{nothing}; it has no source here."
        )
    parts = [
        f"{slo.name}: {_sli(budget, float(slo.target))} of {count_words(budget.total)} {slo.unit} were good in "
        f"{slo.window.words} (target {target})",
        _left(budget),
    ]
    parts += [f"{burn.sentence.rstrip('.')}" for burn in burns if burn.fires]
    if exhausted_at is not None:
        parts.append(
            f"as it burned over the last {slo.forecast.words}, it is used up on {exhausted_at:%Y-%m-%d at %H:%M} UTC"
        )
    if coverage.fraction is not None and coverage.fraction < 1:
        parts.append(f"{percent(coverage.fraction, below=1)} of the time was measured")
    return "; ".join(parts) + "."


def percent(fraction: float, *, below: float | None = None) -> str:
    """`99.5%`, in as many digits as keep it visibly below `below`, when it is."""
    digits = 2
    while below is not None and fraction < below and digits < _MOST_DIGITS:
        if float(f"{fraction * 100:.{digits}f}") < below * 100:
            break
        digits += 1
    text = f"{fraction * 100:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.')}%"


def _sli(budget: Budget, target: float) -> str:
    return percent(budget.sli or 0.0, below=None if budget.is_met else target)


def _left(budget: Budget) -> str:
    if budget.left_fraction is None or budget.allowed is None or budget.left is None:
        return f"a target of 100% has no error budget, and {count_words(budget.bad)} were bad"
    if not budget.allowed:
        return "a target of 100% has no error budget, and none was bad"
    used = f"{count_words(budget.bad)} bad, {count_words(budget.allowed)} allowed"
    if budget.left_fraction <= 0:
        return f"the error budget is used up ({used})"
    return f"{percent(budget.left_fraction, below=1 if budget.bad else None)} of the error budget is left ({used})"
