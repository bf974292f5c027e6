"""The pages' addresses: what each asks for and answers with. They must not judge or change anything."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from heartbeat_assets.cockpit.api_metrics import the_metric
from heartbeat_assets.cockpit.charts import standalone
from heartbeat_assets.cockpit.cockpit import Cockpit, TheCockpit, TheReader
from heartbeat_assets.cockpit.entity_tags import not_modified
from heartbeat_assets.cockpit.home_page import MadePage, Wanted
from heartbeat_assets.cockpit.lane_page import lane_view, lanes_view
from heartbeat_assets.cockpit.message_pages import page_of
from heartbeat_assets.cockpit.metric_page import metric_view
from heartbeat_assets.cockpit.metric_stretch import csv_of, range_of, span_of, stretch_of
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.rendering import STATIC, render
from heartbeat_assets.cockpit.views import HomeFilters
from heartbeat_assets.errors import SpecProblem

router = APIRouter(include_in_schema=False)

# A page has the reader's own token in it, and is another one for the next reader.
_PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"}


@router.get("/")
async def home(request: Request, cockpit: TheCockpit, reader: TheReader) -> Response:
    """The tiles of the metrics, below what is stopped and what is open."""
    wanted = Wanted(HomeFilters.of(request.query_params), reader.name, reader.csrf_token)
    # Mostly it is there; else it is made where waiting holds nobody up.
    page = cockpit.home.kept(wanted) if cockpit.following.running else None
    if page is None:
        page = await run_in_threadpool(_make, cockpit, wanted)
    return _made(request, page)


def _make(cockpit: Cockpit, wanted: Wanted) -> MadePage:
    return cockpit.home.made(wanted, cockpit.snapshot())


def _made(request: Request, page: MadePage) -> Response:
    headers = {**_PRIVATE, "ETag": page.etag}
    if not_modified(request.headers.get("if-none-match"), page.etag):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return HTMLResponse(page.compressed, headers={**headers, "Content-Encoding": "gzip"})
    return HTMLResponse(page.body, headers=headers)


@router.get("/metrics/{metric_id}")
def metric(metric_id: str, request: Request, cockpit: TheCockpit) -> Response:
    """Everything about a metric, its chart over the range that was asked for."""
    found = the_metric(cockpit, metric_id)
    view = metric_view(cockpit, found, range_of(request.query_params, datetime.now(UTC)))
    return HTMLResponse(render("metric.html", view=view, page=page_of(request)))


@router.get("/metrics/{metric_id}/history.csv")
def history(metric_id: str, request: Request, cockpit: TheCockpit) -> Response:
    """The values of a metric as CSV."""
    found = the_metric(cockpit, metric_id)
    since, until = span_of(request.query_params, datetime.now(UTC))
    text = csv_of(cockpit.store.values(metric_id, since=since, until=until))
    return _download(text, "text/csv; charset=utf-8", f"{found.metric_id}.csv")


@router.get("/metrics/{metric_id}/chart.svg")
def chart(metric_id: str, request: Request, cockpit: TheCockpit) -> Response:
    """The chart of a metric as an SVG file that stands alone."""
    found = the_metric(cockpit, metric_id)
    since, until = span_of(request.query_params, datetime.now(UTC))
    drawn = stretch_of(cockpit, found, since, until).chart()
    if not drawn:
        raise Refusal(404, f"{metric_id} has no value in this stretch of time, so there is nothing to draw.")
    return _download(standalone(drawn), "image/svg+xml", f"{found.metric_id}.svg")


@router.get("/lanes")
def lanes(request: Request, cockpit: TheCockpit) -> Response:
    """The lanes and their verdicts."""
    return HTMLResponse(render("lanes.html", view=lanes_view(cockpit), page=page_of(request)))


@router.get("/lanes/{name}")
def lane(name: str, request: Request, cockpit: TheCockpit) -> Response:
    """Everything about a lane. A mistake in its files is a page that says so."""
    try:
        view = lane_view(cockpit, cockpit.lanes.of(name))
    except SpecProblem as problem:
        raise Refusal(422, f"The lane's files are wrong: {problem}") from problem
    return HTMLResponse(render("lane.html", view=view, page=page_of(request)))


def _download(text: str, kind: str, name: str) -> Response:
    # The name is the id of a metric that is there, so of letters, digits and _.
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=kind, headers=headers)


class StaticPages(StaticFiles):
    """The static files. Their addresses change with their content, so a browser may keep what it asked for by one."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if answer.status_code in (200, 304):
            lasting = b"v=" in scope.get("query_string", b"")
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return answer


def static_files() -> StaticFiles:
    """What /static serves: files of the package, nothing beside them."""
    return StaticPages(directory=STATIC)
