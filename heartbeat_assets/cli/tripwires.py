"""`heartbeat tripwires`: what the tripwires say, and looking now. It must not judge; `governance` does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.actor import actor_option, reason_option, the_actor, the_reason
from heartbeat_assets.cli.common import end, last_rows
from heartbeat_assets.cli.output import emit, json_option, progress, table, wrapped
from heartbeat_assets.cli.switch import as_usage
from heartbeat_assets.cli.tripwire_room import Room, the_room
from heartbeat_assets.cli.tripwire_words import event_document, events_text, tripwire_document, tripwires_text

if TYPE_CHECKING:
    from heartbeat_assets.governance.policy import TripwirePolicy
    from heartbeat_assets.ledger import Actor, JournalEvent

_FAILS = ("TRIGGERED", "PROBLEM")
name_argument = click.argument("name", metavar="NAME")


@click.group("tripwires", invoke_without_command=True)
@json_option
@click.pass_context
def tripwires_command(ctx: click.Context, as_json: bool | None) -> None:
    """List the tripwires with their newest outcomes; or look now, show one, release a baseline.

    \b
    heartbeat tripwires
    heartbeat tripwires look --strict
    heartbeat tripwires show WHOLESALE.contract_rate
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_command, as_json=as_json)


@tripwires_command.command("list")
@json_option
def list_command(as_json: bool | None) -> None:
    """List every tripwire with what it said last. It looks at no event."""
    from heartbeat_assets.governance.evaluation import LOOKS
    from heartbeat_assets.governance.look import STREAM

    room = the_room()
    newest = room.ledger.journal.newest(STREAM, kinds=LOOKS)
    documents = [tripwire_document(policy, folder, newest.get(policy.name)) for folder, policy in room.policies]
    problems = [str(problem) for problem in room.files.problems]

    def people() -> str:
        nothing = f"There is no tripwire below {room.settings.defs}."
        blocks = [tripwires_text(documents) if documents else wrapped(nothing), *map(wrapped, problems)]
        return "\n\n".join(blocks)

    emit({"tripwires": documents, "problems": problems}, people, as_json)


@tripwires_command.command("look")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--act", "acts", is_flag=True, help="Throw the switches that the outcomes call for.")
@click.option("--strict", is_flag=True, help="End with 4 when one triggers, or its events cannot be compared.")
@actor_option
@json_option
def look_command(names: tuple[str, ...], acts: bool, strict: bool, as_person: str | None, as_json: bool | None) -> None:
    """Look now at every enabled tripwire (or these, or those of a domain) and record what they say.

    Only with --act is anything stopped, as Dagster does it: once an evaluation.

    \b
    heartbeat tripwires look
    heartbeat tripwires look WHOLESALE --act --strict
    """
    room = the_room()
    actor, chosen, step = the_actor(as_person, room.settings), room.chosen(names), progress()
    documents = []
    for folder, policy in chosen:
        step(f"{policy.name} ...")
        documents.append(_looked(room, folder, policy, actor))
    # What was not looked at is left alone, though it may be in the same file.
    actions = _acted(room, {policy.name for _, policy in chosen}, actor) if acts else []
    # Of files that nobody asked for by name, a mistake is told all the same: its tripwires did not look.
    problems = [] if names else [str(problem) for problem in room.files.problems]
    document = {"tripwires": documents, "actions": actions, "problems": problems}
    emit(document, lambda: _look_people(document, acts), as_json)
    if problems:
        raise room.files.problems[0]
    end(strict and any(one["outcome"] in _FAILS for one in documents))


def _looked(room: Room, folder: str, policy: TripwirePolicy, actor: Actor) -> dict[str, Any]:
    """One look. What only this one stumbles over is its own problem; a ledger that is away is everybody's."""
    from heartbeat_assets.governance.look import look
    from heartbeat_assets.ledger import LedgerError

    try:
        event = look(policy, room.ledger, now=datetime.now(UTC), actor=actor).event
    except LedgerError:
        raise
    except Exception as fault:
        if os.environ.get("HEARTBEAT_DEBUG"):
            raise
        sentence = f"{policy.name} could not be looked at: {type(fault).__name__}: {fault}"
        nothing = tripwire_document(policy, folder, None)
        return {**nothing, "outcome": "PROBLEM", "sentence": sentence, "figures": None}
    return {**tripwire_document(policy, folder, event), "figures": event.body}


