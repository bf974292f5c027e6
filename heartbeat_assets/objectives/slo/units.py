"""What a budget counts, in the order of time: events by the bucket, or slices that are over.

Occurrences count events. Timeslices count slices: one is good when its share of good events is at least
timeSliceTarget. RatioTimeslices count slices too, each with the share of its events that was good. A slice without
events is neither good nor bad. It must not know budgets.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum

from heartbeat_assets.objectives.slo.measured import Bucket, Count
from heartbeat_assets.objectives.slo.periods import RollingWindow, Window
from heartbeat_assets.objectives.slo.slo import Slo

Amount = Count | float


@dataclass(frozen=True, slots=True)
class Tally:
    """Good and bad of some time, in what the budget counts, and the events behind them."""

    good: Amount
    bad: Amount
    events: Count

    @property
    def total(self) -> Amount:
        """All that was counted."""
        return self.good + self.bad

    @property
    def error_rate(self) -> Fraction | float | None:
        """The bad share; None when nothing was counted."""
        if not self.total:
            return None
        if isinstance(self.bad, float) or isinstance(self.total, float):
            return self.bad / self.total
        return Fraction(self.bad) / Fraction(self.total)


@dataclass(frozen=True, slots=True)
class _Unit:
    start_us: int
    good: Amount
    bad: Amount
    events: Count


class Units:
    """The units of `slo` up to `until_us`, each `width_us` long, made of `buckets`; `window` is the one judged."""

    def __init__(self, slo: Slo, buckets: Iterable[Bucket], window: Window, until_us: int) -> None:
        self._slo = slo
        self._window = window
        self._until_us = until_us
        self.width_us = (slo.slice or slo.bucket).us
        # Slices start from the calendar window, or from 1970, so that a rolling window does not move them.
        follows = slo.slice and not isinstance(slo.window, RollingWindow)
        self._anchor_us = window.start_us if follows else 0
        known = [bucket for bucket in buckets if bucket.start_us < until_us]
        self._units = self._slices(known) if slo.slice else [_occurrences(bucket) for bucket in known]
        self._starts = [unit.start_us for unit in self._units]

    @property
    def in_window(self) -> int:
        """How many units the whole window has, what is to come of it included; a slice cut short by its end is one."""
        return -(-self._window.us // self.width_us)

    def window_start_us(self) -> int:
        """Where the judged window begins in whole units: at its start, or in a rolling one where that unit begins."""
        if not isinstance(self._slo.window, RollingWindow):
            return self._window.start_us
        if self._slo.slice:
            return self._last_end_us() - self._window.us
        return self._floor(self._window.start_us)

    def until_us(self) -> int:
        """Up to when it was counted: now, or the end of the last slice that is over."""
        return self._last_end_us() if self._slo.slice else self._until_us

    def between(self, start_us: int, end_us: int) -> Tally:
        """What was counted in the units that begin from `start_us` up to, not including, `end_us`."""
        units = self._units[bisect_left(self._starts, start_us) : bisect_left(self._starts, end_us)]
        return Tally(
            _sum([unit.good for unit in units]), _sum([unit.bad for unit in units]), sum(unit.events for unit in units)
        )

    def in_judged_window(self) -> Tally:
        """What was counted in the judged window so far."""
        return self.between(self.window_start_us(), self._until_us)

    def over(self, length_us: int) -> Tally:
        """What was counted in the last so much time, whatever window it lies in."""
        return self.between(self.start_of_look_us(length_us), self.until_us())

    def start_of_look_us(self, length_us: int) -> int:
        """Where the last so much time begins: where the unit begins that was under way then.

        Slices are looked back at from the end of the last that is over, and at least one is.
        """
        end = self.until_us()
        start = self._floor(end - length_us)
        return min(start, self._floor(end - self.width_us)) if self._slo.slice else start

    def _floor(self, us: int) -> int:
        return us - (us - self._anchor_us) % self.width_us

    def _last_end_us(self) -> int:
        """The end of the last slice that is over."""
        calendar = not isinstance(self._slo.window, RollingWindow)
        return self._until_us if calendar and self._until_us == self._window.end_us else self._floor(self._until_us)

    def _slices(self, buckets: Sequence[Bucket]) -> list[_Unit]:
        sums: dict[int, tuple[Count, Count]] = {}
        end = self._last_end_us()
        for bucket in buckets:
            start = self._floor(bucket.start_us)
            if start < end and bucket.start_us < end:
                good, total = sums.get(start, (0, 0))
                sums[start] = good + bucket.good, total + bucket.total
        return [self._slice(start, *sums[start]) for start in sorted(sums) if sums[start][1]]

    def _slice(self, start: int, good: Count, total: Count) -> _Unit:
        if self._slo.method == "RatioTimeslices":
            # Exactly 1 and 0 at the ends. Between them a float is near enough: fractions would grow without end.
            return _Unit(start, float(good / total), float((total - good) / total), total)
        target = self._slo.slice_target or Fraction(0)
        kept = good * target.denominator >= target.numerator * total
        return _Unit(start, int(kept), int(not kept), total)


def _occurrences(bucket: Bucket) -> _Unit:
    return _Unit(bucket.start_us, bucket.good, bucket.total - bucket.good, bucket.total)


def _sum(amounts: Sequence[Amount]) -> Amount:
    if any(isinstance(amount, float) for amount in amounts):
        return fsum(amounts)
    return sum(amounts)
