"""What was measured: buckets of time with their good and total events, and the gaps between them.

Rows of an SLO's queries become buckets here. A bucket that no row speaks of was not measured; one with a total of 0
was, and nothing happened. It must not run queries, nor judge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from numbers import Integral, Real
from typing import Any

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.objectives.slo.counts import count_words
from heartbeat_assets.objectives.slo.durations import exact
from heartbeat_assets.objectives.slo.slo import Role, Slo

Count = int | Fraction
"""A count, or a part of one, kept exactly."""
Row = Mapping[str, Any]


class RowsProblem(HeartbeatError):
    """A query returned rows that are no measurements of its SLO."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What happened from `start_us` on for `width_us`, in microseconds since 1970. 0 <= good <= total."""

    start_us: int
    width_us: int
    good: Count
    total: Count

    @property
    def end_us(self) -> int:
        """Up to, not including, when."""
        return self.start_us + self.width_us


def buckets_of(slo: Slo, tables: Sequence[Iterable[Row]]) -> list[Bucket]:
    """The buckets that the rows of each of `slo.queries`, in their order, make; in the order of time.

    A ratio has the columns `bucket_us`, `good` or `bad`, and `total`: what was counted in that bucket. A threshold has
    `bucket_us`, `value` and, if a value stands for more than one event, `count`: each value is held against the limit
    by itself and weighs `count`, or 1. A p95 with its bucket's count so makes all events in it good or all of them bad.
    Rows of the same bucket add up; a row whose total or value is NULL measured nothing. Raises RowsProblem.
    """
    if len(tables) != len(slo.queries):
        raise RowsProblem(f"{slo.name}: {len(slo.queries)} queries and the rows of {len(tables)}; give those of each")
    sums: dict[Role, dict[int, Count]] = {"good": {}, "bad": {}, "total": {}}
    for query, rows in zip(slo.queries, tables, strict=True):
        for number, row in enumerate(rows, start=1):
            reader = _Reader(slo, row, number)
            start = reader.bucket()
            for role, amount in reader.amounts(query.columns):
                sums[role][start] = sums[role].get(start, 0) + amount
    return [_bucket(slo, start, sums) for start in sorted(set().union(*sums.values()))]


def ordered(slo: Slo, buckets: Iterable[Bucket]) -> list[Bucket]:
    """`buckets` in the order of time, one for each start, with the quiet time between them that `slo` declares.

    Raises ValueError for a bucket that is not one of `slo`.
    """
    width = slo.bucket.us
    by_start: dict[int, Bucket] = {}
    for bucket in buckets:
        if bucket.width_us != width or bucket.start_us % width:
            raise ValueError(f"{slo.name} has buckets of {slo.bucket}: {bucket} is none")
        other = by_start.get(bucket.start_us)
        same = Bucket(bucket.start_us, width, bucket.good + other.good, bucket.total + other.total) if other else bucket
        by_start[bucket.start_us] = same
    starts = sorted(by_start)
    longest = slo.quiet.us if slo.quiet else 0
    gaps = [(before + width, after) for before, after in pairwise(starts) if after - before - width <= longest]
    quiet = [Bucket(start, width, 0, 0) for begin, end in gaps for start in range(begin, end, width)]
    return sorted([*by_start.values(), *quiet], key=lambda bucket: bucket.start_us)


def _bucket(slo: Slo, start: int, sums: Mapping[Role, Mapping[int, Count]]) -> Bucket:
    total = sums["total"].get(start, 0)
    counts_bad = any("bad" in query.columns for query in slo.queries)
    good = total - sums["bad"].get(start, 0) if counts_bad else sums["good"].get(start, 0)
    if not 0 <= good <= total:
        part = "bad" if counts_bad else "good"
        count = total - good if counts_bad else good
        raise RowsProblem(
            f"{slo.name}: bucket_us {start} has {count_words(count)} {part} of {count_words(total)}; there cannot be "
            f"more {part} events than events: look at the queries"
        )
    return Bucket(start, slo.bucket.us, good, total)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One row, and how it is named in a sentence."""

    slo: Slo
    row: Row
    number: int

    def bucket(self) -> int:
        start = self._column("bucket_us")
        if isinstance(start, bool) or not isinstance(start, Integral):
            raise self._problem(f"bucket_us must be microseconds since 1970 as a whole number, not {start!r}")
        return int(start) - int(start) % self.slo.bucket.us

    def amounts(self, columns: tuple[Role, ...]) -> list[tuple[Role, Count]]:
        if columns == ("value",):
            return self._of_a_value()
        found: list[tuple[Role, Count]] = []
        for column in columns:
            given = self._column(column)
            if given is not None:
                found.append((column, self._count(column, given)))
            elif column == "total":
                # Nothing was measured: neither is the good beside it a figure.
                return []
        return found

    def _of_a_value(self) -> list[tuple[Role, Count]]:
        given, weight = self._column("value"), self.row.get("count", 1)
        if given is None or weight is None:
            return []
        value, count = self._number("value", given), self._count("count", weight)
        if self.slo.threshold is not None:
            return [("good", count if self.slo.threshold.keeps(value) else 0), ("total", count)]
        ratio = exact(float(value))
        if not 0 <= ratio <= 1:
            raise self._problem(f"value {value:g} is no ratio; it must be from 0 to 1")
        return [("good", count * (ratio if self.slo.raw == "success" else 1 - ratio)), ("total", count)]

    def _count(self, column: str, given: Any) -> Count:
        number = self._number(column, given)
        if number < 0:
            raise self._problem(f"{column} must not be below 0, not {number:g}")
        return int(number) if number == int(number) else exact(number)

    def _number(self, column: str, given: Any) -> float:
        if isinstance(given, bool) or not isinstance(given, Real | Decimal) or not math.isfinite(given):
            raise self._problem(f"{column} must be a number, not {given!r}")
        return int(given) if isinstance(given, Integral) else float(given)

    def _column(self, name: str) -> Any:
        if name not in self.row:
            raise self._problem(f"there is no column {name!r}; there are {', '.join(map(str, self.row))}")
        return self.row[name]

    def _problem(self, what: str) -> RowsProblem:
        return RowsProblem(f"{self.slo.name}, row {self.number} of its query: {what}")
