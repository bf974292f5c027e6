"""The pages of status, SLOs, incidents and degraded mode, and what their forms send; they work without a script.

A form that is refused comes back with what was typed and why. They must not decide: `handling` and `overriding` do.
"""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from heartbeat_assets.cockpit.charts import standalone
from heartbeat_assets.cockpit.cockpit import Cockpit, TheCockpit, TheReader
from heartbeat_assets.cockpit.forms import TheForm, answered, first
from heartbeat_assets.cockpit.handling import STEPS, dismissed, opened, stepped
from heartbeat_assets.cockpit.incident_forms import given_of, override_of, updated_of
from heartbeat_assets.cockpit.incidents_page import incident_view, incidents_view
from heartbeat_assets.cockpit.message_pages import page_of
from heartbeat_assets.cockpit.overriding import overridden, override_ended
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.rendering import render
from heartbeat_assets.cockpit.slo_page import budget_chart, burn_chart, course_csv, slo_view, slos_view
from heartbeat_assets.cockpit.status_page import status_view
from heartbeat_assets.cockpit.views import FormView

router = APIRouter(include_in_schema=False)


@router.get("/status")
def status(request: Request, cockpit: TheCockpit) -> Response:
    """How everything stands."""
    return _status(request, cockpit, FormView(), 200)


@router.post("/status/{component}/override")
def override(component: str, request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """A person says what a component is, over its rules."""

    def decide() -> str:
        overridden(cockpit, reader, component, override_of(typed))
        return "/status"

    return answered(decide, f"override {component}", typed, partial(_status, request, cockpit))


@router.post("/status/{component}/end-override")
def end_override(component: str, request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """The rules say it again."""

    def decide() -> str:
        override_ended(cockpit, reader, component, {"reason": first(typed, "reason")})
        return "/status"

    return answered(decide, f"end {component}", typed, partial(_status, request, cockpit))


@router.get("/degraded")
def degraded(request: Request, cockpit: TheCockpit) -> Response:
    """The scenarios, with what to do in each."""
    return HTMLResponse(render("degraded.html", view=status_view(cockpit), page=page_of(request)))


@router.get("/slos")
def slos(request: Request, cockpit: TheCockpit) -> Response:
    """Every SLO, the worst first."""
    return HTMLResponse(render("slos.html", view=slos_view(cockpit), page=page_of(request)))


@router.get("/slos/{name}")
def slo(name: str, request: Request, cockpit: TheCockpit) -> Response:
    """One SLO: its budget, its course and its days."""
    return HTMLResponse(render("slo.html", view=slo_view(cockpit, name), page=page_of(request)))


@router.get("/slos/{name}/budget.svg")
def budget_svg(name: str, cockpit: TheCockpit) -> Response:
    """The chart of the budget, to keep."""
    one = cockpit.slos.of(name)
    return _drawing(budget_chart(one, cockpit.slos.course(one)), name, "budget")


@router.get("/slos/{name}/burn.svg")
def burn_svg(name: str, cockpit: TheCockpit) -> Response:
    """The chart of the burn rate, to keep."""
    one = cockpit.slos.of(name)
    return _drawing(burn_chart(one, cockpit.slos.course(one)), name, "burn")


@router.get("/slos/{name}/budget.csv")
def budget_csv(name: str, cockpit: TheCockpit) -> Response:
    """The points of both charts, to keep."""
    one = cockpit.slos.of(name)
    return _download(course_csv(cockpit.slos.course(one)), "text/csv; charset=utf-8", f"{_plain(name)}-budget.csv")


@router.get("/incidents")
def incidents(request: Request, cockpit: TheCockpit) -> Response:
    """What is open, what is suggested, what is over."""
    return _incidents(request, cockpit, FormView(), 200)


@router.post("/incidents")
def open_one(request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """Opens an incident, from a suggestion or by itself."""
    number = first(typed, "suggestion")
    name = f"open {number}" if number else "open"
    again = partial(_incidents, request, cockpit)
    return answered(lambda: f"/incidents/{opened(cockpit, reader, given_of(typed, 'open')).id}", name, typed, again)


@router.post("/incidents/suggestions/{number}/dismiss")
def dismiss_one(number: int, request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """A person says that a suggestion is no incident."""

    def decide() -> str:
        dismissed(cockpit, reader, number, first(typed, "reason"))
        return "/incidents"

    return answered(decide, f"dismiss {number}", typed, partial(_incidents, request, cockpit))


@router.get("/incidents/{called}")
def incident(called: str, request: Request, cockpit: TheCockpit) -> Response:
    """One incident with its timeline."""
    return _incident(request, cockpit, called, FormView(), 200)


@router.post("/incidents/{called}/{step}")
def step(called: str, step: str, request: Request, cockpit: TheCockpit, reader: TheReader, typed: TheForm) -> Response:
    """Takes a step of STEPS with an incident."""
    if step not in STEPS:
        raise Refusal(404, f"There is nothing at {request.url.path}.")
    item = first(typed, "item")

    def decide() -> str:
        given = updated_of(cockpit, called, typed) if step == "update" else given_of(typed, step)
        return f"/incidents/{stepped(cockpit, reader, called, step, given).id}"

    name = f"{step} {item}" if item else "note" if step == "update" and "title" not in typed else step
    return answered(decide, name, typed, partial(_incident, request, cockpit, called))


def _status(request: Request, cockpit: Cockpit, form: FormView, status: int) -> Response:
    return HTMLResponse(render("status.html", view=status_view(cockpit, form), page=page_of(request)), status)


def _incidents(request: Request, cockpit: Cockpit, form: FormView, status: int) -> Response:
    return HTMLResponse(render("incidents.html", view=incidents_view(cockpit, form), page=page_of(request)), status)


def _incident(request: Request, cockpit: Cockpit, called: str, form: FormView, status: int) -> Response:
    view = incident_view(cockpit, called, form)
    return HTMLResponse(render("incident.html", view=view, page=page_of(request)), status)


def _drawing(drawn: str, name: str, what: str) -> Response:
    if not drawn:
        raise Refusal(404, f"Nothing is known of how the budget of {name} went, so there is nothing to draw.")
    return _download(standalone(drawn), "image/svg+xml", f"{_plain(name)}-{what}.svg")


def _download(text: str, kind: str, name: str) -> Response:
    return Response(text, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _plain(name: str) -> str:
    """A name as a header can hold it."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in name)
