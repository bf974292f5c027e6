"""When a policy would have blocked publishing: from verdicts row by row to episodes with a beginning and an end.

A verdict holds until the next row comes. In between only one thing happens: the newest row grows older than `max_age`.
It must not read rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from heartbeat_assets.lanes.backtest.rows import Tallies
from heartbeat_assets.lanes.backtest.window import Reasons, SlidingWindow
from heartbeat_assets.lanes.rules import Rule
from heartbeat_assets.lanes.spec import LaneSpec


@dataclass(slots=True)
class Weight:
    """How much something blocked: so many rows, for so long."""

    rows: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Episode:
    """A stretch of time in which publishing was blocked without a break.

    `began` is None when no row so far had an instant. `ended` is the instant of the first row that passed again.
    `weights` keeps the reasons that were broken together, so that a row costs one look-up.
    """

    began: datetime | None
    ended: datetime | None = None
    ongoing: bool = True
    rows: int = 0
    seconds: float = 0.0
    weights: dict[Reasons, Weight] = field(default_factory=dict)

    def weight(self, reasons: Reasons) -> Weight:
        """What `reasons` together have come to so far."""
        found = self.weights.get(reasons)
        if found is None:
            found = self.weights[reasons] = Weight()
        return found


class PolicyReplay:
    """One policy over a history: feed it rows in order, each behind the time that passed before it.

    Only what is at or after `since` goes into episodes; what came before still fills the window.
    """

    def __init__(self, spec: LaneSpec, rules: Sequence[Rule], last: int, since: datetime | None = None) -> None:
        self.rules = list(rules)
        self.last = last
        self.episodes: list[Episode] = []
        self.reasons: Reasons = ()
        """Why the verdict at the newest row blocks; empty when it passes."""
        self._window = SlidingWindow(spec, rules, last)
        self._stale = next((rule for rule in rules if rule.kind == "max_age" and rule.blocks), None)
        self._since = since
        self._newest_at: datetime | None = None
        self._open: Episode | None = None

    def pass_time(self, end: datetime | None) -> datetime | None:
        """The time from the newest row to `end`; returns since when it was blocked, None when it was not."""
        began, stale = self._newest_at, self._stale
        if began is None or end is None or not (self.reasons or stale):
            return None
        stale_from = self._stale_from(began, end)
        if not self.reasons and stale_from is None:
            return None
        blocked_from = self._clipped(began if self.reasons else stale_from or began)
        if end <= blocked_from:
            return None
        episode = self._opened(blocked_from)
        seconds = (end - blocked_from).total_seconds()
        episode.seconds += seconds
        if self.reasons:
            episode.weight(self.reasons).seconds += seconds
        if stale is not None and stale_from is not None:
            weight = episode.weight((stale.reason,))
            weight.rows += 1
            weight.seconds += (end - self._clipped(stale_from)).total_seconds()
        return blocked_from

    def add(self, row: Tallies, at: datetime | None, *, dated: bool, counted: bool) -> None:
        """A row that came `at` an instant: its own when it is `dated`, else the last that was known."""
        reasons = self._window.add(row)
        if self._stale is not None and not dated:
            # How old it is cannot be told, so it does not keep the rule at any moment.
            reasons = (*reasons, self._stale.reason)
        self.reasons, self._newest_at = reasons, at
        if not reasons:
            if self._open is not None:
                self._close(at)
        elif counted:
            episode = self._opened(at)
            episode.rows += 1
            episode.weight(reasons).rows += 1

    def finish(self) -> None:
        """Nothing comes any more; an episode that is open goes on."""
        if self._open is not None:
            self.episodes.append(self._open)
            self._open = None

    def _stale_from(self, at: datetime, end: datetime) -> datetime | None:
        """When the row of `at` grew too old, if it did before `end` and was not beyond dating from the first."""
        stale = self._stale
        if stale is None or stale.limit is None or stale.reason in self.reasons:
            return None
        # Compared as numbers: a limit of a thousand years fits into no instant.
        return at + timedelta(seconds=stale.limit) if (end - at).total_seconds() > stale.limit else None

    def _clipped(self, instant: datetime) -> datetime:
        return instant if self._since is None else max(instant, self._since)

    def _opened(self, at: datetime | None) -> Episode:
        if self._open is None:
            self._open = Episode(at)
        return self._open

    def _close(self, at: datetime | None) -> None:
        if self._open is not None:
            self._open.ended, self._open.ongoing = at, False
            self.episodes.append(self._open)
            self._open = None


def weights_by_reason(episodes: Iterable[Episode], rules: Sequence[Rule]) -> dict[str, Weight]:
    """What each reason came to in `episodes`, in the order of the rules; only reasons that blocked."""
    together: dict[Reasons, Weight] = {}
    for episode in episodes:
        for reasons, weight in episode.weights.items():
            total = together.setdefault(reasons, Weight())
            total.rows += weight.rows
            total.seconds += weight.seconds
    single: dict[str, Weight] = {}
    for reasons, weight in together.items():
        for reason in reasons:
            total = single.setdefault(reason, Weight())
            total.rows += weight.rows
            total.seconds += weight.seconds
    return {rule.reason: single[rule.reason] for rule in rules if rule.reason in single}
