"""Groups whose commands are imported when they are called, so that help is quick.

They must not know a command, but that a group which lists something does so in `list`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import ClassVar

import click


class LazyGroup(click.Group):
    """Looks commands up by name and imports only the one that is called."""

    package: ClassVar[str]
    """Where the modules are."""
    listed: ClassVar[Mapping[str, tuple[str, str]]]
    """Command name to the module that has it, as its name with `_command` behind, and what it is for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.listed:
            return None
        module = importlib.import_module(f"{self.package}.{self.listed[cmd_name][0]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self.listed.items()])


class ListingGroup(LazyGroup):
    """Subcommands of which one is `list`; without a subcommand that one is called."""

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
