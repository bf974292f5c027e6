"""Two success rates: the evidence for a drop, how large it may be, and how many events it takes to see one.

Plain counts in, plain numbers out, never NaN. It must not know policies or directions: who looks for a rise swaps
successes and failures.
"""

from __future__ import annotations

import math

EXACT_UP_TO = 1_000
"""Up to this many events in both windows the unconditional exact test is used; there it takes one to two seconds."""
_SCORE_FROM = 100.0
"""The score test is used where each of the four counts is expected to be at least this large."""
_SMALLEST_CHANGE = 1e-9

BOSCHLOO = "Boschloo's exact test"
FISHER = "Fisher's exact test"
SCORE = "score test"


def drop_p_value(successes: int, events: int, base_successes: int, base_events: int) -> tuple[float, str]:
    """How often chance alone shows a drop as clear as this one, when nothing has changed, and by which test.

    1. With few events, Boschloo's test: exact whatever the true rate is, and never weaker than Fisher's, whose
       conditioning on the total makes it too shy for windows of this size. Boschloo, R. D. (1970), Statistica
       Neerlandica 24.
    2. With more, Fisher's test as long as some count is small: also exact, and hardly shy any more. The score test
       would find a rise from 5 in 4,000 to 5 in 1,000 four times as significant as it is.
    3. With large counts everywhere, the score test with the pooled rate.
    """
    both, total = successes + base_successes, events + base_events
    if not events or not base_events or both in (0, total):
        return 1.0, BOSCHLOO
    smallest = min(both, total - both) / total * min(events, base_events)
    if total > EXACT_UP_TO and smallest >= _SCORE_FROM:
        rate = both / total
        error = math.sqrt(rate * (1 - rate) * (1 / events + 1 / base_events))
        return 0.5 * math.erfc((base_successes / base_events - successes / events) / error / math.sqrt(2)), SCORE
    from scipy import stats

    table = [[successes, base_successes], [events - successes, base_events - base_successes]]
    if total > EXACT_UP_TO:
        return _probability(stats.fisher_exact(table, alternative="less").pvalue), FISHER
    return _probability(stats.boschloo_exact(table, alternative="less").pvalue), BOSCHLOO


def ratio_interval(
    successes: int, events: int, base_successes: int, base_events: int, confidence: float
) -> tuple[float, float] | None:
    """Between which the recent rate is, as a multiple of the baseline's; None when the baseline has no success.

    MOVER-R from Wilson's intervals of the two rates: Newcombe, R. G. (2016), "MOVER-R confidence intervals for ratios
    and products", Statistical Methods in Medical Research 25. Closed, and so defined where the score interval that
    statsmodels searches for comes out as NaN or excludes the very ratio that was seen (50 of 50 against 200 of 200).
    """
    if not events or not base_successes:
        return None
    rate, base = successes / events, base_successes / base_events
    low, high = wilson_interval(successes, events, confidence)
    base_low, base_high = wilson_interval(base_successes, base_events, confidence)
    product = rate * base
    below = low * (2 * rate - low)
    above, base_least = high * (2 * rate - high), base_low * (2 * base - base_low)
    lower = below / (product + _root(product**2 - below * base_high * (2 * base - base_high))) if below > 0 else 0.0
    upper = (product + _root(product**2 - above * base_least)) / base_least
    # Rounding aside, what was seen lies within.
    return min(lower, rate / base), max(upper, rate / base)


def wilson_interval(successes: int, events: int, confidence: float) -> tuple[float, float]:
    """Between which a rate is, by Wilson's score interval; kept within 0 and 1 and around the rate that was seen."""
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(successes, events, alpha=1 - confidence, method="wilson")
    rate = successes / events
    return (
        0.0 if successes == 0 else min(max(float(low), 0.0), rate),
        1.0 if successes == events else max(min(float(high), 1.0), rate),
    )


def events_needed(base: float, changed: float, level: float, baseline_per_recent: float, power: float) -> int | None:
    """How many recent events show a change from `base` to `changed` with that power, the baseline having
    `baseline_per_recent` times as many. None when there is no change to see.

    The normal formula for two proportions: Fleiss, Levin and Paik (2003), "Statistical Methods for Rates and
    Proportions", chapter 4; the exact test needs a few events more.
    """
    if abs(base - changed) < _SMALLEST_CHANGE:
        return None
    from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

    side = "smaller" if changed < base else "larger"
    found = float(
        samplesize_proportions_2indep_onetail(
            changed - base, base, power, ratio=baseline_per_recent, alpha=level, alternative=side
        )
    )
    return max(1, math.ceil(found)) if math.isfinite(found) else None


def _root(number: float) -> float:
    return math.sqrt(max(0.0, number))


def _probability(found: float) -> float:
    """`found` within 0 and 1; what a test could not work out is no evidence."""
    return min(1.0, max(0.0, float(found))) if math.isfinite(found) else 1.0
