"""Walking a lane's chain and proving it unbroken, or naming the first place that is wrong.

It recomputes everything from the stored rows and trusts no constraint of the database, since whoever tampers
with rows can drop those first. It must not write or repair.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from heartbeat_assets.ledger.chain import GENESIS, entry_hash
from heartbeat_assets.ledger.records import Verification
from heartbeat_assets.ledger.rows import NO_ROWS, Head, line_of


def verify_chain(lane: str, rows: Iterable[Row[Any]], noted_head: str | None) -> Verification:
    """Checks `rows`, a lane's whole history in order, and returns what was found.

    `noted_head` is a head hash written down earlier: the chain must still run through it, else rows at its
    end were cut off, or the history was made anew.
    """
    noted = noted_head.strip().lower() if noted_head is not None else None
    head = NO_ROWS
    noted_is_there = noted in (None, GENESIS)
    for row in rows:
        reason = _fault(row, head)
        if reason:
            return Verification(lane, False, head.place, head.entry_hash, head.place + 1, reason)
        head = Head(row.place, row.entry_hash, row.malformed_total)
        noted_is_there = noted_is_there or row.entry_hash == noted
    if not noted_is_there:
        reason = (
            f"the noted head {noted} is not in the chain: rows after place {head.place} were cut off, "
            "or the history was made anew"
        )
        return Verification(lane, False, head.place, head.entry_hash, head.place + 1, reason)
    return Verification(lane, True, head.place, head.entry_hash, None, "")


def _fault(row: Row[Any], before: Head) -> str:
    """Says what is wrong with `row` as the one that follows `before`; empty when it is sound."""
    place = before.place + 1
    if row.place != place:
        return f"place {place} is missing: the next row has place {row.place}"
    if row.previous_hash != before.entry_hash:
        return f"place {place} does not follow the row before: its previous_hash is not that row's entry_hash"
    if (row.text is None) == (row.raw is None):
        return f"place {place} holds no line, or two"
    if row.entry_hash != _recomputed(row):
        return f"place {place} was changed: its content does not give its entry_hash"
    if row.malformed_total != before.malformed_total + bool(row.malformed):
        return f"place {place} counts {row.malformed_total} malformed rows, which does not follow the row before"
    return ""


def _recomputed(row: Row[Any]) -> str:
    return entry_hash(
        lane=row.lane,
        place=row.place,
        entry_key=row.entry_key,
        heartbeat_id=row.heartbeat_id,
        run_at=row.run_at,
        status=row.status,
        malformed=bool(row.malformed),
        malformed_total=row.malformed_total,
        line=line_of(row),
        dagster_run_id=row.dagster_run_id,
        recorded_at=row.recorded_at,
        previous_hash=row.previous_hash,
    )
