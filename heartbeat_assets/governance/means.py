"""Two sets of numbers: the evidence for a drop, how large the drop of the mean may be, and events needed to see one.

Deterministic, never NaN. It must not know policies or directions: who looks for a rise gives the numbers negated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MANN_WHITNEY = "Mann-Whitney test"
RESAMPLES = 4_000
_SEED = 20_260_101
_FEW = 8


def drop_p_value(recent: Sequence[float], baseline: Sequence[float]) -> tuple[float, str]:
    """How often chance alone puts the recent numbers as far below the baseline's, by ranks, and the test's name.

    Ranks, because one huge deal must not decide. Exact for few numbers (by seeded permutations where some are equal),
    otherwise the normal approximation with the corrections for ties and continuity. Mann, H. B., Whitney, D. R. (1947),
    Annals of Mathematical Statistics 18.
    """
    if not recent or not baseline or len({*recent, *baseline}) == 1:
        return 1.0, MANN_WHITNEY
    from scipy import stats

    few = min(len(recent), len(baseline)) <= _FEW
    tied = len({*recent, *baseline}) < len(recent) + len(baseline)
    method: object = "auto" if few else "asymptotic"
    if few and tied and len(recent) > 1 and len(baseline) > 1:
        method = stats.PermutationMethod(n_resamples=9_999, rng=_generator())
    found = float(stats.mannwhitneyu(recent, baseline, alternative="less", method=method).pvalue)
    return (min(1.0, max(0.0, found)) if math.isfinite(found) else 1.0), MANN_WHITNEY


def drop_interval(recent: Sequence[float], baseline: Sequence[float], confidence: float) -> tuple[float, float] | None:
    """Between which the drop of the mean is, as a share of the baseline mean's size.

    The percentile bootstrap, both sets drawn anew RESAMPLES times from a fixed seed: Efron and Tibshirani (1993), "An
    Introduction to the Bootstrap", chapter 13. None when the baseline's mean may be zero as well, since a share of it
    then says nothing.
    """
    import numpy as np

    if not recent or not baseline:
        return None
    # In one unit, so that the largest numbers do not overflow.
    unit = max(map(abs, (*recent, *baseline)))
    if unit == 0:
        return None
    draw = _generator()
    now, before = (_means(np.array(numbers, dtype=float) / unit, draw) for numbers in (recent, baseline))
    if before.min() <= 0 <= before.max():
        return None
    with np.errstate(over="ignore"):
        drops = (before - now) / np.abs(before)
    low, high = np.quantile(np.nan_to_num(drops), [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def events_needed(
    baseline: Sequence[float], drop: float, level: float, baseline_per_recent: float, power: float
) -> int | None:
    """How many recent numbers show the baseline's own, each lower by `drop`, with that power, the baseline having
    `baseline_per_recent` times as many. None when ranks cannot show it.

    Noether, G. E. (1987), "Sample size determination for some common nonparametric tests", Journal of the American
    Statistical Association 82.
    """
    import numpy as np
    from scipy import stats

    count = len(baseline)
    if count < 2 or drop <= 0:
        return None
    ordered = np.sort(np.array(baseline))
    shifted = ordered - drop
    below = (count - np.searchsorted(ordered, shifted, side="right")).sum()
    below_or_equal = (count - np.searchsorted(ordered, shifted, side="left")).sum()
    # A number and itself, lowered, are no pair of two events.
    itself = np.where(shifted < ordered, 1.0, 0.5).sum()
    chance = ((below + below_or_equal) / 2 - itself) / (count * (count - 1))
    if not chance > 0.5:
        return None
    share = 1 / (1 + baseline_per_recent)
    reach = float(stats.norm.isf(level) + stats.norm.ppf(power))
    total = reach**2 / (12 * share * (1 - share) * (float(chance) - 0.5) ** 2)
    return max(1, math.ceil(total * share)) if math.isfinite(total) else None


def _generator() -> np.random.Generator:
    import numpy as np

    return np.random.default_rng(_SEED)


def _means(numbers: NDArray[np.float64], draw: np.random.Generator) -> NDArray[np.float64]:
    """The means of as many numbers, drawn with replacement, RESAMPLES times."""
    import numpy as np

    count = len(numbers)
    return np.array([numbers[draw.integers(0, count, count)].mean() for _ in range(RESAMPLES)])
