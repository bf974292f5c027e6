"""Groups whose commands are imported when they are called, so that help is quick. It must not know a command."""

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
