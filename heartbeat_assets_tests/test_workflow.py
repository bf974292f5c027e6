"""The workflow that users copy does what it says: its steps are run here as a runner of GitHub would run them.

In a copy of the project, step by step, by the shell and with the variables that a runner has; setting up and uploading
are left to GitHub. The examples of docs/ci.md are read as far as a file can be read.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import click
import pytest
import yaml

from heartbeat_assets.cli import main

ROOT = Path(__file__).resolve().parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "heartbeat.yml"
PAGE = ROOT / "docs" / "ci.md"
FIVE_REASONS = [
    "max_focus_gate_failed_exceeded",
    "max_focus_gate_failed_rate_exceeded",
    "max_norms_classified_gate_failed_exceeded",
    "latest_focus_gate_failed",
    "latest_norms_classified_gate_failed",
]
# What `shell: bash` means to GitHub.
SHELL = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c"]
EXAMPLE = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Runner:
    """A copy of the project and what a runner of GitHub puts beside it."""

    project: Path
    beside: Path

    @property
    def summary(self) -> Path:
        return self.beside / "step_summary"

    @property
    def evidence(self) -> Path:
        return self.project / "evidence"

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HEARTBEAT", "DAGSTER"))}
        return inherited | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HEARTBEAT_HOME": str(self.beside / "home"),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(self.beside),
        }

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*SHELL, script], cwd=self.project, env=self.environment(), capture_output=True, text=True, timeout=60
        )


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    project, beside = tmp_path / "the project", tmp_path / "runner"
    beside.mkdir()
    for folder in ("heartbeat_assets/defs", "data"):
        shutil.copytree(ROOT / folder, project / folder)
    shutil.copy(ROOT / "pyproject.toml", project)
    return Runner(project, beside)


def workflow() -> dict[Any, Any]:
    """The workflow as a document. YAML reads the word `on` as true."""
    document: dict[Any, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return document


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow()["jobs"]["check"]["steps"]
    return found


def scripts() -> list[str]:
    """What the steps run, without the one that sets up."""
    return [step["run"] for step in steps() if "run" in step and step["name"] != "Set up"]


def only_json(folder: Path, part: str) -> list[Any]:
    """The documents of one part in a folder of evidence, oldest first."""
    files = sorted(folder.glob(f"{part}_2*.json"), key=lambda file: file.stat().st_mtime_ns)
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def test_it_runs_on_every_push_and_pull_request_and_may_only_read() -> None:
    document = workflow()
    assert document[True] == {"push": None, "pull_request": None}
    assert document["permissions"] == {"contents": "read"}
    assert document["jobs"]["check"]["defaults"]["run"]["shell"] == "bash"
    # An expression is filled in by GitHub alone, and one in a script is a way in for whoever names a branch.
    assert "${{" not in WORKFLOW.read_text(encoding="utf-8")


def test_it_keeps_the_evidence_whatever_happened() -> None:
    (upload,) = [step for step in steps() if str(step.get("uses", "")).startswith("actions/upload-artifact@")]
    assert upload["if"] == "always()"
    assert upload["with"]["path"] == "evidence/"
    assert steps()[-1] == upload


def test_its_steps_pass_where_they_should_and_fail_where_they_should(runner: Runner) -> None:
    for script in scripts():
        done = runner.run(script)
        assert done.returncode == 0, done.stdout + done.stderr

    assert runner.summary.read_text(encoding="utf-8").startswith("## ● ok: nothing is wrong in 3 lanes\n")
    suites = ElementTree.parse(runner.evidence / "junit.xml").getroot()
    assert [suite.get("name") for suite in suites] == ["citizen_product", "liberty_restrictions", "marketplace"]
    assert (suites.get("failures"), suites.get("errors")) == ("0", "0")

    (passed,) = only_json(runner.evidence / "pass", "summary")
    assert (passed["exit_code"], [lane["status"] for lane in passed["lanes"]]) == (0, ["ok", "ok", "ok"])
    good, bad = only_json(runner.evidence / "liberty_restrictions_fail", "summary")
    assert (good["exit_code"], bad["exit_code"]) == (0, 4)
    assert bad["lanes"][0]["reasons"] == FIVE_REASONS
    windows = only_json(runner.evidence / "liberty_restrictions_fail", "liberty_restrictions_window")
    assert [window["strict_fail_reasons"] for window in windows] == [[], FIVE_REASONS]
    good, bad = only_json(runner.evidence / "citizen_product_fail", "summary")
    assert (good["exit_code"], bad["exit_code"]) == (0, 4)


@pytest.mark.parametrize("lane", ["liberty_restrictions", "citizen_product"])
def test_a_gate_that_no_longer_closes_stops_the_workflow(runner: Runner, lane: str) -> None:
    (script,) = [script for script in scripts() if f"heartbeat check {lane}" in script]
    # The broken input has been mended by mistake: it is now the good one.
    tables = runner.project / "data" / "liberty_restrictions"
    shutil.copy(tables / "liberty_restriction_assessments.csv", tables / "broken")
    events = runner.project / "data" / "citizen_product"
    shutil.copy(events / "events" / "2026-02-23.jsonl", events / "broken" / "2026-02-24.jsonl")
    done = runner.run(script)
    assert done.returncode != 0
    assert "AssertionError: ended with 0" in done.stderr


def test_a_lane_that_does_not_pass_stops_the_workflow_and_is_in_the_summary(runner: Runner) -> None:
    broken = runner.project / "data" / "citizen_product" / "broken" / "2026-02-24.jsonl"
    shutil.copy(broken, runner.project / "data" / "citizen_product" / "events")
    done = runner.run(scripts()[0])
    assert done.returncode == 4
    assert re.match(
        r"## ◆ 1 of 3 lanes failed, since \d{4}-.* UTC: citizen_product\n", runner.summary.read_text(encoding="utf-8")
    )
    assert len(list((runner.evidence / "pass").iterdir())) == 10


def examples(language: str) -> list[str]:
    return [text for kind, text in EXAMPLE.findall(PAGE.read_text(encoding="utf-8")) if kind == language]


def commands_in(text: str) -> list[list[str]]:
    """Every `heartbeat` command in a script or a workflow, word by word."""
    lines = text.replace("\\\n", " ").splitlines()
    found = [re.search(r"\bheartbeat ((?:check|digest|window|import|export)\b.*)", line) for line in lines]
    return [shlex.split(match[1], comments=True) for match in found if match]


def test_the_examples_are_yaml_with_commands_that_exist() -> None:
    documents = examples("yaml")
    assert len(documents) >= 3
    seen = 0
    for text in [*documents, *examples("sh")]:
        for words in commands_in(text):
            name, *arguments = words
            command = main.get_command(click.Context(main), name)
            assert command is not None
            # Reads the words and runs nothing; a wrong option raises.
            command.make_context(name, arguments)
            seen += 1
    assert seen >= 5
    for text in documents:
        assert isinstance(yaml.safe_load(text), dict | list)


def test_the_example_for_github_has_what_the_workflow_has() -> None:
    (minimal,) = [document for text in examples("yaml") if "jobs:" in text for document in [yaml.safe_load(text)]]
    assert minimal["permissions"] == {"contents": "read"}
    (job,) = minimal["jobs"].values()
    used = [str(step.get("uses", "")) for step in job["steps"]]
    assert {action for action in used if action} >= {
        step["uses"] for step in steps() if "uses" in step and "setup-python" not in step["uses"]
    }
    kept = [step for step in job["steps"] if "upload-artifact" in str(step.get("uses"))]
    assert kept[0]["if"] == "always()"
