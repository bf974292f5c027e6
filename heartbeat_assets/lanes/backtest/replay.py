"""What a policy would have done: a lane's whole history replayed under proposed limits, beside the current ones.

One pass over the ledger; what is kept is the window and the episodes. At every row the verdict is that of
`window.judge` over the rows up to it. It must not record or publish anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.backtest.curves import Curves
from heartbeat_assets.lanes.backtest.episodes import PolicyReplay
from heartbeat_assets.lanes.backtest.report import Difference, Span, report
from heartbeat_assets.lanes.backtest.rows import ReplayedRow, replayed_rows
from heartbeat_assets.lanes.judging import lane_rules
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.values import Document, instant

_TOLD_EVERY = 250_000


@dataclass(frozen=True)
class Backtest:
    """The report, both replays (one and the same when nothing else was proposed), and what a chart needs."""

    lane: Lane
    document: Document
    current: PolicyReplay
    proposed: PolicyReplay
    span: Span
    curves: Curves


def backtest(
    lane: Lane,
    *,
    last: int | None = None,
    limits: Mapping[str, str] | None = None,
    since: datetime | None = None,
    now: datetime | None = None,
    with_curves: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Backtest:
    """Replays the ledger's history of `lane` under `limits` over those of defs.yaml and a window of `last` rows.

    Only what happened at or after `since` is reported. The KPIs' curves, which take as long as the rest, are empty
    unless asked for. Raises UsageProblem for a limit the lane cannot have, or LedgerError.
    """
    window = lane.spec.window.last
    current = PolicyReplay(lane.spec, lane_rules(lane), window, since)
    proposed = PolicyReplay(lane.spec, lane_rules(lane, limits), last or window, since)
    if (proposed.rules, proposed.last) == (current.rules, current.last):
        proposed = current
    replay = _Replay(current, proposed, Span(since), Curves(lane.spec.kpis if with_curves else []))
    for number, row in enumerate(replayed_rows(lane), start=1):
        replay.add(row)
        if progress and number % _TOLD_EVERY == 0:
            progress(f"{number:,} rows replayed")
    instant_now = now or datetime.now(UTC)
    replay.finish(instant_now)
    document = report(lane, current, proposed, replay.span, replay.difference, instant_now)
    return Backtest(lane, document, current, proposed, replay.span, replay.curves)


def since_instant(written: str) -> datetime:
    """The instant that `--since` names: a date or ISO-8601, UTC without an offset. Raises UsageProblem."""
    # A text of digits would be read as a compact date, and an epoch as the year 1776.
    found = instant(written) if re.match(r"\s*\d{4}-\d{2}-\d{2}", written) else None
    if found is None:
        raise UsageProblem(f"--since {written}: write a date or an instant, as 2026-02-23 or 2026-02-23T14:31:00+00:00")
    return found


class _Replay:
    """Both policies side by side, and the clock they share: the instants of the rows."""

    def __init__(self, current: PolicyReplay, proposed: PolicyReplay, span: Span, curves: Curves) -> None:
        self.span, self.curves, self.difference = span, curves, Difference()
        self._current, self._proposed = current, proposed
        self._clock: datetime | None = None

    def add(self, row: ReplayedRow) -> None:
        """A row: first the time until it came, then what it changes."""
        current, proposed = self._current, self._proposed
        dated = row.run_at is not None
        at = row.run_at or self._clock
        if at is not None:
            self._pass_time(at)
        self._clock = at
        counted = self.span.add(at)
        current.add(row.tallies, at, dated=dated, counted=counted)
        if proposed is not current:
            proposed.add(row.tallies, at, dated=dated, counted=counted)
            if counted and bool(proposed.reasons) is not bool(current.reasons):
                self.difference.add_row(blocked=bool(proposed.reasons))
        if counted:
            self.curves.add(row.run_at, row.content)

    def finish(self, now: datetime) -> None:
        """The time until `now`."""
        self._pass_time(now)
        for policy in {id(one): one for one in (self._current, self._proposed)}.values():
            policy.finish()

    def _pass_time(self, end: datetime) -> None:
        before = self._current.pass_time(end)
        if self._proposed is not self._current:
            after = self._proposed.pass_time(end)
            if before != after:
                self.difference.add_time(before, after, end)
