"""What people know better than the measurement: maintenance that shall not count, and figures that were wrong.

The measured buckets stay as they are; a second list is made beside them. A bucket that a correction touches belongs to
it whole. It must not know who may correct, nor where corrections are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from heartbeat_assets.objectives.slo.measured import Bucket, Count
from heartbeat_assets.objectives.slo.periods import from_us, to_us


@dataclass(frozen=True, slots=True)
class Correction:
    """From `start` up to `end`: `exclude` it (maintenance), or `set` its good and total events.

    Raises ValueError for an interval without time, and for figures that cannot be.
    """

    start: datetime
    end: datetime
    kind: Literal["exclude", "set"] = "exclude"
    good: int = 0
    total: int = 0
    reason: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        if to_us(self.start) >= to_us(self.end):
            raise ValueError(f"a correction must end after it starts ({self.start.isoformat()})")
        if not 0 <= self.good <= self.total:
            raise ValueError(f"a correction cannot have {self.good} good events of {self.total}")
        if self.kind == "exclude" and self.total:
            raise ValueError("a correction that excludes time has no figures; leave good and total out")

    def span(self, width_us: int) -> tuple[int, int]:
        """The whole buckets that it touches, as an interval in microseconds."""
        start, end = to_us(self.start), to_us(self.end)
        return start - start % width_us, end + -end % width_us

    def record(self, width_us: int) -> dict[str, Any]:
        """It as plain values, with the whole buckets that it was applied to."""
        first, last = self.span(width_us)
        return {
            "id": self.id,
            "kind": self.kind,
            "reason": self.reason,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "applied_from": from_us(first).isoformat(),
            "applied_to": from_us(last).isoformat(),
            "good": self.good if self.kind == "set" else None,
            "total": self.total if self.kind == "set" else None,
        }


@dataclass(frozen=True)
class Corrected:
    """The buckets as corrected, and the time that was taken out, as intervals that do not overlap."""

    buckets: tuple[Bucket, ...]
    excluded: tuple[tuple[int, int], ...] = ()

    def excluded_us(self, start_us: int, end_us: int) -> int:
        """How much of the interval was taken out."""
        return sum(max(0, min(end, end_us) - max(start, start_us)) for start, end in self.excluded)


def corrected(buckets: Sequence[Bucket], corrections: Iterable[Correction], width_us: int) -> Corrected:
    """`buckets` as `corrections` have them. Of two that set the same bucket the later in the list holds, and what is
    excluded stays excluded.

    What a correction sets is spread evenly over its buckets in whole events that add up to it.
    """
    by_start = {bucket.start_us: bucket for bucket in buckets}
    given = list(corrections)
    for one in given:
        if one.kind == "set":
            by_start |= {bucket.start_us: bucket for bucket in _spread(one, width_us)}
    excluded = _merged(one.span(width_us) for one in given if one.kind == "exclude")
    left = (bucket for bucket in by_start.values() if not _lies_in(bucket, excluded))
    return Corrected(tuple(sorted(left, key=lambda bucket: bucket.start_us)), excluded)


def _spread(correction: Correction, width_us: int) -> Iterable[Bucket]:
    """The first i buckets together have the whole number below their share, so that all of them have all of it."""
    start, end = correction.span(width_us)
    number = (end - start) // width_us
    good_before: Count = 0
    total_before: Count = 0
    for position in range(1, number + 1):
        total = correction.total * position // number
        good = correction.good * total // correction.total if correction.total else 0
        yield Bucket(start + (position - 1) * width_us, width_us, good - good_before, total - total_before)
        good_before, total_before = good, total


def _merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _lies_in(bucket: Bucket, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < bucket.end_us and bucket.start_us < end for start, end in spans)
