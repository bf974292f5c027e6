"""The pages of switches, tripwires and go-live, and what their forms send; they work without a script.

A form that is refused comes back with what was typed and why. They must not decide anything; `deciding` does.
"""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heartbeat_assets.cockpit.cockpit import Cockpit, TheCockpit, TheReader
from heartbeat_assets.cockpit.deciding import (
    change_switch,
    look_at,
    release_frozen,
    state_complete,
    tripwire_called,
)
from heartbeat_assets.cockpit.forms import TheForm, Typed, answered, first
from heartbeat_assets.cockpit.governance_page import governance_view, tripwire_page_view
from heartbeat_assets.cockpit.message_pages import page_of
from heartbeat_assets.cockpit.rendering import render
from heartbeat_assets.cockpit.runbook_page import runbook_view
from heartbeat_assets.cockpit.security.readers import Reader
from heartbeat_assets.cockpit.views import FormView

router = APIRouter(include_in_schema=False)


@router.get("/governance")
def governance(request: Request, cockpit: TheCockpit) -> Response:
    """What is stopped, and how the tripwires stand."""
    return _governance(request, cockpit, FormView(), 200)


@router.get("/governance/tripwires/{name}")
def tripwire(name: str, request: Request, cockpit: TheCockpit) -> Response:
    """One tripwire with every look at it."""
    return _tripwire(request, cockpit, name, FormView(), 200)


@router.get("/runbook")
def runbook(request: Request, cockpit: TheCockpit) -> Response:
    """What stands in the way of go-live."""
    return _runbook(request, cockpit, FormView(), 200)


@router.post("/governance/engage")
def engage(request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """Stops a domain, or everything."""

    def decide() -> str:
        change_switch(cockpit, reader, first(typed, "domain"), first(typed, "reason"), engage=True)
        return "/governance"

    return answered(decide, "engage", typed, partial(_governance, request, cockpit))


@router.post("/governance/release")
def release(request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """Lets it go on."""
    name = first(typed, "domain")

    def decide() -> str:
        change_switch(cockpit, reader, name, first(typed, "reason"), engage=False)
        return "/governance"

    return answered(decide, f"release {name}", typed, partial(_governance, request, cockpit))


@router.post("/governance/look")
def look(cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """Looks at one tripwire now, and acts on nothing."""
    found = tripwire_called(cockpit, first(typed, "tripwire"))
    look_at(cockpit, reader, [found])
    return RedirectResponse(_address(found.policy.name), 303)


@router.post("/governance/release-baseline")
def release_baseline(request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """Lets the baseline of a tripwire move again."""
    name = first(typed, "tripwire")

    def decide() -> str:
        release_frozen(cockpit, reader, name, first(typed, "reason"))
        return _address(name)

    return answered(decide, f"baseline {name}", typed, partial(_tripwire, request, cockpit, name))


@router.post("/runbook/declare")
def declare(request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """A person says that the backend is complete."""
    return _stated(request, cockpit, reader, typed, "declare", complete=True)


@router.post("/runbook/withdraw")
def withdraw(request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """A person takes that back."""
    return _stated(request, cockpit, reader, typed, "withdraw", complete=False)


def _stated(request: Request, cockpit: Cockpit, reader: Reader, typed: Typed, form: str, *, complete: bool) -> Response:
    def decide() -> str:
        state_complete(cockpit, reader, first(typed, "reason"), complete=complete)
        return "/runbook"

    return answered(decide, form, typed, partial(_runbook, request, cockpit))


def _address(name: str) -> str:
    return f"/governance/tripwires/{quote(name, safe='')}"


def _governance(request: Request, cockpit: Cockpit, form: FormView, status: int) -> Response:
    return HTMLResponse(render("governance.html", view=governance_view(cockpit, form), page=page_of(request)), status)


def _tripwire(request: Request, cockpit: Cockpit, name: str, form: FormView, status: int) -> Response:
    view = tripwire_page_view(cockpit, name, form)
    return HTMLResponse(render("tripwire.html", view=view, page=page_of(request)), status)


def _runbook(request: Request, cockpit: Cockpit, form: FormView, status: int) -> Response:
    return HTMLResponse(render("runbook.html", view=runbook_view(cockpit, form), page=page_of(request)), status)
