"""Recording one event of an incident, given the incident as it is. It must not know what the event means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from heartbeat_assets.objectives.incidents.fields import checked_instant, checked_text, incident_id, not_before
from heartbeat_assets.objectives.incidents.folding import STREAM, fold
from heartbeat_assets.objectives.incidents.incident import Incident
from heartbeat_assets.objectives.incidents.problems import IncidentProblem
from heartbeat_assets.objectives.incidents.reading import events_of

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor
    from heartbeat_assets.ledger.journal_store import Journal


def append_event(
    journal: Journal,
    called: str,
    kind: str,
    actor: Actor,
    reason: str,
    described: Callable[[Incident], dict[str, Any]],
    if_place: int | None,
) -> Incident:
    """Appends what `described` makes of the incident as it is, again when somebody was faster and no `if_place` was
    given; returns the incident as it is then. Raises IncidentProblem, StaleSubject and LedgerError.
    """
    from heartbeat_assets.ledger import NewJournalEvent, StaleSubject, again_when_stale

    by_person(actor, "changes an incident")
    why = checked_text("reason", reason)

    def attempt() -> Incident:
        events = events_of(journal, called)
        place = events[-1].place if if_place is None else if_place
        if place != events[-1].place:
            raise StaleSubject(
                f"{incident_id(called)}: somebody was faster, its newest event has place {events[-1].place}, not "
                f"{place}; look at it again before you decide",
                events[-1],
            )
        new = NewJournalEvent(STREAM, events[-1].subject, kind, reason=why, body=described(fold(events)))
        return fold([*events, journal.append(new, actor, if_place=place)])

    return again_when_stale(attempt) if if_place is None else attempt()


def by_person(actor: Actor, does: str) -> None:
    """Raises IncidentProblem when a program asks for what only a person `does`, such as "opens an incident"."""
    if actor.kind != "person":
        raise IncidentProblem("actor", f"{actor.name} is a program; only a person {does}")


def at_body(at: datetime | str | None, earliest: datetime, what: str, now: datetime | None) -> dict[str, Any]:
    """What an event says of when it took place; nothing when that is now."""
    if at is None:
        return {}
    instant = checked_instant("at", at, now=now or datetime.now(UTC))
    not_before("at", instant, earliest, f"when {what}")
    return {"at": instant.isoformat()}
