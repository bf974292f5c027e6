"""What the forms of incidents and components send, made into what their doors take. It must not decide, nor answer.

The fields for instants have no zone: they are in UTC, to the minute. A form that changes an incident sends all of its
fields; what counts is what differs from the incident as its page showed it.
"""

from __future__ import annotations

from typing import Any

from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.forms import Typed, first
from heartbeat_assets.cockpit.handling import CHANGES, OPENING, STEPS
from heartbeat_assets.cockpit.overriding import OVERRIDE
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.rendering import minute
from heartbeat_assets.objectives.incidents import STREAM, Incident, fold

_INSTANTS = ("started_at", "ended_at", "detected_at", "at", "until")
_WHOLE = ("severity", "suggestion")


def given_of(typed: Typed, step: str) -> dict[str, Any]:
    """The fields of a step, or of `open`; those that are empty are left out."""
    known = OPENING if step == "open" else STEPS[step]
    given = {name: value for name in known if name in typed and (value := _value(name, typed)) not in ("", [])}
    return {**given, **_place(typed)}


def updated_of(cockpit: Cockpit, called: str, typed: Typed) -> dict[str, Any]:
    """The fields of an update that differ from what its page showed. `typed` keeps only these, as the others are shown
    as they are by now when the form comes back.
    """
    place = _place(typed)
    shown = _shown(cockpit, called, place.get("if_place"))
    given: dict[str, Any] = {"reason": first(typed, "reason"), **place}
    if shown is None or "title" not in typed:
        return given
    for name in CHANGES:
        value = _value(name, typed)
        if value != _before(shown, name):
            given[name] = None if value == "" and name in _INSTANTS else value
        elif isinstance(typed, dict):
            typed.pop(name, None)
    if "components" in given and isinstance(typed, dict):
        # None of them is a choice too.
        typed.setdefault("components", [])
    return given


def override_of(typed: Typed) -> dict[str, Any]:
    """What somebody says of a component, until when and why."""
    return {name: _value(name, typed) for name in OVERRIDE}


def _value(name: str, typed: Typed) -> Any:
    if name == "components":
        return list(typed.get(name, []))
    text = first(typed, name)
    if name in _INSTANTS:
        return f"{text}Z" if text and not text.endswith("Z") else text
    if name in _WHOLE and text.isdecimal() and len(text) < 18:
        return int(text)
    # Browsers end the lines of a text in their own way.
    return text.replace("\r\n", "\n").strip()


def _place(typed: Typed) -> dict[str, int]:
    text = first(typed, "place")
    if not text:
        return {}
    if not text.isdecimal() or len(text) > 9:
        raise Refusal(422, "if_place: must be a whole number.", field="if_place")
    return {"if_place": int(text)}


def _shown(cockpit: Cockpit, called: str, place: int | None) -> Incident | None:
    """The incident as it was when its newest event had that place."""
    events = cockpit.ledger.journal.of(STREAM, called.strip().upper())
    seen = [event for event in events if place is None or event.place <= place]
    return fold(seen) if seen else None


def _before(incident: Incident, name: str) -> Any:
    value = getattr(incident, name)
    if name in _INSTANTS:
        return f"{minute(value)}Z" if value else ""
    return list(value) if isinstance(value, tuple) else value
