"""`heartbeat incident list`: the incidents, those that are not over first. It must not change one."""

from __future__ import annotations

import click

from heartbeat_assets.cli.common import end, last_rows
from heartbeat_assets.cli.incidents.common import the_desk
from heartbeat_assets.cli.incidents.words import list_text
from heartbeat_assets.cli.output import emit, json_option, wrapped


@click.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that are not resolved.")
@click.option("--severity", type=click.IntRange(1, 3), help="Only those of this severity.")
@click.option("--component", metavar="ID", help="Only those that this component is in.")
@click.option("--last", type=last_rows, default=50, show_default=True, metavar="N", help="The newest so many.")
@click.option("--strict", is_flag=True, help="End with 4 while one is not resolved.")
@json_option
def list_command(
    only_open: bool, severity: int | None, component: str | None, last: int, strict: bool, as_json: bool | None
) -> None:
    """List the incidents, those that are not over first, then the newest.

    \b
    heartbeat incident list --open
    heartbeat incident list --severity 1 --last 10
    """
    from heartbeat_assets.objectives.incidents import incident_record, incidents

    desk = the_desk()
    found = incidents(desk.journal)
    chosen = [
        one
        for one in found
        if (not only_open or not one.is_over)
        and severity in (None, one.severity)
        and (component is None or component in one.components)
    ]
    shown = sorted(chosen, key=lambda one: one.is_over)[:last]
    documents = [incident_record(one, desk.terms, desk.now) for one in shown]
    nothing = "There is no such incident." if found else "There was no incident yet."
    emit(documents, lambda: list_text(documents) if documents else wrapped(nothing), as_json)
    end(strict and any(not one.is_over for one in chosen))
