"""What the incident commands ask for: the journal, the project's promises, who acts, and mistakes by their option."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.actor import the_actor
from heartbeat_assets.cli.incidents.words import incident_line
from heartbeat_assets.cli.output import emit, wrapped
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor, Journal
    from heartbeat_assets.objectives.incidents import Incident, Terms

id_argument = click.argument("incident", metavar="ID")
at_option = click.option("--at", metavar="INSTANT", help="When it took place, as 2026-02-23T14:31Z; default: now.")
component_option = click.option(
    "--component", "components", multiple=True, metavar="ID", help="A component that is affected; may be repeated."
)
_ARGUMENTS = {"id": "ID", "title": "TITLE", "item": "ITEM", "text": "TEXT", "actor": "--as", "suggestion": "--from"}


@dataclass(frozen=True)
class Desk:
    """Where incidents are handled: the journal, what was promised, and the components that there are (None: any)."""

    settings: Settings
    journal: Journal
    terms: Terms
    components: list[str] | None
    now: datetime


def the_desk() -> Desk:
    """The project's journal, promises and components. Raises SpecProblem for a wrong file of operations."""
    from heartbeat_assets.ledger import open_ledger
    from heartbeat_assets.objectives.incidents import Terms
    from heartbeat_assets.objectives.operations_file import operations_in

    settings = load_settings()
    found, problems = operations_in(settings)
    if problems:
        raise problems[0]
    terms = found.spec.terms if found else Terms()
    components = [one.id for one in found.spec.components] if found else None
    return Desk(settings, open_ledger(settings.ledger_url).journal, terms, components, datetime.now(UTC))


def change(
    made: Callable[[Desk, Actor], Incident], as_person: str | None, as_json: bool | None, desk: Desk | None = None
) -> None:
    """Makes a change and shows the incident as it is then."""
    from heartbeat_assets.objectives.incidents import incident_record

    at = desk or the_desk()
    with as_usage():
        incident = made(at, the_actor(as_person, at.settings))
    document = incident_record(incident, at.terms, datetime.now(UTC))
    emit(document, lambda: wrapped(incident_line(document)), as_json)


@contextmanager
def as_usage(**spelled: str) -> Iterator[None]:
    """Tells what an incident refuses as wrong usage, by the argument that is wrong; `spelled` are arguments that are
    not called as their field.
    """
    from heartbeat_assets.ledger import StaleSubject
    from heartbeat_assets.objectives.incidents import IncidentProblem

    try:
        yield
    except IncidentProblem as problem:
        option = {**_ARGUMENTS, **spelled}.get(problem.field) or f"--{problem.field.replace('_', '-')}"
        raise UsageProblem(f"{option.replace('--components', '--component')}: {problem.sentence}") from problem
    except StaleSubject as problem:
        raise UsageProblem(f"--if-place: {problem}") from problem


def given(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}
