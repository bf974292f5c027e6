"""The group: help, wrong usage, how faults are reported, and that starting up stays cheap."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import click
import pytest

from heartbeat_assets.cli import common, main
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject

COMMANDS = main.list_commands(click.Context(main))
LIGHT = """
import json, sys
from heartbeat_assets.cli import main
main({arguments!r}, standalone_mode=False)
heavy = [name for name in ("dagster", "sqlalchemy", "alembic", "pandas", "pyarrow") if name in sys.modules]
print(json.dumps(heavy), file=sys.stderr)
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_shows_an_example_and_its_options(heartbeat: Heartbeat, command: str) -> None:
    outcome = heartbeat(command, "--help")
    assert (outcome.exit_code, outcome.stderr) == (0, "")
    assert re.search(rf"^  heartbeat {command}\b", outcome.stdout, re.MULTILINE), outcome.stdout
    # The cockpit serves pages and reports nothing.
    assert ("--json / --table" in outcome.stdout) == (command != "cockpit")
    assert outcome.stdout == heartbeat(command, "-h").stdout


def test_the_help_of_the_group_names_every_command_with_its_purpose_in_one_whole_line(heartbeat: Heartbeat) -> None:
    outcome = heartbeat("--help")
    for command in COMMANDS:
        assert re.search(rf"^  {command} +[A-Z].*[.?]$", outcome.stdout, re.MULTILINE), command
    assert max(map(len, outcome.stdout.splitlines())) <= 100


def test_a_call_without_a_command_answers_with_the_help(heartbeat: Heartbeat) -> None:
    outcome = heartbeat()
    assert (outcome.exit_code, outcome.stdout) == (2, "")
    assert outcome.stderr.startswith("Usage: heartbeat")


def test_the_version_is_that_of_the_package(heartbeat: Heartbeat) -> None:
    from importlib.metadata import version

    assert heartbeat("--version").stdout == f"heartbeat, version {version('heartbeat_assets')}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["wndow"], "No such command 'wndow'"),
        (["--verbose"], "No such option '--verbose'"),
        (["window"], "Missing argument 'LANE'"),
        (["window", "citizen_product", "--lats", "5"], "No such option '--lats'"),
        (["window", "citizen_product", "--last", "0"], "'--last': 0 is not in the range"),
        (["window", "citizen_product", "--last", "many"], "'many' is not a valid integer"),
        (["window", "citizen_product", "--last", "9" * 20], "is not in the range"),
        (["parity", "citizen_product", "--last", "9" * 20], "is not in the range"),
        (["append", "citizen_product"], "Missing option '--digest'"),
        (["export", "citizen_product", "--format", "xml"], "'xml' is not one of"),
        (["window", "citizen_product", "extra"], "extra"),
    ],
)
def test_wrong_usage_is_an_error_object_and_exit_code_2(heartbeat: Heartbeat, arguments: list[str], said: str) -> None:
    assert said in heartbeat.fails(2, *arguments)


def test_a_person_at_a_terminal_gets_a_sentence_in_place_of_an_object(
    heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with pytest.raises(SystemExit) as ended:
        main(["window", "nowhere"], prog_name="heartbeat")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "Error: no lane 'nowhere'; there is citizen_product\n"
    with pytest.raises(SystemExit) as ended:
        main(["window"], prog_name="heartbeat")
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("Usage: heartbeat window [OPTIONS] LANE\n")


@pytest.mark.parametrize("command", ["run", "digest", "window", "compact", "parity", "export", "verify", "quarantine"])
def test_a_lane_that_is_not_there_ends_with_2_and_names_those_that_are(heartbeat: Heartbeat, command: str) -> None:
    assert heartbeat.fails(2, command, "nowhere") == "no lane 'nowhere'; there is citizen_product"


def test_a_mistake_in_defs_yaml_ends_with_3_and_names_file_and_item(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    with project.changed_attributes() as attributes:
        attributes["kpis"][2]["max"] = 0.9
    said = heartbeat.fails(3, "digest", "citizen_product")
    assert said == f"{project.lane_folder / 'defs.yaml'}: kpis[2] drilldown_click_rate: give min or max, not both"


def test_a_project_that_is_no_project_ends_with_2(heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEARTBEAT_PROJECT", "/nowhere")
    assert heartbeat.fails(2, "lanes").startswith("HEARTBEAT_PROJECT=/nowhere: no pyproject.toml")


class OurMistakeError(Exception):
    """Something nobody thought of."""


def failing_unexpectedly(*_: object) -> None:
    raise OurMistakeError("boom")


def test_a_fault_of_the_program_ends_with_3_and_says_how_to_see_where(
    heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "find_lane", failing_unexpectedly)
    outcome = heartbeat("digest", "citizen_product")
    assert outcome.exit_code == 3
    assert outcome.error["kind"] == "OurMistakeError"
    assert outcome.error["message"] == "boom (a fault of the program; set HEARTBEAT_DEBUG=1 to see where)"


def test_heartbeat_debug_lets_a_fault_through(heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "find_lane", failing_unexpectedly)
    monkeypatch.setenv("HEARTBEAT_DEBUG", "1")
    with pytest.raises(OurMistakeError):
        heartbeat("digest", "citizen_product")


def test_a_ledger_that_cannot_be_used_is_no_fault_of_the_program(
    heartbeat: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", "mysql://somebody:s3cret@host/database")
    outcome = heartbeat("window", "citizen_product")
    assert outcome.exit_code == 3
    assert outcome.error["kind"] == "LedgerError"
    assert "s3cret" not in outcome.stderr


def test_called_from_python_a_command_returns_its_exit_code(
    heartbeat: Heartbeat, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["window", "citizen_product"], standalone_mode=False) is None
    assert main(["window", "citizen_product", "--strict"], standalone_mode=False) == 4
    with pytest.raises(click.ClickException) as caught:
        main(["window", "nowhere"], standalone_mode=False)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("arguments", [["--help"], ["digest", "--help"], ["digest", "citizen_product"]])
def test_help_and_digest_load_neither_dagster_nor_the_ledgers_libraries(
    project: CopiedProject, arguments: list[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT.format(arguments=arguments)],
        env={**os.environ, **project.environment()}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stderr) == []
    assert done.stdout
