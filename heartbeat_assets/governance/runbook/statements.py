"""What a person has stated about going live, such as `backend_complete`: declared or withdrawn, with a reason.

Kept in the ledger's journal, where nobody can rewrite it. It must not judge; a check does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.governance.switch import checked_reason
from heartbeat_assets.ledger import Actor, Journal, JournalEvent, NewJournalEvent

STREAM = "go_live"
DECLARED, WITHDRAWN = "declared", "withdrawn"
BACKEND_COMPLETE = "backend_complete"


@dataclass(frozen=True, slots=True)
class Statement:
    """How a statement stands: whether it holds, who said so last, when and why."""

    name: str
    holds: bool
    actor: str
    reason: str
    at: datetime


def statement(journal: Journal, name: str) -> Statement | None:
    """The statement called `name` as it stands; None when nobody ever made it."""
    events = journal.of(STREAM, name, limit=1)
    return _statement(events[-1]) if events else None


def declare(journal: Journal, name: str, *, actor: Actor, reason: str) -> Statement:
    """States `name`. Raises UsageProblem when it stands already, or is no name; LedgerError."""
    return _say(journal, name, DECLARED, actor, reason)


def withdraw(journal: Journal, name: str, *, actor: Actor, reason: str) -> Statement:
    """Takes the statement `name` back. Raises UsageProblem when it does not stand; LedgerError."""
    return _say(journal, name, WITHDRAWN, actor, reason)


def _say(journal: Journal, name: str, kind: str, actor: Actor, reason: str) -> Statement:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,79}", name):
        raise UsageProblem(f"{name!r} is no statement; write lower-case letters, digits and _, as {BACKEND_COMPLETE}")
    why = checked_reason(reason)
    if actor.kind != "person":
        raise UsageProblem(f"{name}: only a person may say that; {actor.name} is a program")
    events = journal.of(STREAM, name, limit=1)
    before = _statement(events[-1]) if events else None
    if kind == DECLARED and before is not None and before.holds:
        raise UsageProblem(f"{name} is declared already, by {before.actor} on {before.at:%Y-%m-%d}: {before.reason}")
    if kind == WITHDRAWN and (before is None or not before.holds):
        raise UsageProblem(f"{name} is not declared, so there is nothing to withdraw")
    said = NewJournalEvent(stream=STREAM, subject=name, kind=kind, reason=why)
    # Two people at once: the second is told that somebody was faster.
    return _statement(journal.append(said, actor, if_place=events[-1].place if events else 0))


def _statement(event: JournalEvent) -> Statement:
    return Statement(event.subject, event.kind == DECLARED, event.actor, event.reason, event.at)
