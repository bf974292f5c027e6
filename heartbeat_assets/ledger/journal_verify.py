"""Walking the chain of a subject's events in the journal and proving it unbroken, or naming the first wrong place.

It recomputes everything from the stored rows and trusts no constraint of the database. It must not write or
repair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from heartbeat_assets.ledger.chain import GENESIS, journal_hash
from heartbeat_assets.ledger.records import Verification


def verify_journal(name: str, rows: Iterable[Mapping[str, Any]], noted_head: str | None = None) -> Verification:
    """Checks `rows`, all events of a subject in order, and returns what was found under `name`.

    `noted_head` is a head hash written down earlier, which must still be in the chain.
    """
    noted = noted_head.strip().lower() if noted_head is not None else None
    noted_is_there = noted in (None, GENESIS)
    place, seq, entry_hash = 0, 0, GENESIS
    for row in rows:
        reason = _fault(row, place + 1, seq, entry_hash)
        if reason:
            return Verification(name, False, place, entry_hash, place + 1, reason)
        place, seq, entry_hash = row["place"], row["seq"], row["entry_hash"]
        noted_is_there = noted_is_there or entry_hash == noted
    if not noted_is_there:
        reason = (
            f"no event has the hash {noted}: events after place {place} were cut off, or the hash is that of another "
            "subject"
        )
        return Verification(name, False, place, entry_hash, place + 1, reason)
    return Verification(name, True, place, entry_hash, None, "")


def _fault(row: Mapping[str, Any], place: int, seq: int, head: str) -> str:
    """Says what is wrong with `row` as the one at `place`; empty when it is sound."""
    if row["place"] != place:
        return f"place {place} is missing: the next event has place {row['place']}"
    if row["previous_hash"] != head:
        return f"place {place} does not follow the event before: its previous_hash is not that event's entry_hash"
    if row["seq"] <= seq:
        return f"place {place} has number {row['seq']}, which does not come after the {seq} of the event before"
    if row["entry_hash"] != journal_hash(**{name: value for name, value in row.items() if name != "entry_hash"}):
        return f"place {place} was changed: its content does not give its entry_hash"
    if row["cause"] is not None and row["cause"] >= row["seq"]:
        return f"place {place} has number {row['seq']} and names {row['cause']} as its cause, which came later"
    return ""
