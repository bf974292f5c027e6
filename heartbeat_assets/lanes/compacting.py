"""The compacted history of a lane beside its raw one: brought up to date, compared, replaced atomically.

The ledger's rows stay as they are; the compacted history is a file derived from them. A note beside it says which
ledger and which retention it was made from: only then is it brought up to date, else made anew from the whole. It must
not choose what is kept; `retention` does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain, takewhile
from pathlib import Path

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import write_atomically, write_chunks_atomically
from heartbeat_assets.lanes.history import HistoryRow, file_rows, ledger_rows
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.retention import Compaction, Ends, compact, compacted_lines, history_ends, parity, placed
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.ledger import Ledger, open_ledger


def compact_ledger(lane: Lane, *, now: datetime | None = None) -> Document:
    """Brings the lane's compacted history up to date with the ledger; returns the compaction report.

    Compacting is stable, so only the rows that came since are read from the ledger.
    """
    ledger = open_ledger(lane.settings.ledger_url)
    kept = _kept_so_far(lane, ledger)
    ends = _ends_of_ledger(lane, ledger)
    newer = ledger_rows(ledger.entries(lane.name, after_place=kept[-1].place if kept else 0))
    # What is appended meanwhile is for the next time.
    until_now = takewhile(lambda row: row.place <= ends.newest_place, newer)
    compaction = compact(
        lane.spec, chain(kept, until_now), ends, now=now or datetime.now(UTC), entries_total=ends.newest_place
    )
    _write(lane.compacted_history, compaction)
    _write_note(lane, _note(lane, ledger, compaction.rows[-1].place if compaction.rows else 0))
    return compaction.report


def compact_file(lane: Lane, history: Path, out: Path | None, *, now: datetime | None = None) -> Document:
    """Compacts a JSONL `history` into `out` (only reports without); returns the compaction report."""
    ends = history_ends(placed(file_rows(history)))
    compaction = compact(lane.spec, placed(file_rows(history)), ends, now=now or datetime.now(UTC))
    if out is not None:
        _write(out, compaction)
    return compaction.report


def parity_of_ledger(
    lane: Lane, *, last: int | None = None, until_place: int | None = None, now: datetime | None = None
) -> Document:
    """Compares the last rows of the ledger (up to `until_place`, if given) with the lane's compacted history."""
    count = last or lane.spec.window.last
    before = None if until_place is None else until_place + 1
    raw = ledger_rows(open_ledger(lane.settings.ledger_url).last(lane.name, count, before_place=before))
    compacted = file_rows(lane.compacted_history) if lane.compacted_history.exists() else iter(())
    return parity(lane.spec, raw, compacted, last=count, now=now or datetime.now(UTC))


def parity_of_files(
    lane: Lane, history: Path, compacted: Path, *, last: int | None = None, now: datetime | None = None
) -> Document:
    """Compares the last rows of a JSONL `history` with a `compacted` one."""
    count = last or lane.spec.window.last
    rows = list(file_rows(history))[-count:]
    return parity(lane.spec, rows, file_rows(compacted), last=count, now=now or datetime.now(UTC))


def _ends_of_ledger(lane: Lane, ledger: Ledger) -> Ends:
    """Where the ledger's history ends, read from its newest rows back to one that is not malformed."""
    rows = list(ledger_rows(ledger.last(lane.name, 1)))
    while rows and all(row.malformed for row in rows) and rows[0].place > 1:
        rows = list(ledger_rows(ledger.last(lane.name, 2 * len(rows), before_place=rows[-1].place + 1)))
    return history_ends(rows)


def _kept_so_far(lane: Lane, ledger: Ledger) -> list[HistoryRow]:
    """The rows of the compacted file, or none when it was made from something else than this ledger and this spec."""
    noted = _read_note(lane)
    place = noted.get("place") if noted else None
    if not isinstance(place, int) or not lane.compacted_history.is_file() or noted != _note(lane, ledger, place):
        return []
    kept = list(placed(file_rows(lane.compacted_history)))
    return kept if kept and kept[-1].place == place else []


def _note(lane: Lane, ledger: Ledger, place: int) -> Document:
    """What the compacted file, whose newest row is at `place`, depends on."""
    at_place = ledger.last(lane.name, 1, before_place=place + 1)
    judged = [lane.spec.retention.model_dump(), [(one.counted_as, one.field) for one in lane.spec.criteria]]
    try:
        content = lane.compacted_history.read_bytes()
    except OSError:
        content = b""
    return {
        "place": place,
        # The chain makes this the hash of every row up to there.
        "entry_hash": at_place[0].entry_hash if at_place and at_place[0].place == place else "",
        "retention": hashlib.sha256(json.dumps(judged, sort_keys=True).encode()).hexdigest(),
        "file": hashlib.sha256(content).hexdigest(),
    }


def _note_file(lane: Lane) -> Path:
    return lane.compacted_history.with_suffix(".made_from.json")


def _read_note(lane: Lane) -> Document | None:
    try:
        note = json.loads(_note_file(lane).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return note if isinstance(note, dict) else None


def _write_note(lane: Lane, note: Document) -> None:
    try:
        write_atomically(_note_file(lane), json.dumps(note, indent=1) + "\n")
    except OSError as problem:
        raise HeartbeatError(f"{_note_file(lane)}: cannot be written: {problem.strerror or problem}") from problem


def _write(target: Path, compaction: Compaction) -> None:
    lines: Iterable[bytes] = compacted_lines(compaction.rows)
    try:
        write_chunks_atomically(target, _with_ends(lines))
    except OSError as problem:
        raise HeartbeatError(f"{target}: cannot be written: {problem.strerror or problem}") from problem


def _with_ends(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield line + b"\n"
