"""Who makes a request: an operator by a session, by a token, by the word of a trusted proxy, or nobody.

The proxy's header counts only where it is switched on and only from the named addresses. It must not know paths.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

from starlette.requests import HTTPConnection

from heartbeat_assets.cockpit.refusals import not_signed_in, too_many
from heartbeat_assets.cockpit.security.attempts import Attempts
from heartbeat_assets.cockpit.security.operators import EMAIL, Operator, Operators
from heartbeat_assets.cockpit.security.sessions import Session, Sessions
from heartbeat_assets.cockpit.settings import CockpitSettings
from heartbeat_assets.ledger import Actor

_LONGEST_NAME = 254


@dataclass(frozen=True)
class Reader:
    """Whoever makes a request. `name` is "" for nobody; `csrf_token` is what their writes must carry, if anything."""

    name: str = ""
    how: Literal["", "session", "token", "proxy"] = ""
    csrf_token: str = ""
    session: Session | None = None

    @property
    def signed_in(self) -> bool:
        return bool(self.name)

    @property
    def actor(self) -> Actor:
        """The person as the ledger records them. Only for somebody who is signed in."""
        return Actor(self.name, "person", "api" if self.how == "token" else "cockpit")


NOBODY = Reader()


class Readers:
    """Finds out who makes a request."""

    def __init__(self, settings: CockpitSettings, operators: Operators, sessions: Sessions, attempts: Attempts) -> None:
        self.settings = settings
        self.operators = operators
        self.sessions = sessions
        self.attempts = attempts

    @property
    def cookie_name(self) -> str:
        """Cookies are shared by all ports of a host, so the name has the port in it."""
        return f"heartbeat_cockpit_{self.settings.port}"

    def of(self, request: HTTPConnection) -> Reader:
        """Who makes `request`. Raises Refusal for a token that is nobody's."""
        token = _bearer(request)
        if token is not None:
            return Reader(self.operator_with(request, token).name, "token")
        proxied = self._named_by_proxy(request)
        if proxied:
            return Reader(proxied, "proxy", self.sessions.csrf_token(f"proxy {proxied}"))
        session = self.sessions.read(request.cookies.get(self.cookie_name, ""))
        if session is None or not self.operators.still(session.operator.name, session.operator.fingerprint):
            return NOBODY
        return Reader(session.operator.name, "session", self.sessions.csrf_token(session.session_id), session)

    def operator_with(self, request: HTTPConnection, token: str, name: str | None = None) -> Operator:
        """The operator with `token`. Raises Refusal for none, and after too many failures without looking."""
        address = self.peer(request)
        wait = self.attempts.wait_seconds(address)
        if wait:
            raise too_many(wait)
        operator = self.operators.with_token(token, name)
        if operator is None:
            self.attempts.failed(address)
            raise not_signed_in("This token is nobody's. Check that it is complete, or ask for a new one.")
        return operator

    def is_csrf_token(self, given: str, reader: Reader) -> bool:
        """Whether a write of `reader` that carries `given` comes from a page of the cockpit."""
        subject = reader.session.session_id if reader.session else f"proxy {reader.name}"
        return self.sessions.is_csrf_token(given, subject)

    def peer(self, request: HTTPConnection) -> str:
        """The address of who asks; behind a trusted proxy the one that it saw."""
        peer = request.client.host if request.client else ""
        if not self._is_proxy(peer):
            return peer
        hops = [hop.strip() for line in request.headers.getlist("x-forwarded-for") for hop in line.split(",")]
        return next((hop for hop in reversed(hops) if hop and not self._is_proxy(hop)), peer)

    def secure(self, request: HTTPConnection) -> bool:
        """Whether the browser came by HTTPS, here or at a trusted proxy."""
        peer = request.client.host if request.client else ""
        forwarded = self._is_proxy(peer) and request.headers.get("x-forwarded-proto", "").lower() == "https"
        return forwarded or request.url.scheme == "https"

    def _named_by_proxy(self, request: HTTPConnection) -> str:
        header, peer = self.settings.proxy_header, request.client.host if request.client else ""
        if header is None or not self._is_proxy(peer):
            return ""
        # A second header of that name is one the proxy let through from outside.
        values = request.headers.getlist(header)
        name = values[0].strip() if len(values) == 1 else ""
        return name if len(name) <= _LONGEST_NAME and EMAIL.fullmatch(name) else ""

    def _is_proxy(self, address: str) -> bool:
        if self.settings.proxy_header is None:
            return False
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        return any(parsed in network for network in self.settings.proxies if network.version == parsed.version)


def _bearer(request: HTTPConnection) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
