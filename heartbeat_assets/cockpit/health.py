"""`/healthz`: whether the cockpit can do its work, for who watches it. It must not say more than that."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from heartbeat_assets.cockpit.cockpit import TheCockpit
from heartbeat_assets.cockpit.documents import problems
from heartbeat_assets.cockpit.problems import unreachable

router = APIRouter(tags=["operation"])


@router.get("/healthz", responses=problems(503))
def healthz(cockpit: TheCockpit) -> Response:
    """200 while the ledger answers; 503 with the reason while it does not."""
    problem = cockpit.ledger_problem()
    if problem:
        # Everybody may ask, so nothing about paths and addresses: those are in the log and on the pages.
        raise unreachable("it does not answer" if not cockpit.settings.loopback else problem)
    return JSONResponse({"status": "ok"})
