"""`heartbeat metrics`: the metrics, what they are now, and everything that may be done with one.

A subcommand is imported when it is called; without one the metrics are listed. It must not hold a command's body.
"""

from __future__ import annotations

import click

from heartbeat_assets.cli.lazy import ListingGroup

_COMMANDS = {
    "list": ("listing", "List the metrics, worst first."),
    "show": ("showing", "Show everything about a metric."),
    "history": ("past", "Show the values of a metric over time."),
    "events": ("past", "Show who changed what of a metric, and why."),
    "set": ("changing", "Set the owner, the thresholds or the due date."),
    "verify": ("changing", "Say that a metric's number is right."),
    "unverify": ("changing", "Take that back."),
    "retire": ("retiring", "Take a metric out; its history stays."),
    "compute": ("computing", "Compute the values of the newest tick."),
    "backfill": ("backfilling", "Compute the past."),
    "benchmark": ("computing", "Work out what is normal."),
    "validate": ("validating", "Write a dated audit of a metric."),
    "discover": ("discovering", "See what there is to build a metric on."),
    "new": ("making", "Make a metric from a query."),
    "schema": ("schema", "Print the JSON schema of a service's defs.yaml."),
}


class Subcommands(ListingGroup):
    """The subcommands; without one, `list`."""

    package = "heartbeat_assets.cli.metrics"
    listed = _COMMANDS


@click.group("metrics", cls=Subcommands)
def metrics_command() -> None:
    """List the metrics, worst first; or look at one, change it, compute it, make a new one.

    \b
    heartbeat metrics
    heartbeat metrics show answered_sessions
    heartbeat metrics verify answered_sessions --why "agrees with the weekly report"
    """
