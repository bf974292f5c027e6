"""Between events of the journal and table rows: what a new row holds, and what a stored row says.

It checks what callers hand in, so that they are told in words. It must not run a query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from heartbeat_assets.ledger.chain import journal_hash
from heartbeat_assets.ledger.errors import LedgerError
from heartbeat_assets.ledger.journal_records import JournalEvent, NewJournalEvent
from heartbeat_assets.ledger.metric_records import Actor
from heartbeat_assets.ledger.schema import stored_text

LONGEST_BODY = 1_000_000
_LONGEST_SUBJECT = 200
_WORD = re.compile(r"[a-z_]{1,40}")


def check_new(event: NewJournalEvent, actor: Actor) -> None:
    """Raises LedgerError when `event` cannot be recorded as it is."""
    for name, word in (("stream", event.stream), ("kind", event.kind)):
        if not _WORD.fullmatch(word):
            raise LedgerError(f"{name} {word!r}: use 1 to 40 of a-z and _, as kill_switch")
    subject = event.subject
    if not subject.strip() or stored_text(subject) != subject or len(subject) > _LONGEST_SUBJECT:
        raise LedgerError(f"subject {subject!r}: use 1 to {_LONGEST_SUBJECT} letters without NUL")
    if not actor.name.strip():
        raise LedgerError(f"{event.stream} {subject}: no actor; say who decides that it is {event.kind}")


def body_text(event: NewJournalEvent) -> str:
    """Returns the body as it is stored: equal bodies give equal texts. Raises LedgerError when JSON cannot say it."""
    what = f"body of {event.stream} {event.subject}"
    if not isinstance(event.body, Mapping):
        raise LedgerError(f"{what}: is a {type(event.body).__name__}; give names with values")
    try:
        text = _json(event.body, ascii_only=False)
        if stored_text(text) != text:
            # Half of a surrogate pair; as an escape every database takes it.
            text = _json(event.body, ascii_only=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise LedgerError(f"{what}: cannot be written as JSON ({error})") from error
    if len(text) > LONGEST_BODY:
        raise LedgerError(f"{what}: has {len(text):,} letters; {LONGEST_BODY:,} is the most")
    return text


def journal_row(event: NewJournalEvent, actor: Actor, body: str, links: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the row that records `event`, its hash included. `links` are seq, place, previous_hash and at."""
    signed: dict[str, Any] = {
        **links,
        "stream": event.stream,
        "subject": event.subject,
        "kind": event.kind,
        "actor": actor.name,
        "actor_kind": actor.kind,
        "via": actor.via,
        "reason": event.reason,
        "body": body,
        "cause": event.cause,
    }
    return {**signed, "entry_hash": journal_hash(**signed)}


def journal_event_of(row: Mapping[str, Any]) -> JournalEvent:
    """Returns the event that a row holds, made by `journal_row` or read from the table."""
    try:
        body = json.loads(row["body"])
        if not isinstance(body, dict):
            raise ValueError("its body is no object")
        return JournalEvent(**{**row, "body": body, "at": datetime.fromisoformat(row["at"])})
    except (TypeError, ValueError, RecursionError) as error:
        raise LedgerError(
            f"event {row['place']} of {row['stream']} {row['subject']!r} cannot be read ({error}): it was tampered with"
        ) from error


def moment_text(name: str, instant: datetime) -> str:
    """Returns `instant` as moments are stored. Raises LedgerError for a time without zone."""
    if instant.tzinfo is None:
        raise LedgerError(f"{name}: {instant} has no time zone; hand in times in UTC")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def _json(body: Mapping[str, Any], *, ascii_only: bool) -> str:
    return json.dumps(dict(body), ensure_ascii=ascii_only, allow_nan=False, sort_keys=True, separators=(",", ":"))
