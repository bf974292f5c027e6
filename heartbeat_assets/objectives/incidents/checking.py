"""What the events of an incident may hold, given the incident as it is. It must not record anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from heartbeat_assets.objectives.incidents.fields import (
    checked_components,
    checked_instant,
    checked_severity,
    checked_text,
    not_before,
    said,
)
from heartbeat_assets.objectives.incidents.folding import STREAM, TEXTS, instant_of
from heartbeat_assets.objectives.incidents.incident import Incident
from heartbeat_assets.objectives.incidents.problems import IncidentProblem
from heartbeat_assets.objectives.incidents.reading import RULES

if TYPE_CHECKING:
    from heartbeat_assets.ledger import JournalEvent
    from heartbeat_assets.ledger.journal_store import Journal

FIELDS = (*TEXTS, "severity", "components", "started_at", "ended_at", "withheld")
"""What an update may change."""


def opened_body(
    title: str,
    severity: int,
    impact: str,
    components: Iterable[str],
    started_at: datetime | str | None,
    detected_at: datetime | str | None,
    suggested: JournalEvent | None,
    known_components: Collection[str] | None,
    now: datetime,
) -> dict[str, Any]:
    """What an opening says. Raises IncidentProblem."""
    body: dict[str, Any] = {
        "title": checked_text("title", title, one_line=True),
        "severity": checked_severity(severity),
        "impact": checked_text("impact", impact),
        "components": checked_components(components, known_components),
    }
    started = None if started_at is None else checked_instant("started_at", started_at, now=now)
    known = None if detected_at is None else checked_instant("detected_at", detected_at, now=now)
    if suggested is not None:
        body["rule"] = suggested.subject.removeprefix(RULES)
        if started is None and suggested.body.get("started_at"):
            started = instant_of(suggested.body["started_at"])
        if known is None:
            known = suggested.at if started is None else max(started, suggested.at)
    if started is not None and known is not None:
        not_before("detected_at", known, started, "when it started")
    if started is not None:
        body["started_at"] = started.isoformat()
    if known is not None:
        body["detected_at"] = known.isoformat()
    return body


def checked_changes(
    incident: Incident, changes: Mapping[str, Any], known_components: Collection[str] | None, now: datetime
) -> dict[str, Any]:
    """Those of `changes` that change something, as an event says them. Raises IncidentProblem."""
    body: dict[str, Any] = {}
    for field, value in changes.items():
        if field not in FIELDS:
            raise IncidentProblem(field, f"cannot be changed; an incident has {', '.join(FIELDS)}")
        body[field] = (
            _withheld(incident, value) if field == "withheld" else _checked(field, value, known_components, now)
        )
    started = instant_of(body["started_at"]) if "started_at" in body else incident.started_at
    ended = incident.ended_at
    if "ended_at" in body:
        ended = None if body["ended_at"] is None else instant_of(body["ended_at"])
    if ended is None and incident.is_over:
        raise IncidentProblem("ended_at", f"{incident.id} is resolved and has an end; reopen it if it is back")
    if started > incident.detected_at:
        raise IncidentProblem(
            "started_at", f"{said(started)} is after {incident.id} was known, {said(incident.detected_at)}"
        )
    if ended is not None:
        not_before("ended_at", ended, started, "when it started")
    return {field: value for field, value in body.items() if value != _as_said(incident, field)}


def suggestion_event(journal: Journal, seq: int) -> JournalEvent:
    """The suggestion with that number, while nobody has decided about it. Raises IncidentProblem and LedgerError."""
    event = journal.get(seq)
    if event is None or (event.stream, event.kind) != (STREAM, "suggested"):
        raise IncidentProblem(
            "suggestion", f"number {seq} is no suggestion; `heartbeat incident suggestions` lists them"
        )
    decided = decision_on(journal, seq)
    if decided is not None:
        what = "dismissed" if decided.kind == "dismissed" else f"opened as {decided.subject}"
        raise IncidentProblem("suggestion", f"number {seq} was {what} by {decided.actor}, {said(decided.at)}")
    return event


def decision_on(journal: Journal, seq: int) -> JournalEvent | None:
    """The event that decided about the suggestion with that number: `opened` or `dismissed`; None before one did."""
    return next((event for event in journal.caused_by(seq) if event.stream == STREAM), None)


def _checked(field: str, value: Any, known_components: Collection[str] | None, now: datetime) -> Any:
    if field in TEXTS:
        return checked_text(field, value, optional=field in ("rca", "mitigation"), one_line=field == "title")
    if field == "severity":
        return checked_severity(value)
    if field == "components":
        return checked_components(value, known_components)
    if field == "ended_at" and value is None:
        return None
    return checked_instant(field, value, now=now).isoformat()


def _withheld(incident: Incident, places: Any) -> list[int]:
    """What is withheld with the events at `places`. What is once withheld stays so."""
    given = list(places) if isinstance(places, Collection) and not isinstance(places, str) else [places]
    for place in given:
        if isinstance(place, bool) or not isinstance(place, int) or not 1 <= place <= incident.place:
            raise IncidentProblem(
                "withheld", f"{incident.id} has no event {place!r}; it has 1 to {incident.place}, as its timeline says"
            )
    return sorted({*incident.withheld, *given})


def _as_said(incident: Incident, field: str) -> Any:
    value = getattr(incident, field)
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, datetime) else value
