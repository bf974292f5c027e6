"""docs/incidents.md: its YAML is taken, its example runs, and its tables are what the program has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from heartbeat_assets.cli import main
from heartbeat_assets.objectives.incidents import SLA, Terms

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "incidents.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return [text for written, text in fenced if written == language]


def test_the_terms_of_the_page_are_taken() -> None:
    (text,) = blocks("yaml")
    terms = Terms.model_validate(yaml.safe_load(text))
    assert [terms.level(severity).acknowledge for severity in (1, 2, 3)] == ["10m", "1h", "2 business days"]
    assert terms.business_hours.time_zone == "Europe/Berlin"


def test_the_table_of_promises_is_what_is_promised() -> None:
    words = {"15m": "15 minutes", "4h": "4 hours", "1h": "1 hour"}
    hours = {"always": "around the clock", "business": "in business hours"}
    for level in SLA:
        promised = (words.get(level.acknowledge, level.acknowledge), words.get(level.mitigate, level.mitigate))
        assert f"| {level.severity} | {promised[0]} | {promised[1]} | {hours[level.hours]} |" in PAGE


def test_the_commands_of_the_page_are_there() -> None:
    lines = [line for block in blocks("") for line in block.splitlines()]
    assert len(lines) > 8
    for line in lines:
        _, *arguments = shlex.split(line)
        command: click.Command = main
        context = click.Context(main)
        while isinstance(command, click.Group):
            found = command.get_command(context, arguments[0])
            assert found is not None, line
            command, arguments = found, arguments[1:]
        command.make_context("heartbeat", list(arguments))


def test_the_example_in_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = blocks("python")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for statement in code.splitlines():
        shown, _, expected = statement.partition("  # ")
        if expected:
            assert repr(eval(shown, names)) == expected
        else:
            exec(shown, names)
