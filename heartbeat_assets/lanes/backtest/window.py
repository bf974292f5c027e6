"""The window verdict at every row of a history in turn, in a time that does not depend on the window's length.

The same rules as in `window`, kept up to date by what enters and what leaves; a test holds both to the same answer.
It must not know instants: `max_age` is judged by `backtest_episodes`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from heartbeat_assets.lanes.backtest.rows import Tallies
from heartbeat_assets.lanes.criteria import named
from heartbeat_assets.lanes.rules import MALFORMED, THRESHOLDS, Rule
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.values import rate_pct
from heartbeat_assets.lanes.window import tally_names

Reasons = tuple[str, ...]


class SlidingWindow:
    """The last `last` rows and what they come to; only rules that block are judged."""

    def __init__(self, spec: LaneSpec, rules: Sequence[Rule], last: int) -> None:
        self._spec = spec
        self._counted = [rule for rule in rules if rule.blocks and rule.kind in ("malformed", "count", "rate")]
        self._of_newest = [rule for rule in rules if rule.blocks and rule.kind == "latest"]
        self._of_size = [rule for rule in rules if rule.blocks and rule.kind == "min_entries"]
        self._rows: deque[Tallies] = deque(maxlen=last)
        self._counts = dict.fromkeys(tally_names(spec), 0)
        self._newest: Tallies | None = None
        self._reasons: Reasons = ()
        # What follows from the number of rows alone, and from the newest row alone.
        self._allowed: list[tuple[str, str, float]] = []
        self._too_few: Reasons = ()
        self._broken_by_newest: dict[Tallies, Reasons] = {}

    def add(self, row: Tallies) -> Reasons:
        """Lets a row in, and the oldest out when there are too many; the reasons that then block, in rule order."""
        rows = self._rows
        leaving = rows[0] if len(rows) == rows.maxlen else None
        rows.append(row)
        if leaving is row and row is self._newest:
            # One of a kind for another of it, after one more: nothing is different.
            return self._reasons
        if leaving is not row:
            for name in leaving or ():
                self._counts[name] -= 1
            for name in row:
                self._counts[name] += 1
        if leaving is None:
            self._grow_to(len(rows))
        self._newest = row
        self._reasons = self._judged(row)
        return self._reasons

    def _judged(self, newest: Tallies) -> Reasons:
        counts = self._counts
        broken = [reason for reason, subject, most in self._allowed if counts[subject] > most]
        by_newest = self._broken_by_newest.get(newest)
        if by_newest is None:
            by_newest = tuple(rule.reason for rule in self._of_newest if self._breaks(rule, newest))
            self._broken_by_newest[newest] = by_newest
        return (*broken, *by_newest, *self._too_few)

    def _grow_to(self, size: int) -> None:
        self._allowed = [(rule.reason, rule.subject, _most_allowed(rule, size)) for rule in self._counted]
        self._too_few = tuple(rule.reason for rule in self._of_size if size < (rule.limit or 0))

    def _breaks(self, rule: Rule, newest: Tallies) -> bool:
        """Whether a newest row of these tallies breaks a rule about the newest row."""
        malformed = MALFORMED in newest
        criterion = named(self._spec.criteria, rule.subject)
        if criterion is not None:
            return not criterion.optional if malformed else criterion.tally in newest
        if rule.subject == THRESHOLDS:
            return malformed or any(one.kind == "kpi" and one.tally in newest for one in self._spec.criteria)
        return malformed or rule.subject in newest


def _most_allowed(rule: Rule, size: int) -> float:
    """How many rows of its subject a rule lets pass in a window of `size` rows; less than 0 when not even none."""
    limit = rule.limit or 0
    if rule.kind != "rate":
        return limit
    most = int(min(max(limit * size / 100, -1), size))
    # A rate is compared after rounding, which may let one row more or less pass.
    while most < size and rate_pct(most + 1, size) <= limit:
        most += 1
    while most >= 0 and rate_pct(most, size) > limit:
        most -= 1
    return most
