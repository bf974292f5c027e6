"""`heartbeat component`: the components, and what a person says over their rules. It must not judge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from heartbeat_assets.cli.actor import actor_option, reason_option, the_actor, the_reason
from heartbeat_assets.cli.output import emit, json_option, wrapped
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Journal
    from heartbeat_assets.objectives.operations_spec import OperationsSpec

_OPTIONS = {"component": "COMPONENT", "state": "STATE", "until": "--until", "reason": "--reason", "actor": "--as"}

component_argument = click.argument("component", metavar="COMPONENT")


@click.group("component", invoke_without_command=True)
@json_option
@click.pass_context
def component_command(ctx: click.Context, as_json: bool | None) -> None:
    """List the components with why they are as they are; or say over the rules how one is, for a time.

    \b
    heartbeat component
    heartbeat component override api_read DEGRADED --for 2h --reason "the provider moves a data centre"
    heartbeat component end-override api_read --reason "the move is done"
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_command, as_json=as_json)
    elif as_json is not None:
        raise UsageProblem("--json or --table: write it behind the subcommand")


@component_command.command("list")
@json_option
def list_command(as_json: bool | None) -> None:
    """List the components, in the order of the file, with every reason."""
    from heartbeat_assets.cli.status_words import mark
    from heartbeat_assets.ledger import open_ledger
    from heartbeat_assets.objectives.operations_now import operations_now

    settings = load_settings()
    found = operations_now(settings, open_ledger(settings.ledger_url)).components

    def people() -> str:
        lines = []
        for one in found:
            lines.append(f"{mark(one.state)}  {one.name} ({one.id})")
            lines += [wrapped(reason, "    ") for reason in one.reasons]
            lines += [f"    That person is {one.override.actor}."] if one.override is not None else []
        return "\n".join(lines)

    emit([one.record() for one in found], people, as_json)


@component_command.command("override")
@component_argument
@click.argument("state", metavar="STATE")
@click.option("--for", "lasts", metavar="DURATION", help="How long it holds: 90m, 36h, 3d; at most 31 days.")
@click.option("--until", metavar="INSTANT", help="In place of --for: until when, as 2026-02-23T16:00:00Z.")
@reason_option
@actor_option
@json_option
def override_command(
    component: str,
    state: str,
    lasts: str | None,
    until: str | None,
    reason: str | None,
    as_person: str | None,
    as_json: bool | None,
) -> None:
    """Show COMPONENT as STATE (OK, DEGRADED, DOWN) for a time, whatever its rules find.

    \b
    heartbeat component override api_write DOWN --for 90m --reason "writes are off while the database is moved"
    """
    from heartbeat_assets.objectives.status.overrides import override

    settings = load_settings()
    now = datetime.now(UTC)
    end = _end(lasts, until, now)
    why, actor = the_reason(reason, "--reason"), the_actor(as_person, settings)
    spec, journal = _room(settings)
    with as_usage():
        event = override(journal, spec, component, state=state, until=end, actor=actor, reason=why, now=now)
    document = {"component": event.subject, **event.body, "actor": event.actor, "reason": event.reason}
    said = f"{event.subject} is shown as {event.body['state']} until {end:%Y-%m-%d %H:%M} UTC, by {event.actor}."
    emit(document, lambda: wrapped(said), as_json)


@component_command.command("end-override")
@component_argument
@reason_option
@actor_option
@json_option
def end_override_command(component: str, reason: str | None, as_person: str | None, as_json: bool | None) -> None:
    """Let the rules of COMPONENT say again how it is.

    \b
    heartbeat component end-override api_write --reason "the database has moved"
    """
    from heartbeat_assets.objectives.status.overrides import end_override

    settings = load_settings()
    why, actor = the_reason(reason, "--reason"), the_actor(as_person, settings)
    spec, journal = _room(settings)
    with as_usage():
        event = end_override(journal, spec, component, actor=actor, reason=why)
    document: dict[str, Any] = {"component": event.subject, **event.body, "actor": event.actor, "reason": event.reason}
    emit(document, lambda: wrapped(f"{event.subject} is as its rules find it, by {event.actor}."), as_json)


@component_command.command("schema")
def schema_command() -> None:
    """Print the JSON schema of an operations' defs.yaml, which explains every field."""
    from heartbeat_assets.objectives.operations_schema import schema_text

    click.echo(schema_text(), nl=False)


@contextmanager
def as_usage() -> Iterator[None]:
    """Tells what is refused as wrong usage, by the argument that is wrong."""
    from heartbeat_assets.objectives.status.overrides import StatusProblem

    try:
        yield
    except StatusProblem as problem:
        raise UsageProblem(f"{_OPTIONS[problem.field]}: {problem.sentence}") from problem


def _end(lasts: str | None, until: str | None, now: datetime) -> datetime:
    from heartbeat_assets.specs.durations import duration_of

    if (lasts is None) == (until is None):
        raise UsageProblem("give --for or --until: nobody says something over the rules for ever")
    try:
        if lasts is not None:
            return now + duration_of(lasts)
    except ValueError as problem:
        raise UsageProblem(f"--for: {problem}") from None
    try:
        found = datetime.fromisoformat(until or "")
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageProblem(f"--until {until!r}: must be an instant such as 2026-02-23T16:00:00Z") from None
    raise UsageProblem(f"--until {until!r}: has no time zone; write Z at the end for UTC")


def _room(settings: Settings) -> tuple[OperationsSpec, Journal]:
    from heartbeat_assets.ledger import open_ledger
    from heartbeat_assets.objectives.operations_file import the_operations

    return the_operations(settings).spec, open_ledger(settings.ledger_url).journal
