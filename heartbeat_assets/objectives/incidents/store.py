"""Opening incidents, and what becomes of them. Each call records one event, and returns the incident as it is then.

With `if_place` (the `place` of the incident that was looked at) a call raises StaleSubject when somebody else recorded
something since. `at` is when it took place, when that was before now. It must not suggest anything; `suggesting` does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from heartbeat_assets.objectives.incidents.appending import append_event, at_body, by_person
from heartbeat_assets.objectives.incidents.checking import checked_changes, opened_body, suggestion_event
from heartbeat_assets.objectives.incidents.fields import (
    checked_text,
    id_of,
    id_order,
    said,
)
from heartbeat_assets.objectives.incidents.folding import STREAM, fold
from heartbeat_assets.objectives.incidents.incident import Incident
from heartbeat_assets.objectives.incidents.problems import IncidentProblem

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor, JournalEvent
    from heartbeat_assets.ledger.journal_store import Journal


def open_incident(
    journal: Journal,
    *,
    title: str,
    severity: int,
    impact: str,
    actor: Actor,
    components: Iterable[str] = (),
    started_at: datetime | str | None = None,
    detected_at: datetime | str | None = None,
    reason: str = "",
    suggestion: int | None = None,
    known_components: Collection[str] | None = None,
    now: datetime | None = None,
) -> Incident:
    """Opens an incident under the next id of the day (UTC). `suggestion` is the number of the one it came from.

    It is known since `detected_at` (default: since it was suggested, else now) and was felt since `started_at`
    (default: the same). Raises IncidentProblem, also when the suggestion was decided already, and LedgerError.
    """
    from heartbeat_assets.ledger import JournalRefused, NewJournalEvent, again_when_stale

    by_person(actor, "opens an incident")
    instant = now or datetime.now(UTC)
    suggested = suggestion_event(journal, suggestion) if suggestion is not None else None
    body = opened_body(
        title, severity, impact, components, started_at, detected_at, suggested, known_components, instant
    )
    why = checked_text("reason", reason, optional=True) or body["title"]

    def attempt() -> JournalEvent:
        subject = _next_id(journal, instant.astimezone(UTC).date())
        event = NewJournalEvent(STREAM, subject, "opened", reason=why, body=body, cause=suggestion)
        return journal.append(event, actor, if_place=0)

    try:
        return fold([again_when_stale(attempt)])
    except JournalRefused:
        if suggestion is not None:
            # Whoever was faster is named, if that is the reason.
            suggestion_event(journal, suggestion)
        raise


def update(
    journal: Journal,
    called: str,
    changes: Mapping[str, Any] | None = None,
    *,
    actor: Actor,
    reason: str,
    known_components: Collection[str] | None = None,
    if_place: int | None = None,
    now: datetime | None = None,
) -> Incident:
    """Changes fields of an incident (title, severity, impact, rca, mitigation, components, started_at, ended_at), also
    after it is over. Without `changes` it is a note. An `ended_at` of None takes the end back. `withheld` adds places
    of events whose words are not published from now on. Raises IncidentProblem and LedgerError.
    """
    instant = now or datetime.now(UTC)

    def described(incident: Incident) -> dict[str, Any]:
        return checked_changes(incident, changes or {}, known_components, instant)

    return append_event(journal, called, "updated", actor, reason, described, if_place)


def acknowledge(
    journal: Journal,
    called: str,
    *,
    actor: Actor,
    reason: str = "",
    at: datetime | str | None = None,
    if_place: int | None = None,
    now: datetime | None = None,
) -> Incident:
    """Somebody takes the incident on. Raises IncidentProblem when somebody has, and LedgerError."""

    def described(incident: Incident) -> dict[str, Any]:
        if incident.status != "open":
            raise IncidentProblem("id", f"{incident.id} is {incident.status} already{_since(incident)}")
        return at_body(at, incident.spell.since, f"{incident.id} was known", now)

    return append_event(journal, called, "acknowledged", actor, reason or "Acknowledged.", described, if_place)


def mitigate(
    journal: Journal,
    called: str,
    *,
    actor: Actor,
    reason: str,
    at: datetime | str | None = None,
    if_place: int | None = None,
    now: datetime | None = None,
) -> Incident:
    """It is not felt any more, or hardly; `reason` says what was done, and becomes the mitigation when none was written
    down. Raises IncidentProblem when it is mitigated or resolved, and LedgerError.
    """

    def described(incident: Incident) -> dict[str, Any]:
        if incident.status in ("mitigated", "resolved"):
            hint = "; reopen it first if it is back" if incident.is_over else ""
            raise IncidentProblem("id", f"{incident.id} is {incident.status} already{_since(incident)}{hint}")
        kept = {} if incident.mitigation else {"mitigation": reason.strip()}
        return {**at_body(at, incident.spell.since, f"{incident.id} was known", now), **kept}

    return append_event(journal, called, "mitigated", actor, reason, described, if_place)


def resolve(
    journal: Journal,
    called: str,
    *,
    actor: Actor,
    reason: str,
    at: datetime | str | None = None,
    ended_at: datetime | str | None = None,
    rca: str | None = None,
    if_place: int | None = None,
    now: datetime | None = None,
) -> Incident:
    """It is over. It was felt until `ended_at`; default: what was written down, else now. Raises IncidentProblem when
    it is resolved, and LedgerError.
    """
    instant = now or datetime.now(UTC)

    def described(incident: Incident) -> dict[str, Any]:
        if incident.is_over:
            raise IncidentProblem("id", f"{incident.id} is resolved already{_since(incident)}")
        earliest, what = incident.spell.since, f"{incident.id} was known"
        if incident.mitigated_at is not None:
            earliest, what = incident.mitigated_at, f"{incident.id} was mitigated"
        body = at_body(at, earliest, what, now)
        given = {name: value for name, value in (("rca", rca), ("ended_at", ended_at)) if value is not None}
        return {**body, **checked_changes(incident, given, None, instant)}

    return append_event(journal, called, "resolved", actor, reason, described, if_place)


def reopen(
    journal: Journal,
    called: str,
    *,
    actor: Actor,
    reason: str,
    at: datetime | str | None = None,
    if_place: int | None = None,
    now: datetime | None = None,
) -> Incident:
    """It was not over, or is back. Who reopens it has acknowledged it. Raises IncidentProblem when it is not resolved,
    and LedgerError.
    """

    def described(incident: Incident) -> dict[str, Any]:
        if incident.resolved_at is None:
            raise IncidentProblem("id", f"{incident.id} is not resolved; it is {incident.status}")
        return at_body(at, incident.resolved_at, f"{incident.id} was resolved", now)

    return append_event(journal, called, "reopened", actor, reason, described, if_place)


def _next_id(journal: Journal, day: date) -> str:
    today = id_of(day, 0)[:-3]
    numbers = [id_order(one)[1] for one in journal.subjects(STREAM) if one.startswith(today)]
    return id_of(day, max(numbers, default=0) + 1)


def _since(incident: Incident) -> str:
    last = [entry for entry in incident.timeline if entry.kind == incident.status]
    return f", since {said(last[-1].at)} by {last[-1].actor}" if last else ""
