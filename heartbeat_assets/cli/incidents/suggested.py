"""`heartbeat incident suggestions` and `dismiss`: what rules think is an incident. It must not look at a rule."""

from __future__ import annotations

import click

from heartbeat_assets.cli.actor import actor_option, reason_option, the_actor, the_reason
from heartbeat_assets.cli.common import end
from heartbeat_assets.cli.incidents.common import as_usage, the_desk
from heartbeat_assets.cli.incidents.words import suggestions_text
from heartbeat_assets.cli.output import emit, json_option, wrapped


@click.command("suggestions")
@click.option("--strict", is_flag=True, help="End with 4 while nobody has decided about one.")
@json_option
def suggestions_command(strict: bool, as_json: bool | None) -> None:
    """List what rules suggest and nobody has decided about, the newest first.

    \b
    heartbeat incident suggestions
    heartbeat incident open --from 412
    heartbeat incident dismiss 412 --reason "a load test"
    """
    from heartbeat_assets.objectives.incidents import suggestions

    documents = [one.record() for one in suggestions(the_desk().journal)]
    emit(documents, lambda: suggestions_text(documents) if documents else wrapped("No rule suggests one."), as_json)
    end(strict and bool(documents))


@click.command("dismiss")
@click.argument("number", metavar="NUMBER", type=int)
@reason_option
@actor_option
@json_option
def dismiss_command(number: int, reason: str | None, as_person: str | None, as_json: bool | None) -> None:
    """Say that the suggestion NUMBER is no incident; its rule is quiet for a while.

    \b
    heartbeat incident dismiss 412 --reason "a load test"
    """
    from heartbeat_assets.objectives.incidents import dismiss, rule_of

    why, desk = the_reason(reason, "--reason"), the_desk()
    actor = the_actor(as_person, desk.settings)
    with as_usage(suggestion="NUMBER"):
        event = dismiss(desk.journal, number, actor=actor, reason=why)
    document = {
        "suggestion": number,
        "rule": rule_of(event),
        "dismissed_by": event.actor,
        "reason": event.reason,
        "at": event.at.isoformat(),
    }
    emit(document, lambda: wrapped(f"{document['rule']} is dismissed by {event.actor}: {event.reason}"), as_json)
