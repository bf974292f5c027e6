"""Between entries and table rows: what a new row holds, and what a stored row says.

It checks what callers hand in and computes each row's link in the chain. It must not run a query.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row

from heartbeat_assets.ledger.chain import GENESIS, entry_hash
from heartbeat_assets.ledger.errors import LedgerError
from heartbeat_assets.ledger.records import Entry, NewEntry
from heartbeat_assets.ledger.schema import stored_text

# PostgreSQL's index entries end at about 2,700 bytes, for lane and key together.
_LANE_BYTES = 200
_KEY_BYTES = 2000


class Head(NamedTuple):
    """The newest row of a lane, as far as the next row depends on it."""

    place: int
    entry_hash: str
    malformed_total: int


NO_ROWS = Head(0, GENESIS, 0)


def check_lane(lane: str) -> None:
    """Raises LedgerError when `lane` cannot be the name of a lane."""
    if not lane or stored_text(lane) != lane or len(lane.encode()) > _LANE_BYTES:
        raise LedgerError(f"{lane!r} cannot name a lane: use 1 to {_LANE_BYTES} bytes of text without NUL")


def check_entry(entry: NewEntry) -> None:
    """Raises LedgerError when `entry` cannot be recorded as it is."""
    if b"\n" in entry.line:
        raise LedgerError(f"entry {entry.entry_key!r}: its line holds a line end; hand in one line per entry")
    if not entry.entry_key:
        raise LedgerError("an entry has an empty entry_key: give its heartbeat id, or a key made from its line")
    if len(stored_text(entry.entry_key).encode()) > _KEY_BYTES:
        raise LedgerError(
            f"entry {entry.entry_key[:40]!r}...: its entry_key is longer than {_KEY_BYTES} bytes; use a hash of it"
        )


def now_text() -> str:
    """Returns this instant as it is stored: ISO-8601, UTC, always with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def new_row(lane: str, entry: NewEntry, head: Head, dagster_run_id: str | None, recorded_at: str) -> dict[str, Any]:
    """Returns the row that records `entry` right after `head`, its hashes included."""
    signed: dict[str, Any] = {
        "lane": lane,
        "place": head.place + 1,
        "entry_key": entry.entry_key,
        "heartbeat_id": entry.heartbeat_id,
        "run_at": entry.run_at,
        "status": entry.status,
        "malformed": bool(entry.malformed),
        "malformed_total": head.malformed_total + bool(entry.malformed),
        "dagster_run_id": dagster_run_id,
        "recorded_at": recorded_at,
        "previous_hash": head.entry_hash,
    }
    text = _clean_text(entry.line)
    return {
        **signed,
        "text": text,
        "raw": entry.line if text is None else None,
        "entry_hash": entry_hash(line=entry.line, **signed),
    }


def head_of(row: dict[str, Any]) -> Head:
    """Returns the head that a row made by `new_row` becomes."""
    return Head(row["place"], row["entry_hash"], row["malformed_total"])


def line_of(row: Row[Any]) -> bytes:
    """Returns the exact bytes of a stored row's line."""
    if row.text is not None:
        return str(row.text).encode("utf-8")
    return bytes(row.raw)


def entry_of(row: Row[Any]) -> Entry:
    """Returns the entry that a stored row holds; raises LedgerError when it holds what no entry can."""
    try:
        return _entry(row)
    except (TypeError, ValueError) as error:
        raise LedgerError(
            f"place {row.place} of lane {row.lane!r} cannot be read ({error}): the row was tampered with; "
            "`heartbeat verify` names the first wrong place"
        ) from error


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        line=line_of(row),
        entry_key=row.entry_key,
        heartbeat_id=row.heartbeat_id,
        run_at=row.run_at,
        status=row.status,
        malformed=bool(row.malformed),
        lane=row.lane,
        place=row.place,
        malformed_total=row.malformed_total,
        dagster_run_id=row.dagster_run_id,
        recorded_at=datetime.fromisoformat(row.recorded_at),
        previous_hash=row.previous_hash,
        entry_hash=row.entry_hash,
    )


def _clean_text(line: bytes) -> str | None:
    # PostgreSQL's TEXT refuses NUL, and SQLite's tools stop reading at it.
    if b"\x00" in line:
        return None
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return None
