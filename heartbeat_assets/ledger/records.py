"""What goes into the ledger and what comes out, as plain values.

Nothing here touches a database, and nothing here looks inside a line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What a caller wants recorded.

    `line` is the row's exact text, one line, without its line end. `entry_key` is unique within the lane: the
    heartbeat id, or a derived key for a line that has none. `run_at` and `status` are as in the row, empty
    where the line is malformed.
    """

    line: bytes
    entry_key: str
    heartbeat_id: str | None = None
    run_at: str = ""
    status: str = ""
    malformed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What is recorded: a NewEntry with its place in the lane's history and its link in the chain.

    `place` counts from 1 without gaps. `malformed_total` is the number of malformed rows up to and including
    this one, so that counting them never walks the history. `recorded_at` is aware, in UTC.
    """

    line: bytes
    entry_key: str
    heartbeat_id: str | None
    run_at: str
    status: str
    malformed: bool
    lane: str
    place: int
    malformed_total: int
    dagster_run_id: str | None
    recorded_at: datetime
    previous_hash: str
    entry_hash: str


@dataclass(frozen=True, slots=True)
class AppendResult:
    """What an append did. `place` is the entry's place: the one it already had when it was not appended."""

    appended: bool
    place: int | None
    size_before: int
    malformed_before: int
    size_after: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: `read` entries came in, `duplicates` of them had a key that was there already."""

    read: int
    appended: int
    duplicates: int
    size_before: int
    size_after: int


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome of walking a lane's chain.

    `entries` is the number of rows found sound and `head_hash` the hash of the last of them (64 zeros for
    none). When the chain is broken, `broken_at` is the first place that is wrong or missing and `reason` says
    how.
    """

    lane: str
    unbroken: bool
    entries: int
    head_hash: str
    broken_at: int | None
    reason: str
