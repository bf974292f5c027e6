"""Switches and tripwires over HTTP: what is stopped and how tripwires stand; to stop, to release, to look.

A decision goes through `deciding` and nothing else; its actor is whoever signed in. It must not judge.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from heartbeat_assets.cockpit.cockpit import Cockpit, TheCockpit, TheReader
from heartbeat_assets.cockpit.deciding import change_switch, chosen_tripwires, look_at
from heartbeat_assets.cockpit.documents import problems
from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.governance_documents import (
    EvaluatedDocument,
    PoliciesDocument,
    StateDocument,
    SwitchChange,
    SwitchDocument,
    WhichTripwires,
    evaluation_document,
    switch_document,
    tripwire_document,
)
from heartbeat_assets.cockpit.json_body import TheBody, described, object_of
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.security.readers import Reader
from heartbeat_assets.governance.switch import GLOBAL

router = APIRouter(prefix="/api/governance", tags=["governance"])

_WRITING = problems(400, 401, 403, 413, 415, 422, 429, 503)
_CHANGING = _WRITING | problems(409)
_SWITCH_CHANGE = described(SwitchChange.model_json_schema())


@router.post(
    "/go-live/kill-switch/engage", response_model=SwitchDocument, responses=_CHANGING, openapi_extra=_SWITCH_CHANGE
)
def engage_switch(request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody) -> Response:
    """Stops a domain, or everything, until a person releases it."""
    return _changed(request, cockpit, reader, body, engage=True)


@router.post(
    "/go-live/kill-switch/release", response_model=SwitchDocument, responses=_CHANGING, openapi_extra=_SWITCH_CHANGE
)
def release_switch(request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody) -> Response:
    """Lets a domain, or everything, go on."""
    return _changed(request, cockpit, reader, body, engage=False)


@router.get("/regression/policies", response_model=PoliciesDocument, responses=problems(401))
def list_policies(cockpit: TheCockpit) -> Response:
    """The tripwires' policies as their files have them, and what is wrong with the files."""
    files = cockpit.governing.files()
    return JSONResponse({
        "policies": [tripwire_document(one) for one in cockpit.governing.tripwires().values()],
        "problems": [in_project(problem, cockpit.settings.project) for problem in files.problems],
    })  # fmt: skip


@router.get("/regression/state", response_model=StateDocument, responses=problems(401, 503))
def show_state(cockpit: TheCockpit) -> Response:
    """What is stopped, and the newest look at each tripwire."""
    governed = cockpit.governing.now()
    standings = []
    for name, one in governed.tripwires.items():
        newest = governed.looks.get(name)
        standings.append({
            "tripwire": name,
            "enabled": one.policy.enabled,
            "action": one.policy.action,
            "newest": evaluation_document(newest) if newest else None,
        })  # fmt: skip
    return JSONResponse({
        "stopped": [state.name for state in governed.engaged],
        "switches": [switch_document(state) for state in governed.switches.values()],
        "tripwires": standings,
    })  # fmt: skip


@router.post(
    "/regression/evaluate",
    response_model=EvaluatedDocument,
    responses=_WRITING,
    openapi_extra=described(WhichTripwires.model_json_schema()),
)
def evaluate_tripwires(request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody) -> Response:
    """Looks at tripwires now and records what is found. Nothing is stopped, unless `act` is true."""
    given = object_of(request, body, "which tripwires to look at", WhichTripwires.model_fields)
    act = given.get("act", False)
    if not isinstance(act, bool):
        raise Refusal(422, "act: must be true or false.", field="act")
    chosen = chosen_tripwires(cockpit, _text(given, "domain"), _text(given, "metric"))
    events, actions = look_at(cockpit, reader, chosen, act=act)
    return JSONResponse({
        "evaluations": [evaluation_document(event) for event in events],
        "actions": [
            {"tripwire": one.tripwire, "switch": one.switch, "done": one.done, "sentence": one.sentence}
            for one in actions
        ],
    })  # fmt: skip


def _changed(request: Request, cockpit: Cockpit, reader: Reader, body: bytes, *, engage: bool) -> Response:
    given = object_of(request, body, "the reason", SwitchChange.model_fields)
    name = _text(given, "domain")
    state = change_switch(cockpit, reader, GLOBAL if name is None else name, given.get("reason"), engage=engage)
    return JSONResponse(switch_document(state))


def _text(given: dict[str, Any], field: str) -> str | None:
    value = given.get(field)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise Refusal(422, f"{field}: must be a name, or be left out.", field=field)
    return value.strip() if value else None
