"""`heartbeat incident open`: a new incident, also one that a rule suggested. It must not decide what is one."""

from __future__ import annotations

import click

from heartbeat_assets.cli.actor import actor_option
from heartbeat_assets.cli.incidents.common import Desk, change, component_option, the_desk
from heartbeat_assets.cli.output import json_option
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.ledger import Actor
from heartbeat_assets.objectives.incidents import Incident, Suggestion


@click.command("open")
@click.argument("title", metavar="[TITLE]", required=False)
@click.option("--severity", type=click.IntRange(1, 3), help="1 is the worst, 3 the least.")
@click.option("--impact", metavar="TEXT", help="Who feels it, and how.")
@component_option
@click.option("--started-at", metavar="INSTANT", help="Since when it is felt, as 2026-02-23T14:31Z; default: now.")
@click.option("--detected-at", metavar="INSTANT", help="Since when somebody knew: clocks start there; default: now.")
@click.option("--from", "number", type=int, metavar="NUMBER", help="The suggestion it is; gives what you leave out.")
@click.option("--reason", metavar="TEXT", help="Why it is an incident; default: the title.")
@actor_option
@json_option
def open_command(
    title: str | None,
    severity: int | None,
    impact: str | None,
    components: tuple[str, ...],
    started_at: str | None,
    detected_at: str | None,
    number: int | None,
    reason: str | None,
    as_person: str | None,
    as_json: bool | None,
) -> None:
    """Open an incident. It gets the next id of the day (UTC), such as INC-20260223-001.

    \b
    heartbeat incident open "API answers 503" --severity 1 --impact "nobody can read deals" --component api_read
    heartbeat incident open --from 412
    """
    from heartbeat_assets.objectives.incidents import open_incident

    desk = the_desk()
    suggestion = _suggestion(desk, number)
    what = title if title is not None else suggestion.title if suggestion else None
    level = severity if severity is not None else suggestion.severity if suggestion else None
    felt = impact if impact is not None else suggestion.impact if suggestion else None
    for option, value in (("TITLE", what), ("--severity", level), ("--impact", felt)):
        if value is None:
            raise UsageProblem(f"{option} is required, unless --from names a suggestion")

    def made(at: Desk, actor: Actor) -> Incident:
        return open_incident(
            at.journal,
            title=what or "",
            severity=level or 0,
            impact=felt or "",
            components=components or (suggestion.components if suggestion else ()),
            started_at=started_at,
            detected_at=detected_at,
            reason=reason or "",
            suggestion=number,
            actor=actor,
            known_components=at.components,
        )

    change(made, as_person, as_json, desk)


def _suggestion(desk: Desk, number: int | None) -> Suggestion | None:
    """That one while nobody has decided about it; what is wrong with another one is told when it is opened."""
    from heartbeat_assets.objectives.incidents import IncidentProblem, suggestion_called

    if number is None:
        return None
    try:
        return suggestion_called(desk.journal, number)
    except IncidentProblem as problem:
        raise UsageProblem(f"--from: {problem.sentence}") from problem
