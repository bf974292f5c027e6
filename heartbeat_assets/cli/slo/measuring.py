"""`heartbeat slo measure`: measuring now as Dagster does, or as of an earlier instant. It must not judge."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from heartbeat_assets.cli.actor import actor_option, the_actor
from heartbeat_assets.cli.common import end
from heartbeat_assets.cli.output import emit, json_option, progress, wrapped
from heartbeat_assets.cli.slo.common import instant_of, the_room
from heartbeat_assets.cli.slo.listing import fails
from heartbeat_assets.cli.slo.words import Document, slo_document, slos_text


@click.command("measure")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--at", metavar="INSTANT", help="As of then, as 2026-02-08T00:00:00Z; nothing is recorded.")
@click.option("--strict", is_flag=True, help="End with 4 when a budget is exhausted, one burns so fast that it pages, "
              "or one cannot be measured.")  # fmt: skip
@actor_option
@json_option
def measure_command(
    names: tuple[str, ...], at: str | None, strict: bool, as_person: str | None, as_json: bool | None
) -> None:
    """Measure every SLO (or these, or those of a folder) over its sources, and record how it stands.

    The sources are read as they are now. With --at nothing is recorded: what is recorded is about the time it was
    measured.

    \b
    heartbeat slo measure
    heartbeat slo measure api-read-availability --strict
    heartbeat slo measure --at 2026-02-08T00:00:00Z
    """
    from heartbeat_assets.objectives.recording_slos import measured_now, record_measured

    room = the_room()
    now = instant_of("--at", at) if at is not None else datetime.now(UTC)
    if now > datetime.now(UTC):
        raise click.UsageError(f"--at {at}: is yet to come")
    chosen, actor = room.chosen(names), the_actor(as_person, room.settings)
    documents: list[Document] = []
    for folder in room.files.folders.values():
        slos = [slo for owner, slo in chosen if owner is folder]
        for one in measured_now(slos, folder.spec, room.settings, room.ledger, now, progress=progress()):
            event = record_measured(room.ledger.journal, one, folder.name, actor) if at is None else None
            body = one.record()
            document = slo_document(folder, one.slo, body, now, event.seq if event else None)
            documents.append(document | {"figures": body})
    # Of files that nobody asked for by name, a mistake is told all the same: its SLOs were not measured.
    problems = [] if names else [str(problem) for problem in room.files.problems]
    nothing = f"There is no SLO below {room.settings.defs}."
    emit(
        {"slos": documents, "problems": problems},
        lambda: slos_text(documents) if documents else wrapped(nothing),
        as_json,
    )
    if problems:
        raise room.files.problems[0]
    end(strict and any(fails(one["state"], one["severity"]) for one in documents))
