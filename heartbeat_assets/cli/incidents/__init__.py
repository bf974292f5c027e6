"""`heartbeat incident`: what went wrong, who does what about it, and whether what was promised was kept.

A subcommand is imported when it is called; without one the incidents are listed. It must not hold a command's body.
"""

from __future__ import annotations

import click

from heartbeat_assets.cli.lazy import ListingGroup

_COMMANDS = {
    "list": ("listing", "List the incidents, those that are not over first."),
    "show": ("showing", "Show an incident: state, clocks, timeline, action items."),
    "open": ("opening", "Open an incident."),
    "update": ("changing", "Change what is known of an incident, or add a note."),
    "acknowledge": ("moving", "Take an incident on."),
    "mitigate": ("moving", "Say that it is not felt any more."),
    "resolve": ("moving", "Say that it is over."),
    "reopen": ("moving", "Say that it is back."),
    "action": ("acting", "Add an action item, finish one, or list them."),
    "suggestions": ("suggested", "List what rules suggest."),
    "dismiss": ("suggested", "Say that a suggestion is no incident."),
    "figures": ("measuring", "Show how fast incidents were handled in the mean."),
}


class Subcommands(ListingGroup):
    """The subcommands; without one, `list`."""

    package = "heartbeat_assets.cli.incidents"
    listed = _COMMANDS


@click.group("incident", cls=Subcommands)
def incident_command() -> None:
    """List the incidents; open one, acknowledge, mitigate and resolve it, with who and why.

    \b
    heartbeat incident
    heartbeat incident open "API answers 503" --severity 1 --impact "nobody can read deals"
    heartbeat incident acknowledge INC-20260223-001
    heartbeat incident mitigate INC-20260223-001 --reason "rolled back to 1.4"
    heartbeat incident resolve INC-20260223-001 --reason "quiet for an hour" --rca "a lost index"
    """
