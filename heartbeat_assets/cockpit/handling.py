"""What operators decide about incidents: one door for the pages and for the API.

Whoever decides is signed in, and recorded with the way they came. It must not know how an answer is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.security.readers import Reader
from heartbeat_assets.ledger import Actor, Journal, StaleSubject
from heartbeat_assets.objectives.incidents import (
    Incident,
    IncidentProblem,
    acknowledge,
    add_action,
    dismiss,
    finish_action,
    incident_called,
    mitigate,
    open_incident,
    reopen,
    resolve,
    update,
)

Given = Mapping[str, Any]
CHANGES = ("title", "severity", "impact", "rca", "mitigation", "components", "started_at", "ended_at")
"""What an update may change."""
OPENING = ("title", "severity", "impact", "components", "started_at", "detected_at", "reason", "suggestion")
STEPS: dict[str, tuple[str, ...]] = {
    "update": (*CHANGES, "withheld", "reason"),
    "acknowledge": ("reason", "at"),
    "mitigate": ("reason", "at"),
    "resolve": ("reason", "at", "ended_at", "rca"),
    "reopen": ("reason", "at"),
    "action": ("text", "owner", "due", "reason"),
    "action_done": ("item", "reason", "at"),
}
"""The steps, and what each is told; all take `if_place` as well."""
_WHOLE = ("if_place", "suggestion")
# What belongs to the state of an incident rather than to what was typed.
_CONFLICTS = ("id", "suggestion", "item")


def opened(cockpit: Cockpit, reader: Reader, given: Given) -> Incident:
    """Opens an incident. Raises Refusal: 422 names the field; 409 is for a suggestion that was decided already."""
    checked(given, OPENING)
    desk = cockpit.operating.desk()
    with _refused():
        made = open_incident(
            cockpit.ledger.journal,
            title=given.get("title", ""),
            severity=given.get("severity", 0),
            impact=given.get("impact", ""),
            components=given.get("components") or (),
            started_at=given.get("started_at"),
            detected_at=given.get("detected_at"),
            reason=given.get("reason") or "",
            suggestion=given.get("suggestion"),
            known_components=desk.components,
            actor=reader.actor,
        )
    cockpit.show_decision()
    return made


def stepped(cockpit: Cockpit, reader: Reader, called: str, step: str, given: Given) -> Incident:
    """Takes a step of STEPS with an incident, which is returned as it is then.

    Raises Refusal: 404 for an incident that is not there, 422 names the field, 409 is for a step that does not follow
    what was decided before, and for one that came second.
    """
    checked(given, (*STEPS[step], "if_place"))
    incident_of(cockpit, called)
    with _refused():
        made = _STEPS[step](cockpit, cockpit.ledger.journal, called, reader.actor, given)
    cockpit.show_decision()
    return made


def dismissed(cockpit: Cockpit, reader: Reader, number: int, reason: object) -> None:
    """Says that a suggestion is no incident. Raises Refusal."""
    checked({"reason": reason}, ("reason",))
    with _refused():
        dismiss(cockpit.ledger.journal, number, actor=reader.actor, reason=str(reason or ""))
    cockpit.show_decision()


def incident_of(cockpit: Cockpit, called: str) -> Incident:
    """The incident with that id. Raises Refusal when there is none."""
    try:
        return incident_called(cockpit.ledger.journal, called)
    except IncidentProblem as problem:
        raise Refusal(404, _sentence(problem)) from None


def checked(given: Given, known: tuple[str, ...]) -> None:
    """Raises Refusal for a field that is not `known`, and for what has the wrong type; the rest is for the store."""
    for field, value in given.items():
        if field not in known:
            raise Refusal(422, f"{field}: is not known here; send {', '.join(known)}.", field=field)
        if value is None:
            continue
        if field in _WHOLE:
            fits, wanted = isinstance(value, int) and not isinstance(value, bool), "a whole number"
        elif field == "components":
            fits, wanted = isinstance(value, list) and all(isinstance(one, str) for one in value), "a list of ids"
        elif field == "withheld":
            fits, wanted = isinstance(value, list), "a list of places"
        else:
            fits, wanted = field == "severity" or isinstance(value, str), "a text"
        if not fits:
            raise Refusal(422, f"{field}: must be {wanted}.", field=field)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except IncidentProblem as problem:
        status = 409 if problem.field in _CONFLICTS else 422
        raise Refusal(status, _sentence(problem), field=problem.field) from None
    except StaleSubject as stale:
        raise Refusal(
            409,
            "Somebody else recorded something meanwhile: look at what happened, then decide again.",
            field="if_place",
            place=stale.newest.place if stale.newest else None,
        ) from None


def _sentence(problem: IncidentProblem) -> str:
    said = problem.sentence.rstrip(".")
    if problem.field in ("id", "item"):
        return f"{said[:1].upper()}{said[1:]}."
    return f"{problem.field}: {said}."


def _update(cockpit: Cockpit, journal: Journal, called: str, actor: Actor, given: Given) -> Incident:
    changes = {name: given[name] for name in CHANGES if name in given}
    if given.get("withheld") is not None:
        changes["withheld"] = given["withheld"]
    if "components" in changes and changes["components"] is None:
        changes["components"] = []
    known = cockpit.operating.desk().components
    # What an incident has already may stay, though no file knows it any more.
    if known is not None and "components" in changes:
        known = {**known, **{one: one for one in incident_called(journal, called).components}}
    return update(
        journal,
        called,
        changes,
        actor=actor,
        reason=given.get("reason") or "",
        known_components=known,
        if_place=given.get("if_place"),
    )


def _moved(move: Callable[..., Incident], *more: str) -> Callable[[Cockpit, Journal, str, Actor, Given], Incident]:
    def moved(_: Cockpit, journal: Journal, called: str, actor: Actor, given: Given) -> Incident:
        told = {name: given[name] for name in ("at", "if_place", *more) if given.get(name) is not None}
        return move(journal, called, actor=actor, reason=given.get("reason") or "", **told)

    return moved


def _action(_: Cockpit, journal: Journal, called: str, actor: Actor, given: Given) -> Incident:
    return add_action(
        journal,
        called,
        text=given.get("text") or "",
        owner=given.get("owner") or "",
        due=given.get("due"),
        actor=actor,
        reason=given.get("reason") or "",
        if_place=given.get("if_place"),
    )


def _action_done(_: Cockpit, journal: Journal, called: str, actor: Actor, given: Given) -> Incident:
    return finish_action(
        journal,
        called,
        given.get("item") or "",
        actor=actor,
        reason=given.get("reason") or "",
        at=given.get("at"),
        if_place=given.get("if_place"),
    )


_STEPS: dict[str, Callable[[Cockpit, Journal, str, Actor, Given], Incident]] = {
    "update": _update,
    "acknowledge": _moved(acknowledge),
    "mitigate": _moved(mitigate),
    "resolve": _moved(resolve, "ended_at", "rca"),
    "reopen": _moved(reopen),
    "action": _action,
    "action_done": _action_done,
}
