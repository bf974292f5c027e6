"""Installed as a wheel into another Dagster project, the component and the command work there too.

The wheel is built from a copy, without a network, and installed into an environment of its own, which borrows every
other package from the one the tests run in. This checkout is not importable there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets_tests.copied_project import ROOT
from heartbeat_assets_tests.own_project import LANE as BARE_LANE
from heartbeat_assets_tests.own_project import PACKAGE, OwnProject

LANE = "my_lane"
BUILT_FROM = ("pyproject.toml", "README.md", "LICENSE")
# Commands one after the other in one process: each pays for loading the package otherwise.
IN_TURN = """
import json, sys
from heartbeat_assets.cli import main
for command in json.loads(sys.argv[1]):
    try:
        main(command)
    except SystemExit as end:
        print(end.code, file=sys.stderr)
"""


class Elsewhere:
    """Another project, and an environment in which only the wheel is installed."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.project = OwnProject(folder / "project")
        self.environment = folder / "environment"
        run([sys.executable, "-m", "venv", "--without-pip", self.environment], folder)
        self.python = self.environment / "bin" / "python"
        run(
            [sys.executable, "-m", "pip", "--python", self.python, "install", "-q", "--no-index", "--no-deps", wheel],
            folder,
        )
        (packages,) = self.environment.glob("lib/python*/site-packages")
        # A path only: what lies in a borrowed folder to make this checkout importable is not looked at.
        borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (packages / "borrowed.pth").write_text("\n".join([*borrowed, str(self.project.folder)]), encoding="utf-8")

    def __call__(self, *command: str, ends_with: int = 0) -> str:
        """Runs a program of the environment in the other project; returns what it says."""
        program, *arguments = command
        done = run([self.environment / "bin" / program, *arguments], self.project.folder, ends_with)
        return done.stdout

    def heartbeat(self, *arguments: str, ends_with: int = 0) -> Any:
        """The document that a command of `heartbeat` prints."""
        return json.loads(self("heartbeat", *arguments, ends_with=ends_with))


def run(command: list[Any], folder: Path, ends_with: int = 0) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HEARTBEAT_", "PYTHON"))}
    (folder / "dagster_home").mkdir(exist_ok=True)
    settings = {
        "DAGSTER_HOME": str(folder / "dagster_home"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**kept, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends_with, f"{command}: {done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(
        ROOT / "heartbeat_assets", source / "heartbeat_assets", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, source)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", source / "dist", source], source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    return Elsewhere(tmp_path_factory.mktemp("elsewhere"), wheel)


def test_the_wheel_holds_every_file_of_the_package_but_the_lanes_of_this_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    there = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "heartbeat_assets").rglob("*")
        if file.is_file() and not {"__pycache__", "defs"} & set(file.relative_to(ROOT).parts)
    }
    assert packed == there
    for needed in (
        "lanes/template/defs.yaml.template", "lanes/template/orders.csv", "ledger/migrations/env.py", "py.typed",
    ):  # fmt: skip
        assert f"heartbeat_assets/{needed}" in packed


def test_outside_of_a_project_the_installed_package_says_where_to_go(elsewhere: Elsewhere, tmp_path: Path) -> None:
    commands = [["lanes"], ["lanes", "new", "shop"], ["run"]]
    done = run([elsewhere.python, "-c", IN_TURN, json.dumps(commands)], tmp_path)
    *said, nothing_more = re.split(r"^(\d+)\n", done.stderr, flags=re.MULTILINE)
    assert nothing_more == ""
    for command, sentence, code in zip(commands, said[::2], said[1::2], strict=True):
        assert code == "2", command
        assert "go to the folder of a Dagster project, or set HEARTBEAT_PROJECT to it" in sentence, command
    assert [path.name for path in tmp_path.iterdir()] == ["dagster_home"]


def test_only_the_wheel_is_importable_there(elsewhere: Elsewhere) -> None:
    program = (
        "import heartbeat_assets, heartbeat_assets.cli as c; print(heartbeat_assets.__file__, c.__file__, sep='\\n')"
    )
    for file in elsewhere("python", "-c", program).split():
        assert Path(file).is_relative_to(elsewhere.environment)


def test_a_lane_is_made_checked_run_and_published_in_another_project(elsewhere: Elsewhere) -> None:
    made = elsewhere.heartbeat("lanes", "new", LANE)
    folder = elsewhere.project.defs / LANE
    assert made["files"][:2] == [str(folder / "defs.yaml"), str(folder / "digest.sql")]
    (check,) = elsewhere.heartbeat("lanes", "check")
    assert (check["status"], check["findings"]) == ("ok", [])
    (outcome,) = elsewhere.heartbeat("run", LANE, "--strict")
    assert (outcome["published"], outcome["window"]["entries_total"]) == (True, 1)
    report = elsewhere.project.folder / ".heartbeat" / "published" / LANE / "report.json"
    assert json.loads(report.read_text(encoding="utf-8"))["digest"]["metrics"]["orders_total"] == 12
    # The same through Dagster's own door: the other project's definitions, which load its defs folder.
    before = report.read_bytes()
    select = ["--select", f"group:{LANE}", "-m", f"{PACKAGE}.definitions"]
    elsewhere("python", "-m", "dagster", "asset", "materialize", *select)
    (listed,) = elsewhere.heartbeat("lanes")
    assert (listed["lane"], listed["entries_total"], listed["blocked"]) == (LANE, 2, False)
    assert report.read_bytes() != before


def test_a_mistake_there_is_the_same_sentence(elsewhere: Elsewhere) -> None:
    wrong = BARE_LANE.replace("unit: count", "unit: percent")
    file = elsewhere.project.write(f"{PACKAGE}/defs/wrong/defs.yaml", wrong)
    (check,) = elsewhere.heartbeat("lanes", "check", "wrong", ends_with=4)
    shutil.rmtree(file.parent)
    assert check["findings"] == [
        {
            "severity": "error",
            "file": str(file),
            "message": "kpis[0] orders_total.unit: must be 'ratio', 'seconds', 'count' or 'number', not 'percent'",
        }
    ]
