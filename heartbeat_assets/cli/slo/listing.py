"""`heartbeat slo list`: every SLO with what was measured last. It must not measure."""

from __future__ import annotations

import click

from heartbeat_assets.cli.common import end
from heartbeat_assets.cli.output import emit, json_option, wrapped
from heartbeat_assets.cli.slo.common import the_room
from heartbeat_assets.cli.slo.words import of_event, slos_text


@click.command("list")
@click.option(
    "--strict", is_flag=True, help="End with 4 when a budget is exhausted, or one burns so fast that it pages."
)
@json_option
def list_command(strict: bool, as_json: bool | None) -> None:
    """List the SLOs with what is left of their error budgets, as measured last.

    \b
    heartbeat slo list
    heartbeat slo list --strict
    """
    from heartbeat_assets.objectives.records_days import STREAM

    room = the_room()
    newest = room.ledger.journal.newest(STREAM)
    documents = [of_event(folder, slo, newest.get(slo.name)) for folder, slo in room.files.slos()]
    problems = [str(problem) for problem in room.files.problems]

    def people() -> str:
        nothing = f"There is no SLO below {room.settings.defs}."
        blocks = [slos_text(documents) if documents else wrapped(nothing), *map(wrapped, problems)]
        return "\n\n".join(blocks)

    emit({"slos": documents, "problems": problems}, people, as_json)
    end(strict and any(fails(one["state"], one["severity"]) for one in documents))


def fails(state: str | None, severity: str | None) -> bool:
    """Whether a strict command ends with 4 for it."""
    return state in ("EXHAUSTED", "PROBLEM") or severity == "ERROR"
