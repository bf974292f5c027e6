"""The body of a request as JSON, or a refusal that says why it is none. It must not know what is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from heartbeat_assets.cockpit.refusals import Refusal

# Python stops at 4,300, with words about its own settings.
_MOST_DIGITS = 400


def json_of(request: Request, body: bytes, kinds: tuple[str, ...], noun: str) -> Any:
    """What `body` says, which should be `noun`. Raises Refusal when its kind is none of `kinds`, or it is no JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in kinds:
        headers = {"Accept-Patch" if request.method == "PATCH" else "Accept-Post": ", ".join(kinds)}
        raise Refusal(415, f"Send {noun} as application/json.", headers=headers)
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_refuse_constant, parse_int=_whole, object_pairs_hook=_without_twins
        )
    except (ValueError, RecursionError) as problem:
        raise Refusal(400, f"The body is not JSON: {problem}.") from None


def _refuse_constant(literal: str) -> Any:
    raise ValueError(f"{literal} is no number")


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has more than {_MOST_DIGITS} digits")
    return int(digits)


def _without_twins(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field is there twice")
    return found
