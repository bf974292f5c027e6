"""The go-live runbook over HTTP: as a document for programs, as Markdown for people. It must not judge."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from heartbeat_assets.cockpit.cockpit import TheCockpit
from heartbeat_assets.cockpit.documents import problems
from heartbeat_assets.cockpit.runbook_documents import RunbookDocument

router = APIRouter(prefix="/api/governance/runbook", tags=["runbook"])


@router.get("/status", response_model=RunbookDocument, responses=problems(401))
def runbook_status(cockpit: TheCockpit) -> Response:
    """Whether production may be enabled, and what stands in the way. At most five seconds old."""
    return JSONResponse(cockpit.runbook.now().document())


@router.get(
    "/markdown",
    response_class=Response,
    responses={**problems(401), 200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
def runbook_markdown(cockpit: TheCockpit) -> Response:
    """The same as Markdown, a line a check."""
    return Response(cockpit.runbook.now().markdown(), media_type="text/markdown; charset=utf-8")
