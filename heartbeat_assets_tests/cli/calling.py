"""Calling `heartbeat` in this process as a script would, and reading what came back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from heartbeat_assets.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """Standard output as JSON: one document, nothing else, no NaN. Of a command that is content with itself."""
        assert self.stderr == ""
        return json.loads(self.stdout, parse_constant=_refuse)

    @property
    def error(self) -> dict[str, Any]:
        """The error object on standard error, which is one line and nothing else."""
        assert self.stderr.count("\n") == 1, self.stderr
        document = json.loads(self.stderr)
        assert set(document) == {"error"}
        assert set(document["error"]) == {"kind", "message", "exit_code"}
        assert document["error"]["exit_code"] == self.exit_code
        error: dict[str, Any] = document["error"]
        return error


class Heartbeat:
    """`heartbeat(...)` runs a command; neither of its streams is a terminal."""

    def __call__(self, *arguments: str | Path, charset: str = "utf-8", colours: bool = False) -> Outcome:
        runner = CliRunner(charset=charset)
        result = runner.invoke(main, [str(one) for one in arguments], catch_exceptions=False, color=colours)
        return Outcome(result.exit_code, result.stdout, result.stderr)

    def fails(self, exit_code: int, *arguments: str | Path) -> str:
        """Runs a command that must end with `exit_code` and say nothing on standard output; returns the message."""
        outcome = self(*arguments)
        assert (outcome.exit_code, outcome.stdout) == (exit_code, ""), outcome
        return str(outcome.error["message"])


def _refuse(literal: str) -> Any:
    raise AssertionError(f"{literal} is no JSON")
