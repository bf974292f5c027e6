"""What a form sends, and the page that answers it: the next one, or the same with what was typed and why not.

It must not know any form, nor decide; whoever calls it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.security.guard import MOST_FIELDS
from heartbeat_assets.cockpit.views import FormView

Typed = Mapping[str, list[str]]
"""The values of each field."""
_OUR_OWN = ("csrf_token", "place")


async def _typed(request: Request) -> Typed:
    """The guard has checked that the form is one of ours, and how long it is."""
    body = await request.body()
    try:
        return parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refusal(400, "The form cannot be read. Load the page again.") from None


TheForm = Annotated[Typed, Depends(_typed)]
"""What the form of a request sends."""


def first(typed: Typed, name: str) -> str:
    """What is in the field `name`; "" when it is empty or not there."""
    return typed.get(name, [""])[0]


def answered(
    decide: Callable[[], str], form: str, typed: Typed, again: Callable[[FormView, int], Response]
) -> Response:
    """Decides, and leads on to the page it says; a refusal is shown where `form` stands, `again`."""
    try:
        following = decide()
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        wrong = str(refusal.extra.get("field", ""))
        # The message stands beside the field, so it need not name it.
        problem = refusal.detail.removeprefix(f"{wrong}: ")
        kept = {name: " ".join(values) for name, values in typed.items() if name not in _OUR_OWN}
        view = FormView(name=form, problem=problem[:1].upper() + problem[1:], values=kept, wrong=wrong)
        return again(view, refusal.status)
    return RedirectResponse(following, 303)
