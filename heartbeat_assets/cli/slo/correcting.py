"""`heartbeat slo correct` and `withdraw`: what people say of measured time afterwards. Nothing measured is changed."""

from __future__ import annotations

import click

from heartbeat_assets.cli.actor import actor_option, reason_option, the_actor, the_reason
from heartbeat_assets.cli.output import emit, json_option, wrapped
from heartbeat_assets.cli.slo.common import as_usage, instant_of, name_argument, the_room
from heartbeat_assets.cli.tripwire_words import event_document
from heartbeat_assets.errors import UsageProblem


@click.command("correct")
@name_argument
@click.option("--from", "start", metavar="INSTANT", required=True, help="From when on, as 2026-02-08T22:00:00Z.")
@click.option("--to", "end", metavar="INSTANT", required=True, help="Up to, not including, when.")
@click.option("--good", type=click.IntRange(min=0), help="With --total: how many events were good in that time.")
@click.option("--total", type=click.IntRange(min=0), help="How many events there were in that time.")
@reason_option
@actor_option
@json_option
def correct_command(
    name: str,
    start: str,
    end: str,
    good: int | None,
    total: int | None,
    reason: str | None,
    as_person: str | None,
    as_json: bool | None,
) -> None:
    """Take a time out of the SLO NAME, or say with --good and --total what it came to.

    It counts from the next measurement on. What was measured stays beside it; a correction takes the whole buckets that
    it touches.

    \b
    heartbeat slo correct api-read-availability --from 2026-02-08T22:00:00Z --to 2026-02-08T23:00:00Z \\
      --reason "load test of our own"
    """
    from heartbeat_assets.objectives.correcting import correct

    room = the_room()
    _, slo = room.one(name)
    why = the_reason(reason, "--reason")
    if (good is None) != (total is None):
        raise UsageProblem("--good and --total belong together; give both, or neither to take the time out")
    with as_usage():
        event = correct(
            room.ledger.journal,
            slo.name,
            start=instant_of("--from", start),
            end=instant_of("--to", end),
            actor=the_actor(as_person, room.settings),
            reason=why,
            kind="exclude" if total is None else "set",
            good=good or 0,
            total=total or 0,
        )
    said = f"{slo.name}: correction #{event.seq} counts from the next measurement on."
    emit(event_document(event), lambda: wrapped(said), as_json)


@click.command("withdraw")
@name_argument
@click.argument("number", metavar="NUMBER")
@reason_option
@actor_option
@json_option
def withdraw_command(name: str, number: str, reason: str | None, as_person: str | None, as_json: bool | None) -> None:
    """Take correction NUMBER of the SLO NAME back, so that what was measured counts again.

    \b
    heartbeat slo withdraw api-read-availability 17 --reason "it was another day"
    """
    from heartbeat_assets.objectives.correcting import withdraw

    room = the_room()
    _, slo = room.one(name)
    why = the_reason(reason, "--reason")
    digits = number.removeprefix("#")
    if not digits.isdecimal():
        raise UsageProblem(f"NUMBER {number!r}: give the number of a correction, as `heartbeat slo show {name}` has it")
    with as_usage():
        event = withdraw(
            room.ledger.journal, slo.name, int(digits), actor=the_actor(as_person, room.settings), reason=why
        )
    said = f"{slo.name}: correction #{event.cause} is withdrawn; what was measured counts from the next time on."
    emit(event_document(event), lambda: wrapped(said), as_json)
