"""Suggestions: what a rule thinks is an incident, until a person opens it or says that it is none.

A rule suggests once while nobody has decided, while the incident that came of it is open, until something newer than
its resolution was seen, and for a while after somebody dismissed it. It must not know what a rule looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from heartbeat_assets.objectives.incidents.appending import by_person
from heartbeat_assets.objectives.incidents.checking import decision_on, opened_body, suggestion_event
from heartbeat_assets.objectives.incidents.fields import checked_text, rule_name
from heartbeat_assets.objectives.incidents.folding import STREAM
from heartbeat_assets.objectives.incidents.reading import RULES, incident_called

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor, JournalEvent
    from heartbeat_assets.ledger.journal_store import Journal

QUIET = timedelta(hours=6)
"""How long a rule does not suggest again after somebody dismissed what it suggested."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a rule suggests; `number` is what it is opened or dismissed by."""

    number: int
    rule: str
    at: datetime
    title: str
    severity: int
    impact: str
    components: tuple[str, ...]
    started_at: datetime | None
    reason: str
    evidence: Mapping[str, Any]

    def record(self) -> dict[str, Any]:
        """It as plain values."""
        return {
            "number": self.number,
            "rule": self.rule,
            "at": self.at.isoformat(),
            "title": self.title,
            "severity": self.severity,
            "impact": self.impact,
            "components": list(self.components),
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "reason": self.reason,
            "evidence": dict(self.evidence),
        }


def suggest(
    journal: Journal,
    rule: str,
    *,
    title: str,
    severity: int,
    impact: str,
    reason: str,
    actor: Actor,
    components: Iterable[str] = (),
    started_at: datetime | None = None,
    evidence: Mapping[str, Any] | None = None,
    seen_at: datetime | None = None,
    quiet: timedelta = QUIET,
    now: datetime | None = None,
) -> Suggestion | None:
    """Suggests an incident, None when it is not the time for it: nobody has decided about what `rule` suggested before,
    or the incident that came of it is open or was resolved after what the rule looked at (`seen_at`; None: now), or it
    was dismissed less than `quiet` ago. Of two at once, one does.

    Raises IncidentProblem and LedgerError.
    """
    from heartbeat_assets.ledger import NewJournalEvent, StaleSubject

    instant, subject = now or datetime.now(UTC), f"{RULES}{rule_name(rule)}"
    why = checked_text("reason", reason)
    body = opened_body(title, severity, impact, components, started_at, None, None, None, instant)
    events = journal.of(STREAM, subject, limit=1)
    if events and not _may_suggest(journal, events[-1], seen_at or instant, instant - quiet):
        return None
    new = NewJournalEvent(STREAM, subject, "suggested", reason=why, body={**body, "evidence": dict(evidence or {})})
    try:
        return _suggestion(journal.append(new, actor, if_place=events[-1].place if events else 0))
    except StaleSubject:
        return None


def dismiss(journal: Journal, number: int, *, actor: Actor, reason: str) -> JournalEvent:
    """Says that a suggestion is no incident. Raises IncidentProblem when it was decided already, and LedgerError."""
    from heartbeat_assets.ledger import JournalRefused, NewJournalEvent

    by_person(actor, "dismisses a suggestion")
    why = checked_text("reason", reason)
    suggested = suggestion_event(journal, number)
    new = NewJournalEvent(STREAM, suggested.subject, "dismissed", reason=why, cause=number)
    try:
        return journal.append(new, actor)
    except JournalRefused:
        # Whoever was faster is named, if that is the reason.
        suggestion_event(journal, number)
        raise


def suggestions(journal: Journal) -> list[Suggestion]:
    """What nobody has decided about yet, the newest first. Raises LedgerError."""
    newest = journal.newest(STREAM, kinds=("suggested",))
    undecided = [event for event in newest.values() if decision_on(journal, event.seq) is None]
    return [_suggestion(event) for event in sorted(undecided, key=lambda event: event.seq, reverse=True)]


def suggestion_called(journal: Journal, number: int) -> Suggestion:
    """The suggestion with that number, while nobody has decided about it. Raises IncidentProblem and LedgerError."""
    return _suggestion(suggestion_event(journal, number))


def rule_of(event: JournalEvent) -> str:
    """The rule that a suggestion, or what dismissed it, is about."""
    return event.subject.removeprefix(RULES)


def _may_suggest(journal: Journal, newest: JournalEvent, seen_at: datetime, quiet_since: datetime) -> bool:
    if newest.kind == "dismissed":
        return newest.at <= quiet_since
    decided = decision_on(journal, newest.seq)
    if decided is None:
        return False
    resolved_at = incident_called(journal, decided.subject).resolved_at
    # Figures of an hour ago still show what is over by now.
    return resolved_at is not None and seen_at > resolved_at


def _suggestion(event: JournalEvent) -> Suggestion:
    body = event.body
    started = body.get("started_at")
    return Suggestion(
        number=event.seq,
        rule=rule_of(event),
        at=event.at,
        title=body["title"],
        severity=body["severity"],
        impact=body["impact"],
        components=tuple(body.get("components", ())),
        started_at=datetime.fromisoformat(started) if started else None,
        reason=event.reason,
        evidence=body.get("evidence", {}),
    )
