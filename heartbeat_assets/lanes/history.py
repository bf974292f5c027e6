"""Heartbeat histories as rows: from the lines of a JSONL file or the entries of the ledger, malformed ones in place.

A line that is not one JSON object is a malformed row: it keeps its place and its text. It must not judge rows.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from heartbeat_assets.errors import InputMissing, InputUnreadable
from heartbeat_assets.lanes.values import Document, status, text

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Entry, Ledger, NewEntry

_LONGEST_ID = 1_000
_LARGEST_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A row: its 1-based `place` in the history, its text, and its content (None when malformed)."""

    place: int
    line: bytes
    content: Document | None

    @property
    def malformed(self) -> bool:
        return self.content is None

    @property
    def heartbeat_id(self) -> str:
        return text(self.content.get("heartbeat_id")) if self.content else ""

    @property
    def run_at(self) -> str:
        return text(self.content.get("run_at")) if self.content else ""

    @property
    def status(self) -> str:
        return status(self.content.get("status")) if self.content is not None else ""


def parse_line(line: bytes, place: int) -> HistoryRow:
    """The row that `line` writes, at `place`."""
    try:
        content = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        content = None
    return HistoryRow(place, line, content if isinstance(content, dict) else None)


def file_rows(path: Path) -> Iterator[HistoryRow]:
    """The rows of a JSONL history; blank lines do not count. Raises InputMissing or InputUnreadable."""
    place = 0
    try:
        with path.open("rb") as file:
            for raw in file:
                line = raw.removesuffix(b"\n")
                if line.strip():
                    place += 1
                    yield parse_line(line, place)
    except FileNotFoundError:
        raise InputMissing(f"history {path}: no such file") from None
    except OSError as problem:
        raise InputUnreadable(f"history {path}: {problem.strerror or problem}") from problem


def ledger_rows(entries: Iterable[Entry]) -> Iterator[HistoryRow]:
    """The rows of ledger `entries`."""
    return (parse_line(entry.line, entry.place) for entry in entries)


def newest_first(ledger: Ledger, lane: str, *, before: int | None = None, batch: int = 64) -> Iterator[HistoryRow]:
    """The rows of `lane` from the newest (`before` a place) backwards, read in growing batches as asked for."""
    while entries := ledger.last(lane, batch, before_place=before):
        yield from (parse_line(entry.line, entry.place) for entry in reversed(entries))
        before, batch = entries[0].place, min(2 * batch, _LARGEST_BATCH)


def render_line(row: Document) -> bytes:
    """A row as the one line that records it."""
    return json.dumps(row, ensure_ascii=False, separators=(", ", ": ")).encode("utf-8", "replace")


def as_entry(row: HistoryRow, key: str | None = None) -> NewEntry:
    """What the ledger records for `row`; `key` for a row that has no heartbeat_id of its own."""
    # Here, since a digest is computed without a ledger and loading one takes a tenth of a second.
    from heartbeat_assets.ledger import NewEntry

    return NewEntry(
        line=row.line,
        entry_key=key or row.heartbeat_id,
        heartbeat_id=row.heartbeat_id or None,
        run_at=row.run_at,
        status=row.status,
        malformed=row.malformed,
    )


def import_entries(rows: Iterable[HistoryRow]) -> Iterator[NewEntry]:
    """Entries for rows from elsewhere, keyed so that importing the same file twice is importing it once.

    A row with an id is known by it; another text under an id that came before in the file is a row of its own. A row
    without an id (a malformed line, a row of an older program) is known by its text and by how many times that text
    came before in the file.
    """
    seen: Counter[bytes] = Counter()
    # Numbers, not texts: a history may have millions of rows.
    first_text: dict[int, int] = {}
    for row in rows:
        if row.heartbeat_id:
            text_hash = hash(row.line.strip())
            same = first_text.setdefault(hash(row.heartbeat_id), text_hash) == text_hash
            key = _key_of_id(row.heartbeat_id)
            yield as_entry(row, key if same else f"{key}:{hashlib.sha256(row.line.strip()).hexdigest()}")
            continue
        digest = hashlib.sha256(row.line).digest()
        seen[digest] += 1
        yield as_entry(row, f"line:{digest.hex()}:{seen[digest]}")


def _key_of_id(heartbeat_id: str) -> str:
    """The id itself, or its hash when another program's ids are longer than a database index takes."""
    content = heartbeat_id.encode("utf-8", "surrogatepass")
    return heartbeat_id if len(content) <= _LONGEST_ID else f"id:{hashlib.sha256(content).hexdigest()}"
