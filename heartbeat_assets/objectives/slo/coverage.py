"""How much of a window's time was measured. Time without a bucket is neither good nor bad; how much there was is said.

It must not look at good and bad.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from heartbeat_assets.objectives.slo.corrections import Corrected

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Coverage:
    """Seconds of the window so far, how many of them were measured, and how many corrections took out.

    `fraction` is measured / (elapsed - excluded); None before any time has passed, or when all of it was taken out.
    """

    elapsed: float
    measured: float
    excluded: float
    fraction: float | None

    def record(self) -> dict[str, Any]:
        """It as plain values."""
        return asdict(self)


def coverage_of(series: Corrected, start_us: int, end_us: int) -> Coverage:
    """The coverage from `start_us` up to `end_us`; what a bucket reaches beyond them does not count."""
    elapsed = max(0, end_us - start_us)
    excluded = series.excluded_us(start_us, end_us)
    # Each stretch of time has one bucket, so that nothing is measured twice.
    measured = sum(max(0, min(one.end_us, end_us) - max(one.start_us, start_us)) for one in series.buckets)
    left = elapsed - excluded
    return Coverage(
        elapsed / _MICROSECONDS,
        measured / _MICROSECONDS,
        excluded / _MICROSECONDS,
        measured / left if left > 0 else None,
    )
