"""The verdict over a history as it stands: the last rows of the ledger or of a JSONL file, by the lane's rules.

Fetches rows and hands them to `window`; it must not judge by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.history import HistoryRow, file_rows, ledger_rows, newest_first
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.revisions import current_rows
from heartbeat_assets.lanes.rules import Rule
from heartbeat_assets.lanes.window import Verdict, blocks, judge
from heartbeat_assets.ledger import open_ledger

_SINCE_BATCH = 500


def lane_rules(lane: Lane, limits: Mapping[str, str] | None = None) -> list[Rule]:
    """The lane's rules with `limits` (name to value, as on a command line) over those of defs.yaml.

    Raises UsageProblem for a limit the lane cannot have.
    """
    try:
        return lane.spec.rules(dict(limits or {}))
    except ValueError as problem:
        raise UsageProblem(f"--limit {problem}") from None


def judge_ledger(
    lane: Lane,
    *,
    last: int | None = None,
    limits: Mapping[str, str] | None = None,
    now: datetime | None = None,
    strict: bool = False,
) -> Verdict:
    """The verdict over the last rows in the ledger. Costs the same however long the history is."""
    count = last or lane.spec.window.last
    rules = lane_rules(lane, limits)
    ledger = open_ledger(lane.settings.ledger_url)
    if lane.spec.partitions:
        rows, total = current_rows(newest_first(ledger, lane.name), count), ledger.size(lane.name)
    else:
        rows = list(ledger_rows(ledger.last(lane.name, count)))
        total = rows[-1].place if rows else 0
    return _judged(lane, rows, rules, count, total, now, strict)


def judge_file(
    lane: Lane,
    history: Path,
    *,
    last: int | None = None,
    limits: Mapping[str, str] | None = None,
    now: datetime | None = None,
    strict: bool = False,
) -> Verdict:
    """The verdict over the last rows of a JSONL `history`. Raises InputMissing or InputUnreadable."""
    count = last or lane.spec.window.last
    rules = lane_rules(lane, limits)
    # The rows of a partitioned lane are few, and any of them may stand for one of the newest periods.
    everything = deque(file_rows(history), maxlen=None if lane.spec.partitions else count)
    total = everything[-1].place if everything else 0
    rows = current_rows(reversed(everything), count) if lane.spec.partitions else list(everything)
    return _judged(lane, rows, rules, count, total, now, strict)


def _judged(
    lane: Lane, rows: list[HistoryRow], rules: list[Rule], count: int, total: int, now: datetime | None, strict: bool
) -> Verdict:
    instant = now or datetime.now(UTC)
    return judge(lane.spec, rows, rules=rules, last=count, entries_total=total, now=instant, strict=strict)


def blocked_since(lane: Lane, *, now: datetime | None = None) -> str:
    """run_at of the first row of the present unbroken run of blocking verdicts, or "" when nothing blocks.

    Walks back through the ledger, judging the window that ended at each row, until one that let publishing pass.
    """
    instant = now or datetime.now(UTC)
    ledger, count, rules = open_ledger(lane.settings.ledger_url), lane.spec.window.last, lane_rules(lane)
    # Age is about now, not about a moment in the past.
    rules = [rule for rule in rules if rule.kind != "max_age"]
    if lane.spec.partitions:
        return _blocked_since(lane, current_rows(newest_first(ledger, lane.name)), rules, count, instant)
    rows = list(ledger_rows(ledger.last(lane.name, count + _SINCE_BATCH)))
    since = ""
    while rows:
        for end in range(len(rows), 0, -1):
            if end < count and rows[0].place > 1:
                break
            window = rows[max(0, end - count) : end]
            if not blocks(lane.spec, window, rules, instant):
                return since
            since = window[-1].run_at or since
        if rows[0].place == 1:
            return since
        newest_unseen = rows[count - 1].place
        rows = list(ledger_rows(ledger.last(lane.name, count + _SINCE_BATCH, before_place=newest_unseen)))
    return since


def _blocked_since(lane: Lane, rows: list[HistoryRow], rules: list[Rule], count: int, now: datetime) -> str:
    """The same over all `rows`, oldest first: those of a partitioned lane are few."""
    since = ""
    for end in range(len(rows), 0, -1):
        if not blocks(lane.spec, rows[max(0, end - count) : end], rules, now):
            return since
        since = rows[end - 1].run_at or since
    return since
