"""Signing in and out: by the link printed at the start, or by a form. It must not decide who an operator is."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.security.guard import SIGN_IN, reader_of
from heartbeat_assets.cockpit.security.operators import Operator
from heartbeat_assets.cockpit.security.readers import Readers
from heartbeat_assets.cockpit.security.sessions import LIFETIME_SECONDS

# One of our own paths: neither another host's, as //elsewhere and /\elsewhere are, nor something with a line break.
_OUR_PATH = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]{0,1000}")
FORM_SUBJECT = "sign-in form"

SignInPage = Callable[[Request, str, str, int], Response]
"""Makes the page of a request: where to go next, the problem, the status."""


def sign_in_router(readers: Readers, page: SignInPage) -> APIRouter:
    """The routes; `page` shows the form."""
    router = APIRouter(include_in_schema=False)

    @router.get(SIGN_IN)
    def by_link(request: Request, token: str = "", next: str = "/") -> Response:
        following = own_path(next)
        if not token:
            return page(request, following, "", 200)
        return _signed_in(request, token, None, following)

    @router.post(SIGN_IN)
    async def by_form(request: Request) -> Response:
        fields = await _fields(request)
        if not readers.sessions.is_csrf_token(fields.get("csrf_token", ""), FORM_SUBJECT):
            problem = "The page was too old, or the cockpit was started again meanwhile. Enter the token once more."
            return page(request, own_path(fields.get("next", "/")), problem, 403)
        return _signed_in(
            request, fields.get("token", "").strip(), fields.get("email") or None, own_path(fields.get("next", "/"))
        )

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        reader = reader_of(request)
        if reader.session is not None:
            readers.sessions.end(reader.session)
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(readers.cookie_name, path="/", httponly=True, samesite="strict")
        return answer

    def _signed_in(request: Request, token: str, name: str | None, following: str) -> Response:
        try:
            operator = readers.operator_with(request, token, name)
        except Refusal as refusal:
            answer = page(request, following, refusal.detail, refusal.status)
            answer.headers.update(refusal.headers)
            return answer
        return _with_session(request, operator, following)

    def _with_session(request: Request, operator: Operator, following: str) -> Response:
        # To a clean address: the token must not stay in the bar, nor be handed on.
        answer = RedirectResponse(following, 303)
        answer.set_cookie(
            readers.cookie_name,
            readers.sessions.begin(operator),
            max_age=LIFETIME_SECONDS,
            path="/",
            secure=readers.secure(request),
            httponly=True,
            samesite="strict",
        )
        return answer

    return router


def own_path(path: str) -> str:
    """`path` when it is one of the cockpit's own, else the first page."""
    return path if _OUR_PATH.fullmatch(path) and not path.startswith((SIGN_IN, "/sign-out")) else "/"


async def _fields(request: Request) -> dict[str, str]:
    body = await request.body()
    try:
        return {name: values[0] for name, values in parse_qs(body.decode("utf-8"), max_num_fields=20).items()}
    except ValueError:
        return {}
