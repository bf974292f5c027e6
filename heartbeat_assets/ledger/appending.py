"""Writing rows at the end of a lane, inside a transaction that the caller began with the lane's lock held.

It must not begin or commit anything itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from heartbeat_assets.ledger.records import NewEntry
from heartbeat_assets.ledger.rows import NO_ROWS, Head, check_entry, head_of, new_row, now_text
from heartbeat_assets.ledger.schema import heartbeat

_BATCH_ENTRIES = 500
_BATCH_BYTES = 8_000_000


def head_of_lane(connection: sa.Connection, lane: str) -> Head:
    """Returns the newest row of `lane`, `NO_ROWS` when it has none."""
    row = connection.execute(
        sa.select(heartbeat.c.place, heartbeat.c.entry_hash, heartbeat.c.malformed_total)
        .where(heartbeat.c.lane == lane)
        .order_by(heartbeat.c.place.desc())
        .limit(1)
    ).first()
    return NO_ROWS if row is None else Head(row.place, row.entry_hash, row.malformed_total)


def place_of_key(connection: sa.Connection, lane: str, entry_key: str) -> int | None:
    """Returns the place in `lane` of the entry with this key, None when there is none."""
    with_key = (heartbeat.c.lane == lane) & (heartbeat.c.entry_key == entry_key)
    return connection.scalar(sa.select(heartbeat.c.place).where(with_key))


def write_batches(
    connection: sa.Connection, lane: str, head: Head, entries: Iterable[NewEntry], dagster_run_id: str | None
) -> tuple[int, Head]:
    """Writes the entries that are not there yet after `head`; returns how many were read, and the new
    head.
    """
    recorded_at = now_text()
    read = 0
    for batch in _batches(entries):
        read += len(batch)
        rows: list[dict[str, Any]] = []
        seen = _recorded_keys(connection, lane, batch)
        for entry in batch:
            if entry.entry_key in seen:
                continue
            seen.add(entry.entry_key)
            rows.append(new_row(lane, entry, head, dagster_run_id, recorded_at))
            head = head_of(rows[-1])
        if rows:
            connection.execute(sa.insert(heartbeat), rows)
    return read, head


def _recorded_keys(connection: sa.Connection, lane: str, batch: list[NewEntry]) -> set[str]:
    among = heartbeat.c.entry_key.in_([entry.entry_key for entry in batch])
    return set(connection.scalars(sa.select(heartbeat.c.entry_key).where(heartbeat.c.lane == lane, among)))


def _batches(entries: Iterable[NewEntry]) -> Iterator[list[NewEntry]]:
    """Groups entries by number and by bytes, so that very long lines do not pile up in memory."""
    batch: list[NewEntry] = []
    size = 0
    for entry in entries:
        check_entry(entry)
        batch.append(entry)
        size += len(entry.line)
        if len(batch) >= _BATCH_ENTRIES or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
