"""`heartbeat slo`: what is promised, how much of it is left, measuring it now, and files of other tools.

A subcommand is imported when it is called; without one the SLOs are listed. It must not hold a command's body.
"""

from __future__ import annotations

import click

from heartbeat_assets.cli.lazy import ListingGroup

_COMMANDS = {
    "list": ("listing", "List the SLOs with what was measured last."),
    "show": ("showing", "Show an SLO: budget, burn rates, corrections, days."),
    "measure": ("measuring", "Measure SLOs now, and record how they stand."),
    "correct": ("correcting", "Take a time out of an SLO, or set its figures."),
    "withdraw": ("correcting", "Take a correction back."),
    "validate": ("documents", "Check OpenSLO files: mistakes, and what is not supported."),
    "import": ("documents", "Take over an OpenSLO file of another tool."),
    "export": ("documents", "Write SLOs as OpenSLO v1, with what they refer to."),
    "schema": ("documents", "Print the JSON schema of a defs.yaml of SLOs."),
}


class Subcommands(ListingGroup):
    """The subcommands; without one, `list`."""

    package = "heartbeat_assets.cli.slo"
    listed = _COMMANDS


@click.group("slo", cls=Subcommands)
def slo_command() -> None:
    """List the SLOs with what is left of their error budgets; measure, correct, check or exchange them.

    \b
    heartbeat slo
    heartbeat slo measure --strict
    heartbeat slo show api-read-availability
    """
