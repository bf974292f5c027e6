"""Opening incidents, and what becomes of them. Each call records one event, and returns the incident as it is then.

With `if_place` (the `place` of the incident that was looked at) a call raises StaleSubject when somebody else recorded
something since. `at` is when it took place, when that was before now. It must not suggest anything; `suggesting` does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from heartbeat_assets.objectives.incidents.checking import checked_changes, opened_body, suggestion_event
from heartbeat_assets.objectives.incidents.fields import (
    checked_due,
    checked_instant,
    checked_owner,
    checked_text,
    id_of,
    id_order,
    incident_id,
    not_before,
    said,
)
from heartbeat_assets.objectives.incidents.folding import STREAM, fold
from heartbeat_assets.objectives.incidents.incident import Incident
from heartbeat_assets.objectives.incidents.problems import IncidentProblem
from heartbeat_assets.objectives.incidents.reading import events_of

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor
    from heartbeat_assets.ledger.journal_store import Journal

# How often a change is tried anew when somebody else was faster.
_TRIES = 50


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
    from heartbeat_assets.ledger import JournalRefused, NewJournalEvent, StaleSubject

    _by_person(actor, "opens")
    instant = now or datetime.now(UTC)
    suggested = suggestion_event(journal, suggestion) if suggestion is not None else None
    body = opened_body(
        title, severity, impact, components, started_at, detected_at, suggested, known_components, instant
    )
    why = checked_text("reason", reason, optional=True) or body["title"]
    for attempt in range(_TRIES):
        subject = _next_id(journal, instant.astimezone(UTC).date())
        event = NewJournalEvent(STREAM, subject, "opened", reason=why, body=body, cause=suggestion)
        try:
            return fold([journal.append(event, actor, if_place=0)])
        except StaleSubject:
            if attempt == _TRIES - 1:
                raise
        except JournalRefused:
            if suggestion is not None:
                # Whoever was faster is named, if that is the reason.
                suggestion_event(journal, suggestion)
            raise
    raise AssertionError("unreachable")


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
    after it is over. Without `changes` it is a note. An `ended_at` of None takes the end back. Raises IncidentProblem
    and LedgerError.
    """
    instant = now or datetime.now(UTC)

    def described(incident: Incident) -> dict[str, Any]:
        return checked_changes(incident, changes or {}, known_components, instant)

    return _append(journal, called, "updated", actor, reason, described, if_place)


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
        return _at(at, incident.spell.since, f"{incident.id} was known", now)

    return _append(journal, called, "acknowledged", actor, reason or "Acknowledged.", described, if_place)


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
        return {**_at(at, incident.spell.since, f"{incident.id} was known", now), **kept}

    return _append(journal, called, "mitigated", actor, reason, described, if_place)


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
        body = _at(at, earliest, what, now)
        given = {name: value for name, value in (("rca", rca), ("ended_at", ended_at)) if value is not None}
        return {**body, **checked_changes(incident, given, None, instant)}

    return _append(journal, called, "resolved", actor, reason, described, if_place)


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
        return _at(at, incident.resolved_at, f"{incident.id} was resolved", now)

    return _append(journal, called, "reopened", actor, reason, described, if_place)


def add_action(
    journal: Journal,
    called: str,
    *,
    text: str,
    owner: str,
    due: date | str | None,
    actor: Actor,
    reason: str = "",
    if_place: int | None = None,
) -> Incident:
    """Notes what is to be done, by whom (an e-mail address or `team:name`) and until which day. Its id is A1, A2, ...
    in the incident. Raises IncidentProblem and LedgerError.
    """
    what, who, until = checked_text("text", text, one_line=True), checked_owner(owner), checked_due(due)

    def described(incident: Incident) -> dict[str, Any]:
        day = {"due": until.isoformat()} if until else {}
        return {"id": f"A{len(incident.actions) + 1}", "text": what, "owner": who, **day}

    return _append(journal, called, "action_added", actor, reason or what, described, if_place)


def finish_action(
    journal: Journal,
    called: str,
    item: str,
    *,
    actor: Actor,
    reason: str,
    at: datetime | str | None = None,
    if_place: int | None = None,
    now: datetime | None = None,
) -> Incident:
    """The action item is done, or will not be: `reason` says how. Raises IncidentProblem when there is no such item or
    it is done, and LedgerError.
    """

    def described(incident: Incident) -> dict[str, Any]:
        found = next((one for one in incident.actions if one.id == item.strip().upper()), None)
        if found is None:
            there = ", ".join(one.id for one in incident.actions) or "none"
            raise IncidentProblem("item", f"{incident.id} has no action item {item!r}; there is {there}")
        if found.done_at is not None:
            raise IncidentProblem("item", f"{found.id} is done already, since {said(found.done_at)}: {found.outcome}")
        return {"id": found.id, **_at(at, incident.opened_at, f"{incident.id} was opened", now)}

    return _append(journal, called, "action_done", actor, reason, described, if_place)


def _append(
    journal: Journal,
    called: str,
    kind: str,
    actor: Actor,
    reason: str,
    described: Callable[[Incident], dict[str, Any]],
    if_place: int | None,
) -> Incident:
    """Appends what `described` makes of the incident as it is, again when somebody was faster and no `if_place` was
    given.
    """
    from heartbeat_assets.ledger import NewJournalEvent, StaleSubject

    _by_person(actor, "changes")
    why = checked_text("reason", reason)
    for attempt in range(_TRIES):
        events = events_of(journal, called)
        place = events[-1].place if if_place is None else if_place
        if place != events[-1].place:
            raise StaleSubject(
                f"{incident_id(called)}: somebody was faster, its newest event has place {events[-1].place}, not "
                f"{place}; look at it again before you decide",
                events[-1],
            )
        new = NewJournalEvent(STREAM, events[-1].subject, kind, reason=why, body=described(fold(events)))
        try:
            return fold([*events, journal.append(new, actor, if_place=place)])
        except StaleSubject:
            if if_place is not None or attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _next_id(journal: Journal, day: date) -> str:
    today = id_of(day, 0)[:-3]
    numbers = [id_order(one)[1] for one in journal.subjects(STREAM) if one.startswith(today)]
    return id_of(day, max(numbers, default=0) + 1)


def _by_person(actor: Actor, does: str) -> None:
    if actor.kind != "person":
        raise IncidentProblem("actor", f"{actor.name} is a program; only a person {does} an incident")


def _at(at: datetime | str | None, earliest: datetime, what: str, now: datetime | None) -> dict[str, Any]:
    """What an event says of when it took place; nothing when that is now."""
    if at is None:
        return {}
    instant = checked_instant("at", at, now=now or datetime.now(UTC))
    not_before("at", instant, earliest, f"when {what}")
    return {"at": instant.isoformat()}


def _since(incident: Incident) -> str:
    last = [entry for entry in incident.timeline if entry.kind == incident.status]
    return f", since {said(last[-1].at)} by {last[-1].actor}" if last else ""
