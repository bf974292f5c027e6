"""The body of a request as JSON, or a refusal that says why it is none; and how OpenAPI describes one.

It must not know what is in it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from heartbeat_assets.cockpit.refusals import Refusal

JSON = ("application/json",)
"""The kinds of body that most routes take."""
# Python stops at 4,300, with words about its own settings.
_MOST_DIGITS = 400


async def _body(request: Request) -> bytes:
    return await request.body()


TheBody = Annotated[bytes, Depends(_body)]
"""The body as it came, for a route that is no coroutine."""


def described(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A body of that schema, as `openapi_extra` of a route that reads it by itself."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def object_of(request: Request, body: bytes, noun: str, known: Collection[str] = ()) -> dict[str, Any]:
    """The object in `body`, which should be `noun`. Raises Refusal for anything else, and for a field that is not
    `known`; with none known, any field may be there.
    """
    given = json_of(request, body, JSON, noun)
    if not isinstance(given, dict):
        fields = f" with {', '.join(known)}" if known else ""
        raise Refusal(422, f"The body must be an object{fields}.", field="")
    for field in given if known else ():
        if field not in known:
            raise Refusal(422, f"{field}: is not known here; send {', '.join(known)}.", field=field)
    return given


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
