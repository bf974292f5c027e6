"""Asking a cockpit in this process, as a browser or a program would, from any address and under any name."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import httpx
from fastapi import FastAPI

from heartbeat_assets.cockpit.cockpit import Cockpit

HOST = "127.0.0.1:8420"
ANN, ANN_TOKEN = "ann@example.org", "a-token-of-ann-that-nobody-can-guess"


class Browser:
    """Keeps cookies and does not follow redirects. `peer` is the address that the requests come from."""

    def __init__(self, app: FastAPI, peer: str = "127.0.0.1", host: str = HOST) -> None:
        self.app = app
        self.host = host
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 50_000))
        self._client = httpx.AsyncClient(transport=transport, base_url=f"http://{host}", timeout=30)

    @property
    def cockpit(self) -> Cockpit:
        cockpit = self.app.state.cockpit
        assert isinstance(cockpit, Cockpit)
        return cockpit

    @property
    def cookies(self) -> httpx.Cookies:
        return self._client.cookies

    def ask(self, method: str, path: str, **extra: Any) -> httpx.Response:
        return self._runner.run(self._client.request(method, path, **extra))

    def get(self, path: str, headers: Mapping[str, str] | None = None, **extra: Any) -> httpx.Response:
        return self.ask("GET", path, headers=headers, **extra)

    def sign_in(self, token: str = ANN_TOKEN) -> httpx.Response:
        """Opens the link that was printed."""
        return self.get(f"/sign-in?token={token}")

    def csrf_token(self) -> str:
        """The token that a page has for its scripts."""
        found = re.search(r'<meta name="csrf-token" content="([^"]*)">', self.get("/").text)
        assert found is not None
        return found[1]

    def patch(
        self, metric_id: str, change: Any, if_match: str | None = "*", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Changes a metric as the page does, with the session's token."""
        sent = {"X-CSRF-Token": self.csrf_token(), "Origin": f"http://{self.host}", "Sec-Fetch-Site": "same-origin"}
        sent |= {"If-Match": if_match} if if_match is not None else {}
        path = f"/api/metrics/{metric_id}/verification"
        return self.ask("PATCH", path, json=change, headers=sent | dict(headers or {}))

    def call(self, metric_id: str, change: Any, token: str = ANN_TOKEN, if_match: str = "*") -> httpx.Response:
        """Changes a metric as a program does, with an operator's token."""
        headers = {"Authorization": f"Bearer {token}", "If-Match": if_match}
        return self.ask("PATCH", f"/api/metrics/{metric_id}/verification", json=change, headers=headers)

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """The problem document of an answer, which is one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= document.keys()
    assert document["status"] == answer.status_code
    return document
