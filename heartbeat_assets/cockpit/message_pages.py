"""Pages that only say something: what went wrong and what to do, and the sign-in. They must not need the ledger."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heartbeat_assets.cockpit.cockpit import Cockpit, cockpit_of
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.rendering import render
from heartbeat_assets.cockpit.security.guard import reader_of
from heartbeat_assets.cockpit.security.readers import NOBODY, Reader
from heartbeat_assets.cockpit.security.signing_in import FORM_SUBJECT
from heartbeat_assets.cockpit.views import MessageView, PageView, SignInView

_TITLES = {
    400: "The request cannot be read",
    401: "Sign in first",
    403: "Refused",
    404: "There is nothing here",
    405: "That cannot be done here",
    413: "That is too large",
    421: "This cockpit has another name",
    422: "That cannot be shown",
    429: "Too many sign-ins have failed",
    500: "The cockpit made a mistake",
    503: "The ledger cannot be reached",
}
_HOME = ("All metrics", "/")
_LANES = ("All lanes", "/lanes")


def page_of(request: HTTPConnection) -> PageView:
    """What is around the page that `request` asks for."""
    reader = _reader(request)
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return cockpit_of(request).page_view(path, reader.name, reader.csrf_token)


def refusal_page(request: HTTPConnection, refusal: Refusal) -> Response:
    """The page of a refusal; where a sign-in is all that is missing, the way to it."""
    cockpit = cockpit_of(request)
    # Who reads is sent to the form; a write that came without a session is told so, as it cannot be repeated there.
    if refusal.status == 401 and request.scope["method"] == "GET" and cockpit.settings.proxy_header is None:
        page = page_of(request)
        return RedirectResponse(f"/sign-in?{urlencode({'next': page.path})}", 303)
    view = MessageView(
        status=refusal.status,
        title=_TITLES.get(refusal.status, refusal.title),
        sentences=(refusal.detail, *_advice(refusal.status, cockpit)),
        command="heartbeat doctor" if refusal.status == 503 else "",
        # While the ledger is away both would say the same.
        links=(("Try again", request.url.path),) if refusal.status == 503 else (_HOME, _LANES),
    )
    text = render("message.html", view=view, page=page_of(request))
    return HTMLResponse(text, refusal.status, headers=refusal.headers)


def sign_in_page(request: HTTPConnection, following: str, problem: str, status: int) -> Response:
    """The form; `problem` says why the last attempt failed."""
    cockpit = cockpit_of(request)
    wrong = cockpit.readers.operators.problem
    if wrong is not None and not problem:
        problem = "The operators file cannot be used, so nobody in it can sign in: see the cockpit's log."
    view = SignInView(
        next=following,
        problem=problem,
        form_token=cockpit.readers.sessions.csrf_token(FORM_SUBJECT),
    )
    # Its own address may have a token in it, which is not to be handed on as the place to go to afterwards.
    page = replace(page_of(request), path=following)
    return HTMLResponse(render("sign_in.html", view=view, page=page), status)


def _reader(request: HTTPConnection) -> Reader:
    return reader_of(request) if "reader" in request.scope.get("state", {}) else NOBODY


def _advice(status: int, cockpit: Cockpit) -> tuple[str, ...]:
    if status == 503:
        return (
            "Nothing is lost: what was recorded stays recorded, and the pipeline keeps what it computed until the "
            "ledger is back. This page works again by itself as soon as it is.",
            "Check that the database runs and that HEARTBEAT_LEDGER_URL names it.",
        )
    if status == 401 and cockpit.settings.proxy_header is not None:
        return ("Here the proxy in front of the cockpit says who you are: sign in there.",)
    return ()
