"""Status, SLOs and incidents over HTTP: how everything stands; to open an incident and to take the next step.

A decision goes through `handling` or `overriding` and nothing else; its actor is whoever signed in. It must not judge.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from heartbeat_assets.cockpit.cockpit import Cockpit, TheCockpit, TheReader
from heartbeat_assets.cockpit.documents import problems
from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.handling import dismissed, incident_of, opened, stepped
from heartbeat_assets.cockpit.json_body import TheBody, described, object_of
from heartbeat_assets.cockpit.operations_documents import (
    ComponentDocument,
    Dismissal,
    DismissedDocument,
    IncidentDocument,
    IncidentOpening,
    IncidentsDocument,
    IncidentStatus,
    IncidentStep,
    OverrideChange,
    OverrideEnd,
    SloDocument,
    StatusDocument,
)
from heartbeat_assets.cockpit.overriding import overridden, override_ended
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.objectives.incidents import Incident, incident_record, suggestions

router = APIRouter(prefix="/api", tags=["operations"])

_CHANGING = problems(400, 401, 403, 409, 413, 415, 422, 429, 503)
_MOST = 1000
Step = Literal["update", "acknowledge", "mitigate", "resolve", "reopen", "action", "action_done"]
Called = Annotated[str, Path(description="The incident's id.", examples=["INC-20260223-001"])]
Component = Annotated[str, Path(description="The component's id.", examples=["api_read"])]


@router.get("/status", response_model=StatusDocument, responses=problems(401, 404, 503))
def show_status(cockpit: TheCockpit) -> Response:
    """How everything stands: components, SLOs, KPIs, incidents, scenarios. At most five seconds old."""
    desk = cockpit.operating.desk()
    if desk.spec is None and not desk.problems:
        raise Refusal(404, "No file says what is operated here: write defs/operations/defs.yaml.")
    try:
        return JSONResponse(cockpit.operating.now().record())
    except SpecProblem as problem:
        raise Refusal(
            503, f"The file of operations is wrong: {in_project(problem, cockpit.settings.project)}"
        ) from None


@router.post(
    "/components/{component}/override",
    response_model=ComponentDocument,
    responses=_CHANGING | problems(404),
    openapi_extra=described(OverrideChange.model_json_schema()),
)
def override_component(
    component: Component, request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody
) -> Response:
    """Says what a component is, over its rules, until an instant."""
    overridden(cockpit, reader, component, object_of(request, body, "what the component is"))
    return _component(cockpit, component)


@router.post(
    "/components/{component}/end-override",
    response_model=ComponentDocument,
    responses=_CHANGING | problems(404),
    openapi_extra=described(OverrideEnd.model_json_schema()),
)
def end_override(
    component: Component, request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody
) -> Response:
    """Lets the rules say again what a component is."""
    override_ended(cockpit, reader, component, object_of(request, body, "the reason"))
    return _component(cockpit, component)


@router.get("/slos", response_model=list[SloDocument], responses=problems(401, 503))
def list_slos(cockpit: TheCockpit) -> Response:
    """Every SLO with the newest verdict on it, the worst first."""
    return JSONResponse([one.record() for one in cockpit.slos.all()])


@router.get("/slos/{name}", response_model=SloDocument, responses=problems(401, 404, 503))
def show_slo(name: Annotated[str, Path(description="Its name.")], cockpit: TheCockpit) -> Response:
    """The newest verdict on one SLO, with its days."""
    return JSONResponse(cockpit.slos.of(name).record())


@router.get("/incidents", response_model=IncidentsDocument, responses=problems(401, 422, 503))
def list_incidents(
    cockpit: TheCockpit,
    status: Annotated[
        IncidentStatus | Literal["unresolved"] | None, Query(description="Only those; `unresolved`: not over.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST, description="The newest so many.")] = 100,
) -> Response:
    """Incidents, the newest first, and what rules suggest."""
    incidents = cockpit.operating.incidents()
    if incidents.problem:
        raise Refusal(503, f"Incidents cannot be read: {incidents.problem.rstrip('.')}.")
    found = [
        one
        for one in incidents.found
        if status is None or status == one.status or (status == "unresolved" and not one.is_over)
    ]
    return JSONResponse({
        "incidents": [_document(cockpit, one) for one in found[:limit]],
        "suggestions": [one.record() for one in suggestions(cockpit.ledger.journal)],
    })  # fmt: skip


@router.get("/incidents/{called}", response_model=IncidentDocument, responses=problems(401, 404, 503))
def show_incident(called: Called, cockpit: TheCockpit) -> Response:
    """One incident, with its clocks as they are now."""
    return JSONResponse(_document(cockpit, incident_of(cockpit, called)))


@router.post(
    "/incidents",
    status_code=201,
    response_model=IncidentDocument,
    responses=_CHANGING,
    openapi_extra=described(IncidentOpening.model_json_schema()),
)
def open_incident(request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody) -> Response:
    """Opens an incident."""
    made = opened(cockpit, reader, object_of(request, body, "the incident"))
    where = {"Location": f"/api/incidents/{made.id}"}
    return JSONResponse(_document(cockpit, made), 201, headers=where)


@router.post(
    "/incidents/{called}/{step}",
    response_model=IncidentDocument,
    responses=_CHANGING | problems(404),
    openapi_extra=described(IncidentStep.model_json_schema()),
)
def step_incident(
    called: Called, step: Step, request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody
) -> Response:
    """Takes the next step with an incident. `update` with a reason alone is a note."""
    given = object_of(request, body, "what the step is told")
    return JSONResponse(_document(cockpit, stepped(cockpit, reader, called, step, given)))


@router.post(
    "/suggestions/{number}/dismiss",
    response_model=DismissedDocument,
    responses=_CHANGING,
    openapi_extra=described(Dismissal.model_json_schema()),
)
def dismiss_suggestion(
    number: int, request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody
) -> Response:
    """Says that what a rule suggested is no incident."""
    given = object_of(request, body, "the reason", Dismissal.model_fields)
    dismissed(cockpit, reader, number, given.get("reason"))
    return JSONResponse({"dismissed": number})


def _component(cockpit: Cockpit, component: str) -> Response:
    found = cockpit.operating.now().component(component)
    if found is None:
        raise Refusal(404, f"No component is called {component}.")
    return JSONResponse(found.record())


def _document(cockpit: Cockpit, incident: Incident) -> dict[str, Any]:
    return incident_record(incident, cockpit.operating.desk().terms, datetime.now(UTC))
