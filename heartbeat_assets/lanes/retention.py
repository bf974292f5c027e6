"""Retention: the compacted history keeps every incident for ever and thins the rest (docs/contract.md, section 6).

Pure. Thinned rows are chosen by their place in the history, not by their age, so that compacting is stable: compacting
a compacted history with new rows behind it gives what compacting the whole would. It must not delete anything.

In a compacted file a row that follows a gap carries its place under `history_place`; every other row is kept to the
letter, and its place is one more than that of the row before it.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from heartbeat_assets.lanes.history import HistoryRow, render_line
from heartbeat_assets.lanes.rules import MALFORMED
from heartbeat_assets.lanes.spec import LaneSpec, Retention
from heartbeat_assets.lanes.values import Document, instant_text, texts
from heartbeat_assets.lanes.window import row_states, tallies_of

PLACE_KEY = "history_place"
TIERS = ("recent", "middle", "old")


@dataclass(frozen=True)
class Ends:
    """Where a history ends: the place of its newest row, and of its newest row that is not malformed.

    A malformed row cannot carry its place in a file; the newest one that can keeps the places of later rows right.
    """

    newest_place: int
    newest_readable: int


@dataclass(frozen=True)
class Compaction:
    """The rows that stay, oldest first, and the report of what was kept, what was dropped, and why."""

    rows: tuple[HistoryRow, ...]
    report: Document


@dataclass
class _Counts:
    entries: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)

    def add(self, names: Iterable[str], kept: bool) -> None:
        for name in names:
            self.entries[name] += 1
            self.kept[name] += kept

    def table(self, names: Iterable[str]) -> Document:
        """Entries, kept and dropped by name."""
        return {
            name: {
                "entries": self.entries[name],
                "kept": self.kept[name],
                "dropped": self.entries[name] - self.kept[name],
            }
            for name in names
        }


def incident_names(spec: LaneSpec) -> list[str]:
    """The classes of incident a row of this lane can belong to."""
    failed, degraded, *others = row_states(spec)
    return [MALFORMED, failed, degraded, "strict", *others, *(criterion.counted_as for criterion in spec.criteria)]


def incidents_of(spec: LaneSpec, row: HistoryRow) -> list[str]:
    """The classes of incident that `row` belongs to; none for a row that may be thinned out."""
    counted_as = {criterion.tally: criterion.counted_as for criterion in spec.criteria}
    found = [counted_as.get(tally, tally) for tally in tallies_of(spec, row)]
    return found + (["strict"] if texts((row.content or {}).get("strict_fail_reasons")) else [])


def placed(rows: Iterable[HistoryRow]) -> Iterator[HistoryRow]:
    """`rows` of a file with the places they had in the whole history."""
    place = 0
    for row in rows:
        stamp = _stamp(row)
        place = stamp if stamp is not None and stamp > place else place + 1
        yield HistoryRow(place, row.line, row.content)


def history_ends(rows: Iterable[HistoryRow]) -> Ends:
    """Looks `rows`, the newest or all of a history, through for where it ends."""
    newest_place = newest_readable = 0
    for row in rows:
        newest_place = row.place
        newest_readable = newest_readable if row.malformed else row.place
    return Ends(newest_place, newest_readable)


def compact(
    spec: LaneSpec, rows: Iterable[HistoryRow], ends: Ends, *, now: datetime, entries_total: int | None = None
) -> Compaction:
    """Compacts `rows`, which carry their places in the whole history, oldest first, holding only those that stay.

    `ends` is where the history ends. With `entries_total` the report is about a history of so many rows, those that
    earlier compactions dropped among them; without, about `rows`.
    """
    tiers, classes, why = _Counts(), _Counts(), Counter[str]()
    kept: list[HistoryRow] = []
    for row in rows:
        incidents = incidents_of(spec, row)
        tier = _tier(spec.retention, row.place, ends.newest_place)
        reason = _reason(spec.retention, row, tier, incidents, ends, oldest=not tiers.entries)
        tiers.add([tier], reason is not None)
        classes.add(incidents, reason is not None)
        if reason:
            why[reason] += 1
            kept.append(row)
    if entries_total is not None:
        tiers.entries = _tier_sizes(spec.retention, entries_total)
    by_class = classes.table(incident_names(spec))
    reasons = [f"{name}_incident_dropped" for name, row in by_class.items() if row["dropped"]]
    if ends.newest_place and (not kept or kept[-1].place != ends.newest_place):
        reasons.append("newest_row_dropped")
    entries_before = sum(tiers.entries.values())
    report: Document = {
        "generated_at": instant_text(now),
        "retention": spec.retention.model_dump(),
        "entries_before": entries_before,
        "entries_after": len(kept),
        "dropped": entries_before - len(kept),
        "newest_place": ends.newest_place,
        "tiers": tiers.table(TIERS),
        "incidents": by_class,
        "kept_because": dict(sorted(why.items())),
        "strict_fail_reasons": reasons,
        "status": "failed" if reasons else "ok",
    }
    return Compaction(tuple(kept), report)


def compacted_lines(rows: Iterable[HistoryRow]) -> Iterator[bytes]:
    """The lines of a compacted file: the rows as they were, with their place where it cannot be derived."""
    derived = 0
    for row in rows:
        derived += 1
        stamp = _stamp(row)
        if row.content is None or stamp == row.place or (stamp is None and row.place == derived):
            yield row.line
        else:
            yield _stamped(row)
        derived = derived if row.content is None else row.place


def parity(
    spec: LaneSpec, raw: Iterable[HistoryRow], compacted: Iterable[HistoryRow], *, last: int, now: datetime
) -> Document:
    """Whether `compacted` holds everything that matters of `raw`, the last `last` rows of the raw history."""
    window = list(raw)
    # Thinning keeps the order, so the rows are matched one after the other from the newest end: an equal row further
    # back cannot stand in for one that was lost.
    held = [_identity(row) for row in deque(compacted, maxlen=len(window) or None)] if window else []
    present: list[HistoryRow] = []
    for row in reversed(window):
        if held and held[-1] == _identity(row):
            held.pop()
            present.insert(0, row)
    raw_classes = Counter(name for row in window for name in incidents_of(spec, row))
    held_classes = Counter(name for row in present for name in incidents_of(spec, row))
    names = incident_names(spec)
    checks = {"newest_row_ok": not window or bool(present and present[-1] is window[-1])}
    checks |= {f"{name}_count_ok": held_classes[name] == raw_classes[name] for name in names}
    reasons = [f"{check.removesuffix('_ok')}_lost" for check, passed in checks.items() if not passed]
    return {
        "generated_at": instant_text(now),
        "window_last": last,
        "entries_in_window": len(window),
        "entries_present": len(present),
        "incidents": {name: {"raw": raw_classes[name], "compacted": held_classes[name]} for name in names},
        "checks": checks,
        "strict_fail_reasons": reasons,
        "status": "failed" if reasons else "ok",
    }


def _tier(retention: Retention, place: int, newest_place: int) -> str:
    age = newest_place - place
    return "recent" if age < retention.recent else "middle" if age < retention.recent + retention.middle else "old"


def _tier_sizes(retention: Retention, total: int) -> Counter[str]:
    recent = min(total, retention.recent)
    middle = min(total - recent, retention.middle)
    return Counter(recent=recent, middle=middle, old=total - recent - middle)


def _reason(
    retention: Retention, row: HistoryRow, tier: str, incidents: list[str], ends: Ends, *, oldest: bool
) -> str | None:
    if incidents:
        return "incident"
    if oldest or row.place in (ends.newest_place, ends.newest_readable):
        return "oldest_or_newest"
    if tier == "recent":
        return "recent"
    every = retention.middle_every if tier == "middle" else retention.old_every
    return f"{tier}_one_in_{every}" if row.place % every == 0 else None


def _stamp(row: HistoryRow) -> int | None:
    stamp = row.content.get(PLACE_KEY) if row.content else None
    return stamp if isinstance(stamp, int) and not isinstance(stamp, bool) else None


def _stamped(row: HistoryRow) -> bytes:
    content = row.content or {}
    if not content or PLACE_KEY in content:
        return render_line({**content, PLACE_KEY: row.place})
    # Put into the text, so that the rest of it stays to the letter.
    text = row.line.rstrip()
    return text[:-1] + f', "{PLACE_KEY}": {row.place}'.encode() + b"}" + row.line[len(text) :]


def _identity(row: HistoryRow) -> bytes:
    """What stays of a row when it is stamped: its content; of a malformed row its text."""
    if row.content is None:
        return row.line
    content = {name: value for name, value in row.content.items() if name != PLACE_KEY}
    return json.dumps(content, sort_keys=True).encode("ascii")
