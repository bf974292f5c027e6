"""What the cockpit answers instead of what was asked for, as an exception; `problems` makes the answer of it.

It must not know how an answer is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any


class Refusal(Exception):
    """`detail` says in a sentence what was wrong and what to do; `extra` are further members of the problem."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase


def too_many(wait_seconds: int) -> Refusal:
    """Too many sign-ins failed; the next is looked at in so many seconds."""
    return Refusal(
        429,
        f"Too many sign-ins have failed. Wait {wait_seconds} seconds, then try again.",
        headers={"Retry-After": str(wait_seconds)},
        retry_after=wait_seconds,
    )


def not_signed_in(detail: str = "") -> Refusal:
    """Nobody is signed in, and this is not for everybody."""
    detail = detail or "Sign in first, or send the token of an operator as `Authorization: Bearer TOKEN`."
    return Refusal(401, detail, headers={"WWW-Authenticate": 'Bearer realm="heartbeat cockpit"'})
