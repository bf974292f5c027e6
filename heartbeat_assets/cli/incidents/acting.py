"""`heartbeat incident action`: what is to be done so that it does not happen again. It must not do any of it."""

from __future__ import annotations

import click

from heartbeat_assets.cli.actor import actor_option, reason_option, the_reason
from heartbeat_assets.cli.common import end
from heartbeat_assets.cli.incidents.common import at_option, change, id_argument, the_desk
from heartbeat_assets.cli.incidents.words import actions_text
from heartbeat_assets.cli.output import emit, json_option, wrapped


@click.group("action")
def action_command() -> None:
    """Add an action item to an incident, finish one, or list what is left to do.

    \b
    heartbeat incident action add INC-20260223-001 "alert on a lost index" --owner ana@example.org --due 2026-03-06
    heartbeat incident action done INC-20260223-001 A1 --reason "alert is live"
    heartbeat incident action list --overdue
    """


@action_command.command("add")
@id_argument
@click.argument("text", metavar="TEXT")
@click.option("--owner", metavar="OWNER", required=True, help="Who does it: an e-mail address or team:name.")
@click.option("--due", metavar="DATE", help="The last day for it, as 2026-03-06.")
@actor_option
@json_option
def add_command(
    incident: str, text: str, owner: str, due: str | None, as_person: str | None, as_json: bool | None
) -> None:
    """Add an action item to the incident ID.

    \b
    heartbeat incident action add INC-20260223-001 "alert on a lost index" --owner team:data --due 2026-03-06
    """
    from heartbeat_assets.objectives.incidents import add_action

    change(
        lambda desk, actor: add_action(desk.journal, incident, text=text, owner=owner, due=due, actor=actor),
        as_person,
        as_json,
    )


@action_command.command("done")
@id_argument
@click.argument("item", metavar="ITEM")
@reason_option
@at_option
@actor_option
@json_option
def done_command(
    incident: str, item: str, reason: str | None, at: str | None, as_person: str | None, as_json: bool | None
) -> None:
    """Say that ITEM of the incident ID is done, or why it will not be.

    \b
    heartbeat incident action done INC-20260223-001 A1 --reason "alert is live"
    """
    from heartbeat_assets.objectives.incidents import finish_action

    why = the_reason(reason, "--reason")
    change(
        lambda desk, actor: finish_action(desk.journal, incident, item, actor=actor, reason=why, at=at),
        as_person,
        as_json,
    )


@action_command.command("list")
@click.option("--overdue", is_flag=True, help="Only those whose day is over.")
@click.option("--strict", is_flag=True, help="End with 4 while one is overdue.")
@json_option
def list_command(overdue: bool, strict: bool, as_json: bool | None) -> None:
    """List the action items that are not done, of all incidents, the next due first.

    \b
    heartbeat incident action list --overdue --strict
    """
    from heartbeat_assets.objectives.incidents import incidents, open_actions

    desk = the_desk()
    today = desk.terms.business_hours.day_of(desk.now)
    documents = [
        {"incident": incident.id, **item.record(today)} for incident, item in open_actions(incidents(desk.journal))
    ]
    shown = [one for one in documents if one["overdue"] or not overdue]
    nothing = "No action item is overdue." if overdue else "No action item is left to do."
    emit(shown, lambda: actions_text(shown) if shown else wrapped(nothing), as_json)
    end(strict and any(one["overdue"] for one in documents))
