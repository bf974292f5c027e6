"""`heartbeat metrics`: the metrics, what they are now, and everything that may be done with one.

A subcommand is imported when it is called; without one the metrics are listed. It must not hold a command's body.
"""

from __future__ import annotations

import importlib

import click

# Subcommand to the module that has it and what it is for; the object is the name with `_command` behind.
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
    "backfill": ("computing", "Compute the past."),
    "benchmark": ("computing", "Work out what is normal."),
    "validate": ("validating", "Write a dated audit of a metric."),
    "discover": ("discovering", "See what there is to build a metric on."),
    "new": ("making", "Make a metric from a query."),
    "schema": ("schema", "Print the JSON schema of a service's defs.yaml."),
}


class Subcommands(click.Group):
    """Looks subcommands up by name and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"heartbeat_assets.cli.metrics.{_COMMANDS[cmd_name][0]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in _COMMANDS.items()])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options are those of `list`, which is called without a subcommand."""
        listing = self.get_command(ctx, "list")
        assert listing is not None
        records = [record for option in listing.get_params(ctx) if (record := option.get_help_record(ctx)) is not None]
        with formatter.section("Options"):
            formatter.write_dl(records)
        self.format_commands(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without a subcommand, options are those of `list`."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("metrics", cls=Subcommands)
def metrics_command() -> None:
    """List the metrics, worst first; or look at one, change it, compute it, make a new one.

    \b
    heartbeat metrics
    heartbeat metrics show answered_sessions
    heartbeat metrics verify answered_sessions --why "agrees with the weekly report"
    """
