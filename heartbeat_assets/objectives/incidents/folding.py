"""From the events of an incident to what it is. The events alone count: the same ones always make the same incident.

It must not read the journal, and must not ask the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, cast

from heartbeat_assets.objectives.incidents.incident import ActionItem, Entry, Incident, Severity, Spell, Status
from heartbeat_assets.objectives.incidents.problems import IncidentUnreadable

if TYPE_CHECKING:
    from heartbeat_assets.ledger import JournalEvent

STREAM = "incident"
TEXTS = ("title", "impact", "rca", "mitigation")
"""The fields that hold what people wrote."""


def fold(events: Sequence[JournalEvent]) -> Incident:
    """The incident that `events`, all of one subject and oldest first, make. Raises IncidentUnreadable."""
    if not events:
        raise IncidentUnreadable("an incident has at least one event: its opening")
    incident: Incident | None = None
    for event in events:
        try:
            incident = _opened(event) if incident is None else _KINDS[event.kind](incident, event)
            incident = _written_down(incident, event)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise IncidentUnreadable(
                f"{event.subject}: event {event.place} ({event.kind}) cannot be read ({problem!r}); a newer or another "
                "program wrote it, update this one"
            ) from problem
    assert incident is not None
    return replace(incident, timeline=tuple(sorted(incident.timeline, key=lambda entry: (entry.at, entry.seq))))


def effective_at(event: JournalEvent) -> datetime:
    """When what `event` tells took place: what it says, else when it was recorded."""
    said = event.body.get("detected_at" if event.kind == "opened" else "at")
    return event.at if said is None else instant_of(said)


def instant_of(text: str) -> datetime:
    """The instant in `text`. Raises ValueError without a time zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return instant.astimezone(UTC)


def _opened(event: JournalEvent) -> Incident:
    if event.kind != "opened":
        raise ValueError("the first event is no opening")
    body, known = event.body, effective_at(event)
    started = instant_of(body["started_at"]) if body.get("started_at") else known
    return Incident(
        id=event.subject,
        title=body["title"],
        severity=_severity(body["severity"]),
        status="open",
        impact=body["impact"],
        rca=body.get("rca", ""),
        mitigation=body.get("mitigation", ""),
        components=tuple(body.get("components", ())),
        started_at=started,
        ended_at=_maybe(body.get("ended_at")),
        detected_at=known,
        opened_at=event.at,
        opened_by=event.actor,
        updated_at=event.at,
        spells=(Spell(known, ((known, _severity(body["severity"])),)),),
        actions=(),
        timeline=(),
        rule=body.get("rule", ""),
        suggestion=event.cause,
        place=event.place,
    )


def _updated(incident: Incident, event: JournalEvent) -> Incident:
    changes: dict[str, Any] = {name: event.body[name] for name in TEXTS if name in event.body}
    if "components" in event.body:
        changes["components"] = tuple(event.body["components"])
    if "withheld" in event.body:
        changes["withheld"] = tuple(event.body["withheld"])
    for name in ("started_at", "ended_at"):
        if name in event.body:
            changes[name] = _maybe(event.body[name])
    if "severity" in event.body:
        severity = _severity(event.body["severity"])
        changes["severity"] = severity
        since = max(event.at, incident.spell.since)
        changes["spells"] = _spells(incident, severities=(*incident.spell.severities, (since, severity)))
    return replace(incident, **changes)


def _acknowledged(incident: Incident, event: JournalEvent) -> Incident:
    spells = _spells(incident, acknowledged_at=effective_at(event))
    return replace(incident, status="acknowledged", spells=spells)


def _mitigated(incident: Incident, event: JournalEvent) -> Incident:
    at = effective_at(event)
    spells = _spells(incident, acknowledged_at=_first(incident.spell.acknowledged_at, at), mitigated_at=at)
    return _with_texts(replace(incident, status="mitigated", spells=spells), event)


def _resolved(incident: Incident, event: JournalEvent) -> Incident:
    at, spell = effective_at(event), incident.spell
    spells = _spells(
        incident,
        acknowledged_at=_first(spell.acknowledged_at, at),
        mitigated_at=_first(spell.mitigated_at, at),
        resolved_at=at,
    )
    resolved = _with_texts(replace(incident, status="resolved", spells=spells), event)
    return replace(resolved, ended_at=resolved.ended_at or at)


def _reopened(incident: Incident, event: JournalEvent) -> Incident:
    at = effective_at(event)
    # Who opens it again has taken it on.
    again = Spell(at, ((at, incident.severity),), acknowledged_at=at)
    status: Status = "acknowledged"
    return replace(incident, status=status, ended_at=None, spells=(*incident.spells, again))


def _action_added(incident: Incident, event: JournalEvent) -> Incident:
    body = event.body
    due = date.fromisoformat(body["due"]) if body.get("due") else None
    item = ActionItem(body["id"], body["text"], body.get("owner", ""), due, event.at)
    return replace(incident, actions=(*incident.actions, item))


def _action_done(incident: Incident, event: JournalEvent) -> Incident:
    if event.body["id"] not in [one.id for one in incident.actions]:
        raise ValueError(f"there is no action item {event.body['id']!r}")
    done = tuple(
        replace(one, done_at=effective_at(event), done_by=event.actor, outcome=event.reason)
        if one.id == event.body["id"]
        else one
        for one in incident.actions
    )
    return replace(incident, actions=done)


_KINDS: Mapping[str, Callable[[Incident, JournalEvent], Incident]] = {
    "updated": _updated,
    "acknowledged": _acknowledged,
    "mitigated": _mitigated,
    "resolved": _resolved,
    "reopened": _reopened,
    "action_added": _action_added,
    "action_done": _action_done,
}
KINDS = ("suggested", "dismissed", "opened", *_KINDS)
"""Every kind of event of the stream; `suggested` and `dismissed` are about a rule, not an incident."""


def _written_down(incident: Incident, event: JournalEvent) -> Incident:
    changes = {name: value for name, value in event.body.items() if name not in ("at", "rule")}
    at = effective_at(event)
    entry = Entry(event.seq, event.place, event.kind, at, event.at, event.actor, event.reason, changes)
    return replace(incident, timeline=(*incident.timeline, entry), updated_at=event.at, place=event.place)


def _with_texts(incident: Incident, event: JournalEvent) -> Incident:
    changes: dict[str, Any] = {name: event.body[name] for name in TEXTS if name in event.body}
    if event.body.get("ended_at"):
        changes["ended_at"] = instant_of(event.body["ended_at"])
    return replace(incident, **changes) if changes else incident


def _spells(incident: Incident, **changes: Any) -> tuple[Spell, ...]:
    return (*incident.spells[:-1], replace(incident.spell, **changes))


def _severity(value: Any) -> Severity:
    if isinstance(value, bool) or value not in (1, 2, 3):
        raise ValueError(f"severity {value!r} is not 1, 2 or 3")
    return cast("Severity", value)


def _first(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else instant_of(text)
