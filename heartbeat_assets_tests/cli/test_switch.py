"""`heartbeat switch`: stopping a domain or everything from a terminal, and letting it go again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.cli.guarded import write_tripwires
from heartbeat_assets_tests.copied_project import CopiedProject

ANA = ("--as", "ana@example.org")


def test_before_anything_was_stopped_global_is_listed_as_off(heartbeat: Heartbeat) -> None:
    (everything,) = heartbeat("switch").document
    assert (everything["switch"], everything["engaged"], everything["since"]) == ("GLOBAL", False, None)
    assert "never engaged" in heartbeat("switch", "--table").stdout
    assert heartbeat("switch", "list", "--strict").exit_code == 0


def test_engaging_and_releasing_are_kept_with_who_when_and_why(heartbeat: Heartbeat) -> None:
    engaged = heartbeat("switch", "engage", "wholesale", "--reason", "contracts are broken", *ANA).document
    assert (engaged["switch"], engaged["engaged"], engaged["by"], engaged["reason"]) == (
        "WHOLESALE", True, "ana@example.org", "contracts are broken"
    )  # fmt: skip
    assert [one["switch"] for one in heartbeat("switch").document] == ["WHOLESALE", "GLOBAL"]
    assert heartbeat("switch", "list", "--strict").exit_code == 4
    released = heartbeat("switch", "release", "WHOLESALE", "--reason", "mended", *ANA).document
    assert (released["engaged"], released["reason"]) == (False, "mended")
    assert released["released_at"] < released["cooldown_until"]
    events = heartbeat("switch", "events", "Wholesale").document
    assert [(one["kind"], one["reason"], one["actor_kind"], one["via"]) for one in events] == [
        ("engaged", "contracts are broken", "person", "cli"), ("released", "mended", "person", "cli")
    ]  # fmt: skip
    assert heartbeat("switch", "events", "WHOLESALE", "--last", "1").document == events[1:]


def test_a_switch_rests_after_its_release_as_long_as_the_file_says(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    file = write_tripwires(project)
    file.write_text(file.read_text(encoding="utf-8") + "  risk_policies: [{engine: WHOLESALE, cooldown: 3d}]\n")
    heartbeat("switch", "engage", "WHOLESALE", "--reason", "broken", *ANA)
    released = heartbeat("switch", "release", "WHOLESALE", "--reason", "mended", *ANA).document
    rests = datetime.fromisoformat(released["cooldown_until"]) - datetime.fromisoformat(released["released_at"])
    assert rests == timedelta(days=3)
    assert heartbeat("switch").document[1]["cooldown_until"] == released["cooldown_until"]
    until = datetime.fromisoformat(released["cooldown_until"])
    shown = " ".join(heartbeat("switch", "--table").stdout.split())
    assert f"mended (no tripwire stops it before {until:%Y-%m-%d %H:%M} UTC)" in shown


def test_people_get_sentences_and_tables(heartbeat: Heartbeat) -> None:
    told = heartbeat("switch", "engage", "GLOBAL", "--reason", "payments are lost", *ANA, "--table")
    assert told.stdout == "Everything is stopped, by ana@example.org: payments are lost\n"
    assert "GLOBAL  ◆ engaged" in heartbeat("switch", "--table").stdout
    told = heartbeat("switch", "release", "global", "--reason", "found again", *ANA, "--table")
    assert told.stdout == "Everything is released, by ana@example.org: found again\n"
    assert "GLOBAL  ● released" in heartbeat("switch", "--table").stdout
    assert "payments are lost" in heartbeat("switch", "events", "GLOBAL", "--table").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["engage", "WHOLESALE"], "--reason is required"),
        (["engage", "WHOLESALE", "--reason", " "], "--reason is required"),
        (["engage", "WHOLESALE", "--reason", "x" * 2001], "--reason: must be at most 2000 characters long"),
        (["engage", "A B", "--reason", "x"], "NAME: 'A B' is no name"),
        (["engage", "WHOLESALE", "--reason", "x", "--as", " "], "--as ' ': give the e-mail address"),
        (["release", "WHOLESALE", "--reason", "x"], "NAME: WHOLESALE is not engaged; it never was"),
        (["release", "WHOLESALE"], "--reason is required"),
        (["events", "WHOLESALE"], "WHOLESALE: was never engaged; there is no switch with a past"),
        (["events", "A B"], "NAME: 'A B' is no name"),
    ],
)
def test_what_cannot_be_is_wrong_usage_and_changes_nothing(
    heartbeat: Heartbeat, arguments: list[str], said: str
) -> None:
    assert said in heartbeat.fails(2, "switch", *arguments)
    assert not any(one["engaged"] for one in heartbeat("switch").document)


def test_what_is_stopped_cannot_be_stopped_again(heartbeat: Heartbeat) -> None:
    heartbeat("switch", "engage", "WHOLESALE", "--reason", "broken", *ANA)
    said = heartbeat.fails(2, "switch", "engage", "WHOLESALE", "--reason", "still broken", *ANA)
    assert said.startswith("NAME: WHOLESALE is engaged already, since ")
    assert said.endswith("by ana@example.org: broken")
    assert "there is WHOLESALE" in heartbeat.fails(2, "switch", "events", "SALES")


def test_of_several_processes_that_engage_at_once_one_does(project: CopiedProject, heartbeat: Heartbeat) -> None:
    heartbeat("switch")
    command = [str(Path(sys.executable).with_name("heartbeat")), "switch", "engage", "WHOLESALE", "--reason", "broken"]
    environment = {**os.environ, **project.environment()}
    several = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ended = []
    for process in several:
        _, errors = process.communicate(timeout=60)
        ended.append(process.returncode)
        assert process.returncode == 0 or "is engaged already" in json.loads(errors)["error"]["message"]
    assert sorted(ended) == [0, 2, 2, 2]
    assert len(heartbeat("switch", "events", "WHOLESALE").document) == 1
