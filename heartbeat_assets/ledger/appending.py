"""Writing rows at the end of a lane, inside a transaction that the caller began with the lane's lock held.

It must not begin or commit anything itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from heartbeat_assets.ledger import queries
from heartbeat_assets.ledger.records import AppendResult, NewEntry
from heartbeat_assets.ledger.rows import NO_ROWS, Head, check_entry, head_of, new_row, now_text

_BATCH_ENTRIES = 500
_BATCH_BYTES = 8_000_000


def head_of_lane(connection: sa.Connection, lane: str) -> Head:
    """Returns the newest row of `lane`, `NO_ROWS` when it has none."""
    row = connection.execute(queries.NEWEST, {"of_lane": lane}).first()
    return NO_ROWS if row is None else Head(*row)


def append_entry(connection: sa.Connection, lane: str, entry: NewEntry, dagster_run_id: str | None) -> AppendResult:
    """Writes `entry` at the end of `lane`, unless its key is there."""
    newest = connection.execute(queries.NEWEST_AND_PLACE, {"of_lane": lane, "key": entry.entry_key}).first()
    head, place = (NO_ROWS, None) if newest is None else (Head(*newest[:3]), newest[3])
    if place is not None:
        return AppendResult(False, place, head.place, head.malformed_total, head.place)
    row = new_row(lane, entry, head, dagster_run_id, now_text())
    connection.execute(queries.INSERT, row)
    return AppendResult(True, row["place"], head.place, head.malformed_total, row["place"])


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
        recorded = queries.recorded_among([entry.entry_key for entry in batch])
        seen = set(connection.scalars(recorded, {"of_lane": lane}))
        for entry in batch:
            if entry.entry_key in seen:
                continue
            seen.add(entry.entry_key)
            rows.append(new_row(lane, entry, head, dagster_run_id, recorded_at))
            head = head_of(rows[-1])
        if rows:
            connection.execute(queries.INSERT, rows)
    return read, head


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
