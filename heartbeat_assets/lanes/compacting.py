"""The compacted history of a lane beside its raw one: brought up to date, compared, replaced atomically.

The ledger's rows stay as they are; the compacted history is a file derived from them. It must not choose what is
kept; `retention` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import write_chunks_atomically
from heartbeat_assets.lanes.history import HistoryRow, file_rows, ledger_rows
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.retention import Compaction, compact, compacted_lines, parity, placed
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.ledger import open_ledger


def compact_ledger(lane: Lane, *, now: datetime | None = None) -> Document:
    """Brings the lane's compacted history up to date with the ledger; returns the compaction report.

    Compacting is stable, so only the rows that came since are read from the ledger.
    """
    target = lane.compacted_history
    kept = list(placed(file_rows(target))) if target.exists() else []
    ledger = open_ledger(lane.settings.ledger_url)
    if kept and not _same_history(lane, kept):
        kept = []
    newer = ledger_rows(ledger.entries(lane.name, after_place=kept[-1].place if kept else 0))
    compaction = compact(lane.spec, chain(kept, newer), now=now or datetime.now(UTC))
    _write(target, compaction)
    return compaction.report


def compact_file(lane: Lane, history: Path, out: Path | None, *, now: datetime | None = None) -> Document:
    """Compacts a JSONL `history` into `out` (only reports without); returns the compaction report."""
    compaction = compact(lane.spec, placed(file_rows(history)), now=now or datetime.now(UTC))
    if out is not None:
        _write(out, compaction)
    return compaction.report


def parity_of_ledger(lane: Lane, *, last: int | None = None, now: datetime | None = None) -> Document:
    """Compares the last rows of the ledger with the lane's compacted history."""
    count = last or lane.spec.window.last
    raw = ledger_rows(open_ledger(lane.settings.ledger_url).last(lane.name, count))
    compacted = file_rows(lane.compacted_history) if lane.compacted_history.exists() else iter(())
    return parity(lane.spec, raw, compacted, last=count, now=now or datetime.now(UTC))


def parity_of_files(
    lane: Lane, history: Path, compacted: Path, *, last: int | None = None, now: datetime | None = None
) -> Document:
    """Compares the last rows of a JSONL `history` with a `compacted` one."""
    count = last or lane.spec.window.last
    rows = list(file_rows(history))[-count:]
    return parity(lane.spec, rows, file_rows(compacted), last=count, now=now or datetime.now(UTC))


def _same_history(lane: Lane, kept: list[HistoryRow]) -> bool:
    """Whether the compacted file belongs to this ledger: its newest row stands in the ledger at its place."""
    ledger = open_ledger(lane.settings.ledger_url)
    newest = kept[-1]
    entries = ledger.last(lane.name, 1, before_place=newest.place + 1)
    if not entries or entries[0].place != newest.place:
        return False
    return newest.heartbeat_id == (entries[0].heartbeat_id or "")


def _write(target: Path, compaction: Compaction) -> None:
    lines: Iterable[bytes] = compacted_lines(compaction.rows)
    try:
        write_chunks_atomically(target, _with_ends(lines))
    except OSError as problem:
        raise HeartbeatError(f"{target}: cannot be written: {problem.strerror or problem}") from problem


def _with_ends(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line + b"\n"
