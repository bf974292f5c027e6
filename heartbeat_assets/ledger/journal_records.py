"""What the journal keeps: what people and programs decide, as plain values.

Every time is aware and in UTC. Nothing here touches a database, and nothing here knows what a decision means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from heartbeat_assets.ledger.errors import LedgerError
from heartbeat_assets.ledger.metric_records import ActorKind, Via


@dataclass(frozen=True, slots=True)
class NewJournalEvent:
    """What a caller wants recorded: something of this `kind` was decided about `subject`.

    `stream` says what sort of thing the subject is, as `switch`. `body` is anything that JSON can say. `cause` is the
    number of an earlier event that led to this one.
    """

    stream: str
    subject: str
    kind: str
    reason: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    cause: int | None = None


@dataclass(frozen=True, slots=True)
class JournalEvent:
    """A recorded decision. `place` counts the events of its subject from 1 without gaps, `seq` those of the journal."""

    seq: int
    stream: str
    subject: str
    place: int
    kind: str
    actor: str
    actor_kind: ActorKind
    via: Via
    reason: str
    body: dict[str, Any]
    cause: int | None
    at: datetime
    previous_hash: str
    entry_hash: str


class StaleSubject(LedgerError):
    """Somebody else recorded something of the subject first. `newest` is that event, None when it has none."""

    def __init__(self, message: str, newest: JournalEvent | None) -> None:
        super().__init__(message)
        self.newest = newest


class JournalRefused(LedgerError):
    """The database's own guards do not take an event; the message says which rule is against it."""
