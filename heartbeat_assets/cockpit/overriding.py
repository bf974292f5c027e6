"""What operators say of components over their rules: one door for the pages and for the API.

Whoever says it is signed in, and recorded with the way they came. It must not know how an answer is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.handling import Given, checked
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.security.readers import Reader
from heartbeat_assets.ledger import StaleSubject
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.objectives.status.overrides import StatusProblem, end_override, override

OVERRIDE = ("state", "until", "reason")
END_OVERRIDE = ("reason",)


def overridden(cockpit: Cockpit, reader: Reader, component: str, given: Given) -> None:
    """Says what a component is, over its rules, until an instant. Raises Refusal."""
    checked(given, OVERRIDE)
    spec = _spec_with(cockpit, component)
    try:
        until = datetime.fromisoformat(str(given.get("until") or ""))
    except ValueError:
        raise Refusal(422, "until: must be an instant such as 2026-02-23T16:00:00Z.", field="until") from None
    with _status_refused():
        override(
            cockpit.ledger.journal,
            spec,
            component,
            state=given.get("state") or "",
            until=until,
            actor=reader.actor,
            reason=given.get("reason") or "",
        )
    cockpit.show_decision()


def override_ended(cockpit: Cockpit, reader: Reader, component: str, given: Given) -> None:
    """Lets the rules say again what a component is. Raises Refusal: 409 when nobody says anything over them."""
    checked(given, END_OVERRIDE)
    spec = _spec_with(cockpit, component)
    with _status_refused():
        end_override(cockpit.ledger.journal, spec, component, actor=reader.actor, reason=given.get("reason") or "")
    cockpit.show_decision()


def _spec_with(cockpit: Cockpit, component: str) -> OperationsSpec:
    """The operations that have `component`. Raises Refusal."""
    spec = cockpit.operating.desk().spec
    if spec is None or spec.component(component) is None:
        raise Refusal(404, f"No component is called {component}.")
    return spec


@contextmanager
def _status_refused() -> Iterator[None]:
    try:
        yield
    except StatusProblem as problem:
        said = problem.sentence.rstrip(".")
        if problem.field == "component":
            raise Refusal(409, f"{said[:1].upper()}{said[1:]}.", field="component") from None
        raise Refusal(422, f"{problem.field}: {said}.", field=problem.field) from None
    except StaleSubject:
        raise Refusal(409, "Somebody else was faster. Load the page again, and look at what they said.") from None
