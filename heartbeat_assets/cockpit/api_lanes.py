"""Lanes over HTTP, to read: how each stands, and the verdict over its window as the contract has it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import JSONResponse, Response

from heartbeat_assets.cockpit.cockpit import TheCockpit
from heartbeat_assets.cockpit.documents import LaneDocument, WindowDocument, problems
from heartbeat_assets.cockpit.lane_standings import broken_lane_document, lane_document
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane

router = APIRouter(prefix="/api/lanes", tags=["lanes"])

_LARGEST_WINDOW = 10_000
LaneName = Annotated[str, Path(description="The lane's name.", examples=["citizen_product"])]


@router.get("", response_model=list[LaneDocument], responses=problems(401, 503))
def list_lanes(cockpit: TheCockpit) -> Response:
    """Every lane, those whose publishing is blocked first."""
    standings, broken = cockpit.lanes.all()
    documents = [broken_lane_document(name, problem) for name, problem in broken.items()]
    return JSONResponse([*documents, *(lane_document(standing) for standing in standings)])


@router.get("/{lane}/window", response_model=WindowDocument, responses=problems(401, 404, 422, 503))
def show_window(
    lane: LaneName,
    cockpit: TheCockpit,
    last: Annotated[int | None, Query(ge=1, le=_LARGEST_WINDOW, description="How many rows; the lane's own.")] = None,
    strict: Annotated[bool, Query(description="Only told in the report: nothing fails here.")] = False,
) -> Response:
    """The window report of the contract: the last heartbeats judged by the lane's rules, now."""
    found = cockpit.lanes.lanes().get(lane)
    if found is None:
        raise Refusal(404, f"No lane is called {lane}. GET /api/lanes lists them.")
    if not isinstance(found, Lane):
        assert isinstance(found, SpecProblem)
        raise Refusal(503, f"The lane's files are wrong: {found}.")
    return JSONResponse(judge_ledger(found, last=last, strict=strict).report)
