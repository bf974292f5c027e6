"""`heartbeat switch`: what is stopped, stopping something, and letting it go. It must not decide who may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from heartbeat_assets.cli.actor import actor_option, reason_option, the_actor, the_reason
from heartbeat_assets.cli.common import end, last_rows
from heartbeat_assets.cli.output import emit, json_option, wrapped
from heartbeat_assets.cli.tripwire_words import event_document, events_text, switch_document, switches_text
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from heartbeat_assets.governance.switch import SwitchState
    from heartbeat_assets.ledger import Journal, JournalEvent

name_argument = click.argument("name", metavar="NAME")


@click.group("switch", invoke_without_command=True)
@json_option
@click.pass_context
def switch_command(ctx: click.Context, as_json: bool | None) -> None:
    """List what is stopped; stop a domain or everything (GLOBAL), or let it go again, with a reason.

    \b
    heartbeat switch
    heartbeat switch engage WHOLESALE --reason "contracts are broken since noon"
    heartbeat switch release WHOLESALE --reason "fixed and tried"
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_command, as_json=as_json, strict=False)


@switch_command.command("list")
@click.option("--strict", is_flag=True, help="End with 4 while anything is stopped.")
@json_option
def list_command(strict: bool, as_json: bool | None) -> None:
    """List the switches, the engaged ones first: since when, by whom, why."""
    from heartbeat_assets.governance.switch import GLOBAL

    states = _states(load_settings())
    documents = [switch_document(name, states.get(name)) for name in {GLOBAL, *states}]
    documents.sort(key=lambda one: (not one["engaged"], one["switch"] != GLOBAL, one["switch"]))
    emit(documents, lambda: switches_text(documents), as_json)
    end(strict and any(one["engaged"] for one in documents))


@switch_command.command("engage")
@name_argument
@reason_option
@actor_option
@json_option
def engage_command(name: str, reason: str | None, as_person: str | None, as_json: bool | None) -> None:
    """Stop the domain NAME, or everything with GLOBAL. Guards in product code say no from then on.

    \b
    heartbeat switch engage GLOBAL --reason "payments are lost, reason unknown"
    """
    from heartbeat_assets.governance.switch import engage

    _throw(engage, name, reason, as_person, as_json, "stopped")


@switch_command.command("release")
@name_argument
@reason_option
@actor_option
@json_option
def release_command(name: str, reason: str | None, as_person: str | None, as_json: bool | None) -> None:
    """Let the domain NAME, or everything with GLOBAL, go again. Only a person may, and says why.

    \b
    heartbeat switch release WHOLESALE --reason "the price list is mended"
    """
    from heartbeat_assets.governance.switch import release

    _throw(release, name, reason, as_person, as_json, "released")


@switch_command.command("events")
@name_argument
@click.option("--last", type=last_rows, default=20, show_default=True, metavar="N", help="The newest so many.")
@json_option
def events_command(name: str, last: int, as_json: bool | None) -> None:
    """Show who engaged and released the switch NAME, when and why, oldest first."""
    from heartbeat_assets.governance.switch import switch_name

    with as_usage():
        called = switch_name(name)
    journal = _journal(load_settings())
    events = journal.of("switch", called, limit=last)
    if not events:
        there = ", ".join(journal.subjects("switch"))
        raise UsageProblem(f"{called}: was never engaged; there is {there or 'no switch with a past'}")
    documents = [event_document(event) for event in events]
    emit(documents, lambda: events_text(documents), as_json)


def _throw(
    throw: Callable[..., JournalEvent],
    name: str,
    reason: str | None,
    as_person: str | None,
    as_json: bool | None,
    done: str,
) -> None:
    """Engages or releases, and shows the switch as it is then."""
    from heartbeat_assets.governance.switch import GLOBAL

    settings = load_settings()
    why, actor, journal = the_reason(reason, "--reason"), the_actor(as_person, settings), _journal(settings)
    with as_usage():
        event = throw(journal, name, actor=actor, reason=why)
    what = "Everything" if event.subject == GLOBAL else event.subject
    document = switch_document(event.subject, _states(settings).get(event.subject))
    emit(document, lambda: wrapped(f"{what} is {done}, by {actor.name}: {event.reason}"), as_json)


@contextmanager
def as_usage() -> Iterator[None]:
    """Tells what a switch refuses as wrong usage, by the argument that is wrong."""
    from heartbeat_assets.governance.switch import SwitchProblem

    try:
        yield
    except SwitchProblem as problem:
        option = {"name": "NAME", "reason": "--reason", "actor": "--as"}[problem.field]
        raise UsageProblem(f"{option}: {problem.sentence}") from problem


def _states(settings: Settings) -> dict[str, SwitchState]:
    """Every switch, resting after a release as long as the project's files say."""
    from heartbeat_assets.governance.switch import switch_states
    from heartbeat_assets.governance.tripwires_file import tripwires_in

    return switch_states(_journal(settings), cooldown_of=tripwires_in(settings.defs).cooldown_of)


def _journal(settings: Settings) -> Journal:
    from heartbeat_assets.ledger import open_ledger

    return open_ledger(settings.ledger_url).journal
