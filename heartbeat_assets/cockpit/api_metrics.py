"""Metrics over HTTP: read them, read their history, and change what people decide about them.

A change goes through `metrics.changes` and nothing else; its actor is whoever signed in. It must not judge a value.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from heartbeat_assets.cockpit.cockpit import Cockpit, TheCockpit, TheReader
from heartbeat_assets.cockpit.documents import MetricDocument, ValueDocument, VerificationChange, problems
from heartbeat_assets.cockpit.entity_tags import document_tag, not_modified, places_in
from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.json_body import JSON, TheBody, described, json_of
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.ledger import StaleMetric
from heartbeat_assets.metrics.changes import FieldProblem, change_metric
from heartbeat_assets.metrics.document import MetricNow, metric_document, metric_now, metrics_now, value_document

router = APIRouter(prefix="/api/metrics", tags=["metrics"])

MetricId = Annotated[str, Path(description="The name of the metric's file.", examples=["answered_sessions"])]
_EDITABLE = tuple(name for name in VerificationChange.model_fields if name != "reason")
_LONGEST_REASON = 2000
_MOST_VALUES = 50_000
_JSON = (*JSON, "application/merge-patch+json")
_CHANGE = {
    **described(VerificationChange.model_json_schema()),
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "The ETag of the metric as it was when the change was thought of, or *.",
            "schema": {"type": "string"},
        }
    ],
}


@router.get("", response_model=list[MetricDocument], responses=problems(401, 503))
def list_metrics(cockpit: TheCockpit, retired: Annotated[bool, Query()] = False) -> Response:
    """Every metric, the worst first. With `retired=true` those that are retired too, last."""
    found = metrics_now(cockpit.files.catalog, cockpit.store)
    return JSONResponse([metric_document(metric) for metric in found if retired or not metric.retired])


@router.get("/{metric_id}", response_model=MetricDocument, responses=problems(304, 401, 404, 503))
def show_metric(metric_id: MetricId, request: Request, cockpit: TheCockpit) -> Response:
    """One metric. Its ETag is what a change sends as If-Match."""
    document, headers = _current(cockpit, metric_id)
    if not_modified(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSONResponse(document, headers=headers)


@router.get("/{metric_id}/history", response_model=list[ValueDocument], responses=problems(401, 404, 422, 503))
def show_history(
    metric_id: MetricId,
    cockpit: TheCockpit,
    since: Annotated[datetime | None, Query(description="The first tick; without a zone in UTC.")] = None,
    until: Annotated[datetime | None, Query(description="The last tick; without a zone in UTC.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST_VALUES, description="The newest so many.")] = 1000,
) -> Response:
    """The values of a metric, oldest first; of a tick that was computed again the newest value."""
    the_metric(cockpit, metric_id)
    values = cockpit.store.values(metric_id, since=_in_utc("since", since), until=_in_utc("until", until), limit=limit)
    return JSONResponse([value_document(value) for value in values])


@router.patch(
    "/{metric_id}/verification",
    response_model=MetricDocument,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422, 428, 429, 503),
    openapi_extra=_CHANGE,
)
def change_verification(
    metric_id: MetricId,
    request: Request,
    cockpit: TheCockpit,
    reader: TheReader,
    body: TheBody,
) -> Response:
    """Changes owner, thresholds, due date or verification; answers with the metric as it is then."""
    changes, reason = _changes(request, body)
    # Nobody stands behind a query that was changed a moment ago without having seen it.
    cockpit.watching.catch_up()
    metric = the_metric(cockpit, metric_id)
    place = _place(cockpit, metric, request.headers.get("if-match"))
    door = "through the API" if reader.how == "token" else "in the cockpit"
    try:
        change_metric(
            cockpit.store,
            metric_id,
            changes,
            actor=reader.actor,
            reason=reason or f"changed {door}, no reason given",
            if_place=place,
            verify_every=metric.file.header.verify_every_duration if metric.file else None,
            now=datetime.now(UTC),
        )
    except StaleMetric:
        raise _stale(cockpit, metric_id) from None
    except FieldProblem as problem:
        raise Refusal(422, _sentence(problem), field=problem.field) from problem
    cockpit.show_now()
    document, headers = _current(cockpit, metric_id)
    return JSONResponse(document, headers=headers)


def the_metric(cockpit: Cockpit, metric_id: str) -> MetricNow:
    """The metric called `metric_id`, retired ones too. Raises Refusal for none, and says when a file is in the way."""
    catalog = cockpit.files.catalog
    metric = metric_now(catalog, cockpit.store, metric_id)
    if metric.file is None and metric.state is None:
        wrong = [files[metric_id] for files in catalog.wrong.values() if metric_id in files]
        if wrong:
            sentence = in_project(wrong[0], catalog.settings)
            raise Refusal(404, f"No metric is called {metric_id} yet, as its file has mistakes: {sentence}.")
        raise Refusal(404, f"No metric is called {metric_id}.")
    return metric


def _current(cockpit: Cockpit, metric_id: str) -> tuple[dict[str, Any], dict[str, str]]:
    metric = the_metric(cockpit, metric_id)
    document = metric_document(metric)
    return document, {"ETag": document_tag(metric.state.place if metric.state else 0, document)}


def _place(cockpit: Cockpit, metric: MetricNow, header: str | None) -> int | None:
    """The place that the change is based on, None for any. Raises Refusal without If-Match, and for a stale one."""
    if header is None:
        raise Refusal(428, "If-Match is missing: send the ETag of the metric that you have seen, so that nobody's "
                           "change is written over.")  # fmt: skip
    if header.strip() == "*":
        return None
    try:
        places = places_in(header)
    except ValueError as problem:
        raise Refusal(400, f"If-Match: {problem}.") from None
    now = metric.state.place if metric.state else 0
    if now not in places:
        raise _stale(cockpit, metric.metric_id)
    return now


def _stale(cockpit: Cockpit, metric_id: str) -> Refusal:
    document, headers = _current(cockpit, metric_id)
    return Refusal(
        409,
        f"{metric_id} was changed meanwhile. `current` is what it is now: look at it, and send the change again.",
        headers=headers,
        current=document,
    )


def _changes(request: Request, body: bytes) -> tuple[dict[str, Any], str]:
    """The fields to change, and why. Raises Refusal for what is no such object."""
    document = json_of(request, body, _JSON, "the change")
    if not isinstance(document, dict):
        raise Refusal(422, 'The body must be an object, as {"owner": "ann@example.org"}.', field="")
    reason = document.pop("reason", None)
    if reason is not None and (not isinstance(reason, str) or len(reason) > _LONGEST_REASON):
        raise Refusal(422, f"reason: must be a text of at most {_LONGEST_REASON:,} characters.", field="reason")
    # Lines may break in it, but what is kept for ever can be read by everybody, and any database takes it.
    if reason and not " ".join(reason.split()).isprintable():
        raise Refusal(422, "reason: has characters that cannot be shown; write it anew.", field="reason")
    for field, value in document.items():
        _check_field(field, value)
    if not document:
        raise Refusal(422, f"Nothing is to be changed; send one of {', '.join(_EDITABLE)}.", field="")
    return document, (reason or "").strip()


def _check_field(field: str, value: object) -> None:
    if field not in _EDITABLE:
        raise Refusal(422, f"{field}: cannot be changed here; send one of {', '.join(_EDITABLE)}.", field=field)
    if isinstance(value, bool | list | dict):
        raise Refusal(422, f"{field}: must be a text, a number or null.", field=field)
    if isinstance(value, str) and not value.isprintable():
        raise Refusal(422, f"{field}: has characters that cannot be shown; write it anew.", field=field)


def _sentence(problem: FieldProblem) -> str:
    text = str(problem)
    return text if text.endswith(".") else f"{text}."


def _in_utc(name: str, moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise Refusal(422, f"{name}: is no instant that can be written in UTC.", field=name) from None