def _acted(room: Room, names: set[str], actor: Actor) -> list[dict[str, Any]]:
    from heartbeat_assets.governance.actuator import act

    return [
        {"tripwire": one.tripwire, "switch": one.switch, "done": one.done, "sentence": one.sentence}
        for spec in room.files.specs.values()
        for one in act(spec.only(names), room.ledger, now=datetime.now(UTC), actor=actor)
    ]


def _look_people(document: dict[str, Any], acts: bool) -> str:
    if not document["tripwires"]:
        return "No tripwire is enabled."
    blocks = [tripwires_text(document["tripwires"])]
    done = [wrapped(one["sentence"]) for one in document["actions"] if one["done"] != "nothing"]
    blocks += done or (["No switch was to be thrown."] if acts else [])
    called = [one for one in document["tripwires"] if one["outcome"] == "TRIGGERED" and one["action"] != "notify"]
    if called and not acts:
        blocks.append(wrapped("Nothing was stopped: this was a look. With --act the switches are thrown."))
    return "\n\n".join(blocks)


@tripwires_command.command("show")
@name_argument
@click.option("--last", type=last_rows, default=10, show_default=True, metavar="N", help="The newest so many looks.")
@json_option
def show_command(name: str, last: int, as_json: bool | None) -> None:
    """Show the policy of the tripwire NAME, and what it said so far, oldest first."""
    from heartbeat_assets.governance.look import STREAM
    from heartbeat_assets.governance.policy import spelled_name

    room = the_room()
    found, called = room.one(name), spelled_name(name)
    events = room.ledger.journal.of(STREAM, called, limit=last)
    document = {
        "name": called,
        "folder": found[0] if found else None,
        "policy": found[1].model_dump(mode="json") if found else None,
        "events": [event_document(event) for event in events],
    }
    emit(document, lambda: _show_people(document, events), as_json)


def _show_people(document: dict[str, Any], events: Sequence[JournalEvent]) -> str:
    policy = document["policy"]
    about = (
        table(["field", "value"], [[field, str(value)] for field, value in policy.items()])
        if policy
        else wrapped(f"{document['name']} is in no file any more; this is its past.")
    )
    past = events_text(document["events"]) if events else "It has not been looked at yet."
    return f"{about}\n\n{past}"


@tripwires_command.command("release-baseline")
@name_argument
@reason_option
@actor_option
@json_option
def release_baseline_command(name: str, reason: str | None, as_person: str | None, as_json: bool | None) -> None:
    """Let the frozen baseline of the tripwire NAME go: the next look compares with the newest events before it.

    Do this when the metric has a new normal that you accept. It releases no switch.

    \b
    heartbeat tripwires release-baseline WHOLESALE.contract_rate --reason "new price list since May"
    """
    from heartbeat_assets.governance.look import release_baseline
    from heartbeat_assets.governance.policy import spelled_name

    room = the_room()
    room.one(name)
    why, called = the_reason(reason, "--reason"), spelled_name(name)
    with as_usage():
        event = release_baseline(room.ledger, called, the_actor(as_person, room.settings), why)
    said = f"{called}: the baseline is released; the next look takes the newest events before its own."
    emit(event_document(event), lambda: wrapped(said), as_json)


@tripwires_command.command("schema")
def schema_command() -> None:
    """Print the JSON schema of a defs.yaml of tripwires, which editors complete and explain from.

    \b
    heartbeat tripwires schema > heartbeat_assets/defs/tripwires.schema.json
    """
    from heartbeat_assets.governance.schema import schema_text

    click.echo(schema_text(), nl=False)
