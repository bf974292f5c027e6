"""KPI events over HTTP: one, or a batch that is recorded whole or not at all, each with who was signed in.

An event is on disk when it is answered. It must not judge an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from heartbeat_assets.cockpit.cockpit import TheCockpit, TheReader
from heartbeat_assets.cockpit.documents import KpiEventDocument, RecordedDocument, problems
from heartbeat_assets.cockpit.json_body import JSON, TheBody, described, json_of
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.ledger import NewKpiEvent, WrongKpiEvent

router = APIRouter(prefix="/api/governance/regression/kpi", tags=["kpi events"])

MOST_EVENTS = 500
_FIELDS = tuple(KpiEventDocument.model_fields)
_TEXTS = ("domain", "metric", "actor", "correlation_id", "at")
_PROBLEMS = problems(400, 401, 403, 413, 415, 422, 429, 503)


@router.post(
    "",
    status_code=201,
    response_model=RecordedDocument,
    responses=_PROBLEMS,
    openapi_extra=described(KpiEventDocument.model_json_schema()),
)
def emit_event(request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody) -> Response:
    """Records one event: a success or failure, or a value."""
    event = _event(json_of(request, body, JSON, "the event"))
    return _recorded(cockpit.ledger.events.append([event], recorded_by=reader.name))


@router.post(
    "/batch",
    status_code=201,
    response_model=RecordedDocument,
    responses=_PROBLEMS,
    openapi_extra=described(
        {
            "type": "object",
            "required": ["events"],
            "properties": {
                "events": {"type": "array", "maxItems": MOST_EVENTS, "items": KpiEventDocument.model_json_schema()}
            },
        }
    ),
)
def emit_events(request: Request, cockpit: TheCockpit, reader: TheReader, body: TheBody) -> Response:
    """Records many events, all or none."""
    document = json_of(request, body, JSON, "the events")
    given = document.get("events") if isinstance(document, dict) and set(document) == {"events"} else None
    if not isinstance(given, list):
        raise Refusal(422, 'events: send {"events": [...]}, a list of events and nothing beside it.', field="events")
    if len(given) > MOST_EVENTS:
        raise Refusal(422, f"events: has {len(given):,}; send at most {MOST_EVENTS} at once.", field="events")
    events = [_event(one, index) for index, one in enumerate(given)]
    return _recorded(cockpit.ledger.events.append(events, recorded_by=reader.name))


def _recorded(count: int) -> Response:
    return JSONResponse({"recorded": count}, 201)


def _event(given: Any, index: int | None = None) -> NewKpiEvent:
    """The event that `given` says. Raises Refusal, which names the field and in a batch the `index`."""
    try:
        if not isinstance(given, Mapping):
            raise WrongKpiEvent("", 'an event is an object, as {"domain": "A", "metric": "b", "success": true}')
        for field in ("domain", "metric"):
            if given.get(field) is None:
                raise WrongKpiEvent(field, "is missing")
        for field, value in given.items():
            _check_field(field, value)
        return NewKpiEvent(**{**given, "at": _instant(given.get("at"))})
    except WrongKpiEvent as problem:
        where = ".".join(part for part in (*([f"events.{index}"] if index is not None else []), problem.field) if part)
        extra: dict[str, Any] = {} if index is None else {"index": index}
        sentence = f"{where}: {problem.sentence}" if where else problem.sentence
        raise Refusal(422, f"{sentence.rstrip('.')}.", field=problem.field, **extra) from problem


def _check_field(field: str, value: Any) -> None:
    if field not in _FIELDS:
        raise WrongKpiEvent(field, f"is no field of an event; it has {', '.join(_FIELDS)}")
    if field in _TEXTS and value is not None and not isinstance(value, str):
        raise WrongKpiEvent(field, "must be a text")


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise WrongKpiEvent("at", "must be a time with its zone, as 2026-02-23T14:31:05+00:00") from None
