"""`heartbeat incident acknowledge`, `mitigate`, `resolve` and `reopen`. It must not decide which may follow which."""

from __future__ import annotations

import click

from heartbeat_assets.cli.actor import actor_option, reason_option, the_reason
from heartbeat_assets.cli.incidents.common import at_option, change, id_argument
from heartbeat_assets.cli.output import json_option


@click.command("acknowledge")
@id_argument
@click.option("--reason", metavar="TEXT", help="What you will do; kept for ever in the journal.")
@at_option
@actor_option
@json_option
def acknowledge_command(
    incident: str, reason: str | None, at: str | None, as_person: str | None, as_json: bool | None
) -> None:
    """Take the incident ID on.

    \b
    heartbeat incident acknowledge INC-20260223-001 --reason "looking at the proxies"
    """
    from heartbeat_assets.objectives.incidents import acknowledge

    change(
        lambda desk, actor: acknowledge(desk.journal, incident, actor=actor, reason=reason or "", at=at),
        as_person,
        as_json,
    )


@click.command("mitigate")
@id_argument
@reason_option
@at_option
@actor_option
@json_option
def mitigate_command(
    incident: str, reason: str | None, at: str | None, as_person: str | None, as_json: bool | None
) -> None:
    """Say that the incident ID is not felt any more; --reason says what was done.

    \b
    heartbeat incident mitigate INC-20260223-001 --reason "rolled back to 1.4"
    """
    from heartbeat_assets.objectives.incidents import mitigate

    why = the_reason(reason, "--reason")
    change(lambda desk, actor: mitigate(desk.journal, incident, actor=actor, reason=why, at=at), as_person, as_json)


@click.command("resolve")
@id_argument
@reason_option
@at_option
@click.option("--ended-at", metavar="INSTANT", help="Until when it was felt; default: what was said, else --at.")
@click.option("--rca", metavar="TEXT", help="The cause; may follow later with `update`.")
@actor_option
@json_option
def resolve_command(
    incident: str,
    reason: str | None,
    at: str | None,
    ended_at: str | None,
    rca: str | None,
    as_person: str | None,
    as_json: bool | None,
) -> None:
    """Say that the incident ID is over.

    \b
    heartbeat incident resolve INC-20260223-001 --reason "quiet for an hour" --rca "a lost index"
    """
    from heartbeat_assets.objectives.incidents import resolve

    why = the_reason(reason, "--reason")
    change(
        lambda desk, actor: resolve(desk.journal, incident, actor=actor, reason=why, at=at, ended_at=ended_at, rca=rca),
        as_person,
        as_json,
    )


@click.command("reopen")
@id_argument
@reason_option
@at_option
@actor_option
@json_option
def reopen_command(
    incident: str, reason: str | None, at: str | None, as_person: str | None, as_json: bool | None
) -> None:
    """Say that the incident ID was not over, or is back. Its clock of mitigation starts again.

    \b
    heartbeat incident reopen INC-20260223-001 --reason "503 again since 16:00"
    """
    from heartbeat_assets.objectives.incidents import reopen

    why = the_reason(reason, "--reason")
    change(lambda desk, actor: reopen(desk.journal, incident, actor=actor, reason=why, at=at), as_person, as_json)
