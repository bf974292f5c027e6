"""`heartbeat incident figures`: mean times over the last days. It must not compute them."""

from __future__ import annotations

from datetime import timedelta

import click

from heartbeat_assets.cli.incidents.common import the_desk
from heartbeat_assets.cli.incidents.words import figures_text
from heartbeat_assets.cli.output import emit, json_option


@click.command("figures")
@click.option("--days", type=click.IntRange(1, 36_500), default=90, show_default=True, help="The last so many days.")
@json_option
def figures_command(days: int, as_json: bool | None) -> None:
    """Show how fast incidents were known, acknowledged, mitigated and resolved in the mean, by severity.

    \b
    heartbeat incident figures --days 30
    """
    from heartbeat_assets.objectives.incidents import figures, incidents

    desk = the_desk()
    since = desk.now - timedelta(days=days)
    # One that is recorded at this very moment counts.
    found = figures(incidents(desk.journal), since, desk.now + timedelta(seconds=1), terms=desk.terms, now=desk.now)
    documents = [one.record() for one in found]
    document = {"since": since.isoformat(), "until": desk.now.isoformat(), "figures": documents}
    emit(document, lambda: figures_text(documents), as_json)
