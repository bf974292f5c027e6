"""The pages of switches, tripwires and go-live, and what their forms send; they work without a script.

A form that is refused comes back with what was typed and why. They must not decide anything; `deciding` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heartbeat_assets.cockpit.cockpit import Cockpit, TheCockpit, TheReader
from heartbeat_assets.cockpit.deciding import (
    change_switch,
    chosen_tripwires,
    look_at,
    release_frozen,
    state_complete,
)
from heartbeat_assets.cockpit.governance_page import governance_view, tripwire_page_view
from heartbeat_assets.cockpit.message_pages import page_of
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.rendering import render
from heartbeat_assets.cockpit.runbook_page import runbook_view
from heartbeat_assets.cockpit.views import FormView

router = APIRouter(include_in_schema=False)

Fields = Mapping[str, str]


async def _fields(request: Request) -> Fields:
    """What a form sends; the guard has checked that it is one of ours, and how long it is."""
    body = await request.body()
    try:
        sent = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise Refusal(400, "The form cannot be read. Load the page again.") from None
    return {name: values[0] for name, values in sent.items()}


TheFields = Annotated[Fields, Depends(_fields)]


@router.get("/governance")
def governance(request: Request, cockpit: TheCockpit) -> Response:
    return _governance(request, cockpit, FormView(), 200)


@router.get("/governance/tripwires/{name}")
def tripwire(name: str, request: Request, cockpit: TheCockpit) -> Response:
    return _tripwire(request, cockpit, name, FormView(), 200)


@router.get("/runbook")
def runbook(request: Request, cockpit: TheCockpit) -> Response:
    return _runbook(request, cockpit, FormView(), 200)


@router.post("/governance/engage")
def engage(request: Request, cockpit: TheCockpit, reader: TheReader, fields: TheFields) -> Response:
    decide = partial(change_switch, cockpit, reader, fields.get("domain", ""), fields.get("reason"), engage=True)
    return _answered(decide, "/governance", "engage", fields, partial(_governance, request, cockpit))


@router.post("/governance/release")
def release(request: Request, cockpit: TheCockpit, reader: TheReader, fields: TheFields) -> Response:
    name = fields.get("domain", "")
    decide = partial(change_switch, cockpit, reader, name, fields.get("reason"), engage=False)
    return _answered(decide, "/governance", f"release {name}", fields, partial(_governance, request, cockpit))


@router.post("/governance/look")
def look(cockpit: TheCockpit, reader: TheReader, fields: TheFields) -> Response:
    domain, _, metric = fields.get("tripwire", "").partition(".")
    (found, *_) = chosen_tripwires(cockpit, domain, metric)
    look_at(cockpit, reader, [found])
    return RedirectResponse(_address(found.policy.name), 303)


@router.post("/governance/release-baseline")
def release_baseline(request: Request, cockpit: TheCockpit, reader: TheReader, fields: TheFields) -> Response:
    name = fields.get("tripwire", "")
    decide = partial(release_frozen, cockpit, reader, name, fields.get("reason"))
    return _answered(decide, _address(name), f"baseline {name}", fields, partial(_tripwire, request, cockpit, name))


@router.post("/runbook/declare")
def declare(request: Request, cockpit: TheCockpit, reader: TheReader, fields: TheFields) -> Response:
    decide = partial(state_complete, cockpit, reader, fields.get("reason"), complete=True)
    return _answered(decide, "/runbook", "declare", fields, partial(_runbook, request, cockpit))


@router.post("/runbook/withdraw")
def withdraw(request: Request, cockpit: TheCockpit, reader: TheReader, fields: TheFields) -> Response:
    decide = partial(state_complete, cockpit, reader, fields.get("reason"), complete=False)
    return _answered(decide, "/runbook", "withdraw", fields, partial(_runbook, request, cockpit))


def _address(name: str) -> str:
    return f"/governance/tripwires/{quote(name, safe='')}"


def _answered(
    decide: Callable[[], object],
    following: str,
    form: str,
    fields: Fields,
    again: Callable[[FormView, int], Response],
) -> Response:
    """Decides, and leads on to the page `following`; a refusal is shown where `form` stands, `again`."""
    try:
        decide()
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        # The message stands beside the field, so it need not name it.
        problem = refusal.detail.removeprefix("reason: ").removeprefix("domain: ")
        typed = {name: value for name, value in fields.items() if name in ("domain", "reason")}
        return again(FormView(name=form, problem=problem[:1].upper() + problem[1:], values=typed), refusal.status)
    return RedirectResponse(following, 303)


def _governance(request: Request, cockpit: Cockpit, form: FormView, status: int) -> Response:
    return HTMLResponse(render("governance.html", view=governance_view(cockpit, form), page=page_of(request)), status)


def _tripwire(request: Request, cockpit: Cockpit, name: str, form: FormView, status: int) -> Response:
    view = tripwire_page_view(cockpit, name, form)
    return HTMLResponse(render("tripwire.html", view=view, page=page_of(request)), status)


def _runbook(request: Request, cockpit: Cockpit, form: FormView, status: int) -> Response:
    return HTMLResponse(render("runbook.html", view=runbook_view(cockpit, form), page=page_of(request)), status)
