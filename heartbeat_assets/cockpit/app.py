"""The cockpit as a web application: its parts put together. It must not hold anything beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from heartbeat_assets.cockpit import (
    api_governance,
    api_kpi,
    api_lanes,
    api_metrics,
    api_operations,
    api_runbook,
    governance_pages,
    health,
    operations_pages,
    pages,
    prometheus,
)
from heartbeat_assets.cockpit.background import Background
from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.message_pages import refusal_page, sign_in_page
from heartbeat_assets.cockpit.openapi import corrected
from heartbeat_assets.cockpit.problems import answer_with, handle_errors
from heartbeat_assets.cockpit.security.attempts import Attempts
from heartbeat_assets.cockpit.security.guard import Guard
from heartbeat_assets.cockpit.security.operators import Operators
from heartbeat_assets.cockpit.security.readers import Readers
from heartbeat_assets.cockpit.security.sessions import Sessions
from heartbeat_assets.cockpit.security.signing_in import sign_in_router
from heartbeat_assets.cockpit.settings import CockpitSettings

_DESCRIPTION = """Metrics, lanes, status, SLOs, incidents, switches, tripwires and the go-live runbook, to
read; and what people decide about them, to change.

Reading needs no sign-in while only this machine can reach the cockpit. A change needs an operator: send the operator's
token as `Authorization: Bearer TOKEN`. Errors are problem details (RFC 9457)."""


class CockpitApp(FastAPI):
    """The application with the guard around everything, the handler of its own faults included."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            self.openapi_schema = corrected(super().openapi())
        return self.openapi_schema

    def build_middleware_stack(self) -> ASGIApp:
        cockpit: Cockpit = self.state.cockpit
        timed = prometheus.Timing(super().build_middleware_stack(), self.state.latency)
        return Guard(timed, cockpit.readers, answer_with(refusal_page))


def create_app(
    settings: CockpitSettings,
    *,
    start_name: str = "",
    start_token: str = "",
    sessions: Sessions | None = None,
    attempts: Attempts | None = None,
) -> FastAPI:
    """The application. `start_token` lets `start_name` sign in until the program ends.

    Raises SpecProblem when the operators file is wrong.
    """
    operators = Operators(settings.operators_file, start_name=start_name, start_token=start_token)
    operators.check()
    sessions = Sessions(settings.secret) if sessions is None else sessions
    attempts = Attempts() if attempts is None else attempts
    readers = Readers(settings, operators, sessions, attempts)
    cockpit = Cockpit(settings, readers)
    app = CockpitApp(
        title="heartbeat cockpit",
        description=_DESCRIPTION,
        version=_version(),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.cockpit = cockpit
    app.state.latency = prometheus.Latency()
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    handle_errors(app, answer_with(refusal_page))
    app.include_router(api_metrics.router)
    app.include_router(api_lanes.router)
    app.include_router(api_kpi.router)
    app.include_router(api_governance.router)
    app.include_router(api_runbook.router)
    app.include_router(api_operations.router)
    app.include_router(health.router)
    app.include_router(prometheus.router)
    app.include_router(sign_in_router(readers, sign_in_page))
    app.include_router(pages.router)
    app.include_router(governance_pages.router)
    app.include_router(operations_pages.router)
    app.mount("/static", pages.static_files(), name="static")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    cockpit: Cockpit = app.state.cockpit
    with Background(cockpit.watcher, cockpit.following):
        yield


def _version() -> str:
    try:
        return version("heartbeat_assets")
    except PackageNotFoundError:
        return "0"
