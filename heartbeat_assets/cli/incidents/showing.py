"""`heartbeat incident show`: everything about one. It must not change it."""

from __future__ import annotations

import click

from heartbeat_assets.cli.incidents.common import as_usage, id_argument, the_desk
from heartbeat_assets.cli.incidents.words import show_text
from heartbeat_assets.cli.output import emit, json_option


@click.command("show")
@id_argument
@json_option
def show_command(incident: str, as_json: bool | None) -> None:
    """Show the incident ID: state, clocks, action items and its timeline.

    \b
    heartbeat incident show INC-20260223-001
    """
    from heartbeat_assets.objectives.incidents import incident_called, incident_record

    desk = the_desk()
    with as_usage():
        found = incident_called(desk.journal, incident)
    document = incident_record(found, desk.terms, desk.now)
    emit(document, lambda: show_text(document), as_json)
