"""What two windows say of each other: the drop, its interval, the evidence, the events it would take.

For rates and means, in either direction: what is called a drop is always the change for the worse. It must not decide
what follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from heartbeat_assets.governance import means, proportions
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.governance.series import Window, Windows

POWER = 0.8
_LARGEST_PCT = 1e9
_DECIMALS = 9


@dataclass(frozen=True, slots=True)
class Comparison:
    """The recent events against the baseline. Percentages are of the baseline's figure; below 0 means better.

    `drop_pct` is None when that figure is zero; `worse_than_zero` then says whether the recent one is worse. `interval`
    is None when it says nothing, `events_needed` when no number of events would show a drop of the policy's limit.
    """

    drop_pct: float | None
    worse_than_zero: bool
    interval: tuple[float, float] | None
    confidence: float
    p_value: float
    method: str
    events_needed: int | None


def compare(policy: TripwirePolicy, windows: Windows) -> Comparison:
    """The comparison of two windows that both have events.

    The interval's confidence is 1 - 2 x level, so that it and the one-sided test look at the same tail.
    """
    if windows.kind == "rate":
        return _rates(policy, windows.recent, windows.baseline)
    return _means(policy, windows.recent, windows.baseline)


def _rates(policy: TripwirePolicy, recent: Window, baseline: Window) -> Comparison:
    now, before = recent.successes or 0, baseline.successes or 0
    higher, confidence = policy.direction == "higher_is_better", 1 - 2 * policy.level
    # In whole numbers, so that 0.8 against 1.0 is a drop of 20%, not of 19.999999999999996%.
    base, worse = before * recent.events, before * recent.events - now * baseline.events
    drop_pct = _kept((100 if higher else -100) * worse / base) if base else None
    ratios = proportions.ratio_interval(now, recent.events, before, baseline.events, confidence)
    counts = (now, before) if higher else (recent.events - now, baseline.events - before)
    p_value, method = proportions.drop_p_value(counts[0], recent.events, counts[1], baseline.events)
    rate = before / baseline.events
    changed = rate * (1 + (-policy.max_drop_pct if higher else policy.max_drop_pct) / 100)
    return Comparison(
        drop_pct=drop_pct,
        worse_than_zero=not base and not higher and now > 0,
        interval=ratios and _interval(*((1 - ratio if higher else ratio - 1) for ratio in ratios)),
        confidence=confidence,
        p_value=p_value,
        method=method,
        events_needed=proportions.events_needed(
            rate, min(1.0, max(0.0, changed)), policy.level, policy.baseline / policy.recent, POWER
        ),
    )


def _means(policy: TripwirePolicy, recent: Window, baseline: Window) -> Comparison:
    # Where lower is better, everything is seen in a mirror.
    sign, confidence = 1.0 if policy.direction == "higher_is_better" else -1.0, 1 - 2 * policy.level
    now, before = ([sign * number for number in window.numbers] for window in (recent, baseline))
    mean, base = sign * (recent.figure or 0.0), sign * (baseline.figure or 0.0)
    # In percent of the mean's size: from -100 to -150 is a drop of 50%, not a rise.
    drop_pct = round(_kept(100 * ((base - mean) / abs(base))), _DECIMALS) if base else None
    shares = means.drop_interval(now, before, confidence)
    p_value, method = means.drop_p_value(now, before)
    return Comparison(
        drop_pct=drop_pct,
        worse_than_zero=not base and mean < 0,
        interval=shares and _interval(*shares),
        confidence=confidence,
        p_value=p_value,
        method=method,
        events_needed=means.events_needed(
            before, abs(base) * policy.max_drop_pct / 100, policy.level, policy.baseline / policy.recent, POWER
        ),
    )


def _interval(one: float, other: float) -> tuple[float, float]:
    low, high = sorted((100 * _kept(one), 100 * _kept(other)))
    return _kept(low), _kept(high)


def _kept(number: float) -> float:
    """`number`, or the largest that is shown: a drop from next to nothing has no sensible size."""
    return min(_LARGEST_PCT, max(-_LARGEST_PCT, number))
