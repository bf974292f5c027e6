"""What every request has to keep to before the cockpit looks at it, and the headers of every answer.

1. It names a host of ours: a page elsewhere cannot point its own name at this address and read along.
2. A write comes from a page of ours, and is not larger than a form.
3. A write is made by an operator; by a session or through a proxy it carries that person's CSRF token.
4. Where others than this machine can reach the cockpit, reading needs an operator as well.

It is the outermost layer, around the error handler too. It must not know what the paths mean beyond that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heartbeat_assets.cockpit.refusals import Refusal, not_signed_in
from heartbeat_assets.cockpit.security.headers import secure
from heartbeat_assets.cockpit.security.readers import NOBODY, Reader, Readers

LARGEST_BODY = 65_536
MOST_FIELDS = 100
"""How many fields a form may have."""
SIGN_IN = "/sign-in"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FOR_EVERYBODY = ("/static/", "/healthz")


class Guard:
    """Lets `app` see the requests that keep to the rules; `refuse` makes the answer to the others."""

    def __init__(self, app: ASGIApp, readers: Readers, refuse: Callable[[HTTPConnection, Refusal], Response]) -> None:
        self._app = app
        self._readers = readers
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = scope["method"] == "HEAD"
        scope = {**scope, "method": "GET" if head else scope["method"]}
        scope.setdefault("state", {})["reader"] = NOBODY

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure(MutableHeaders(raw=message.setdefault("headers", [])))
            elif head:
                message = {**message, "body": b""}
            await send(message)

        request = Request(scope, receive)
        if self._readers.secure(request):
            # Else a redirect would lead whoever came by HTTPS to an address without.
            scope["scheme"] = "https"
        try:
            self._check_host(request)
            receive = await self._checked(request, receive)
        except Refusal as refusal:
            await self._refuse(request, refusal)(scope, receive, send_secured)
            return
        await self._app(scope, receive, send_secured)

    def _check_host(self, request: Request) -> None:
        named = request.headers.getlist("host")
        host = _without_port(named[0]) if len(named) == 1 else ""
        if not self._readers.settings.is_ours(host):
            raise Refusal(
                421,
                "This cockpit is not called that. Open it under its own name, or add the name to "
                "HEARTBEAT_COCKPIT_HOSTS.",
            )

    async def _checked(self, request: Request, receive: Receive) -> Receive:
        """Checks the rest and says who asks; returns where the body is to be received from."""
        path, safe = request.url.path, request.method in _SAFE
        if not safe:
            _check_same_origin(request)
            body = await _body(request, receive)
            receive = _replayed(body, receive)
        reader = self._readers.of(request)
        request.state.reader = reader
        if path == SIGN_IN:
            return receive
        if not safe:
            if not reader.signed_in:
                raise not_signed_in()
            self._check_csrf(request, reader, body)
        elif not reader.signed_in and not self._readers.settings.loopback and not path.startswith(_FOR_EVERYBODY):
            raise not_signed_in("Others than this machine reach this cockpit, so reading needs an operator as well.")
        return receive

    def _check_csrf(self, request: Request, reader: Reader, body: bytes) -> None:
        # A token in the Authorization header is never sent by a browser on its own.
        if reader.how == "token":
            return
        given = request.headers.get("x-csrf-token") or _form_field(request, body, "csrf_token")
        if not self._readers.is_csrf_token(given, reader):
            raise Refusal(
                403,
                "The request does not carry this session's CSRF token. Load the page again, and send its token as "
                "X-CSRF-Token.",
            )


def reader_of(request: HTTPConnection) -> Reader:
    """Who makes a request that the guard let through."""
    reader = request.state.reader
    assert isinstance(reader, Reader)
    return reader


def _check_same_origin(request: Request) -> None:
    """A browser says where a write comes from: it must be a page of this host."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    scheme, _, host = (origin or "").lower().partition("://")
    ours = scheme in ("http", "https") and host == request.headers.get("host", "").lower()
    if (origin is not None and not ours) or site not in ("same-origin", "none"):
        raise Refusal(403, "The request comes from another site. Changes are made on the cockpit's own pages.")


async def _body(request: Request, receive: Receive) -> bytes:
    too_large = Refusal(413, f"The request is larger than {LARGEST_BODY:,} bytes.", headers={"Connection": "close"})
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > LARGEST_BODY:
        raise too_large
    body = bytearray()
    while True:
        message: dict[str, Any] = dict(await receive())
        if message["type"] == "http.disconnect":
            raise Refusal(400, "The request ended before it was complete.")
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise too_large
        if not message.get("more_body"):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _form_field(request: Request, body: bytes, name: str) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return ""
    try:
        return parse_qs(body.decode("utf-8"), max_num_fields=MOST_FIELDS).get(name, [""])[0]
    except ValueError:
        return ""


def _without_port(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return (name if colon and port.isdigit() else host.lower()).removesuffix(".")
