"""Errors as answers: RFC 9457 problem details for programs, a page in sentences for people.

What went wrong inside is told to the log alone, never to the client. It must not decide what is an error.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response

from heartbeat_assets.cockpit.cockpit import cockpit_of
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.ledger import LedgerError

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
_log = logging.getLogger(__name__)

Page = Callable[[HTTPConnection, Refusal], Response]


def problem_response(request: HTTPConnection, refusal: Refusal) -> Response:
    """`refusal` as a problem document."""
    document = {
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "instance": request.url.path,
        **refusal.extra,
    }
    return JSONResponse(document, refusal.status, headers=refusal.headers, media_type=MEDIA_TYPE)


def answer_with(page: Page) -> Page:
    """What answers a refusal: a problem document below /api, else what `page` makes of it."""

    def answer(request: HTTPConnection, refusal: Refusal) -> Response:
        return problem_response(request, refusal) if for_programs(request) else page(request, refusal)

    return answer


def for_programs(request: HTTPConnection) -> bool:
    """Whether the path is one that programs ask for. `/metrics/ID` is a page, `/metrics` is Prometheus's."""
    path = request.url.path
    return path in ("/api", "/metrics", "/healthz") or path.startswith("/api/")


def handle_errors(app: FastAPI, answer: Page) -> None:
    """Makes `app` answer every error through `answer`."""

    def on(kind: type[Exception], refusal_of: Callable[[Request, Exception], Refusal]) -> None:
        # Not a plain function: those are called in another thread.
        async def handle(request: Request, error: Exception) -> Response:
            return answer(request, refusal_of(request, error))

        handler: Callable[[Request, Exception], Awaitable[Response]] = handle
        app.add_exception_handler(kind, handler)

    on(Refusal, lambda _, error: error if isinstance(error, Refusal) else _fault(error))
    on(HTTPException, _http)
    on(RequestValidationError, _invalid)
    on(LedgerError, _away)
    on(HeartbeatError, _mistake)
    on(Exception, lambda _, error: _fault(error))


def _away(request: Request, error: Exception) -> Refusal:
    assert isinstance(error, LedgerError)
    cockpit_of(request).forget_ledger(error)
    return unreachable(error)


def unreachable(error: Exception | str) -> Refusal:
    """The ledger cannot do its part now; it is asked again at the next request."""
    return Refusal(
        503,
        f"The ledger cannot be reached: {error}",
        headers={"Retry-After": str(RETRY_SECONDS)},
        retry_after=RETRY_SECONDS,
    )


def _http(request: Request, error: Exception) -> Refusal:
    assert isinstance(error, HTTPException)
    details = {
        HTTPStatus.NOT_FOUND: f"There is nothing at {request.url.path}.",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.url.path} does not take {request.method}.",
    }
    return Refusal(
        error.status_code, details.get(HTTPStatus(error.status_code), str(error.detail)), headers=error.headers
    )


def _invalid(_: Request, error: Exception) -> Refusal:
    assert isinstance(error, RequestValidationError)
    problems = [
        {"field": ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]), "detail": str(one["msg"])}
        for one in error.errors()
    ]
    first = problems[0] if problems else {"field": "", "detail": "is not valid"}
    detail = f"{first['field']}: {first['detail']}."
    return Refusal(422, detail, field=first["field"], errors=problems)


def _mistake(_: Request, error: Exception) -> Refusal:
    if isinstance(error, UsageProblem):
        return Refusal(404, str(error))
    _log.warning("%s", error)
    return Refusal(500, str(error))


def _fault(_: Exception) -> Refusal:
    # The server writes it into its log.
    return Refusal(500, "The cockpit made a mistake; its log says which. The pipeline is not affected.")
