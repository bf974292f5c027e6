"""docs/add-a-lane.md is followed to the letter: its files are written, its commands run, its output compared.

How the page says what is what:

* a ``console`` block is run in a shell on a terminal: lines with ``$ `` are commands, the others what they print;
* a ``csv``, ``sql`` or ``yaml`` block is a file: the last path in backticks above it says which;
* an ``sh`` block is for the reader alone.

Dates and times differ each time; everything else must be as it stands there.
"""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from heartbeat_assets_tests.copied_project import ROOT, CopiedProject

PAGE = ROOT / "docs" / "add-a-lane.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"`([\w./-]+/[\w.-]+\.\w+)`")
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
FILES = ("csv", "sql", "yaml")


@dataclass(frozen=True)
class Step:
    """One block of the page: its kind, its text, the file it is, and the line it starts in."""

    kind: str
    text: str
    file: str
    line: int

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Each command of a console block with what it prints."""
        found = re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]
        return [(command, output) for command, _, output in (one.partition("\n") for one in found)]


def steps() -> Iterator[Step]:
    page = PAGE.read_text(encoding="utf-8")
    for block in BLOCK.finditer(page):
        above = PATH.findall(page[: block.start()])
        yield Step(block[1], block[2], above[-1] if block[1] in FILES else "", page.count("\n", 0, block.start()) + 1)


def on_a_terminal(command: str, folder: Path) -> str:
    """What `command` prints for a person in `folder`, in a shell on a terminal of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HEARTBEAT_", "DAGSTER_"))}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
    }
    ours, theirs = pty.openpty()
    try:
        shell = subprocess.Popen(
            ["bash", "-c", command], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                # How Linux says that the other side has been closed.
                break
            if not piece:
                break
            shown += piece
        shell.wait(timeout=60)
    finally:
        os.close(ours)
    return shown.decode("utf-8").replace("\r\n", "\n")


def comparable(output: str) -> str:
    return TIME.sub("<time>", output).strip()


def test_the_page_followed_to_the_letter_gives_a_lane_that_blocks(project: CopiedProject) -> None:
    told = []
    for step in steps():
        if step.kind in FILES:
            (project.folder / step.file).parent.mkdir(parents=True, exist_ok=True)
            (project.folder / step.file).write_text(step.text, encoding="utf-8")
        elif step.kind == "console":
            for command, output in step.commands:
                shown = on_a_terminal(command, project.folder)
                assert comparable(shown) == comparable(output), f"{PAGE.name}, line {step.line}: $ {command}"
                told.append(shown)
    assert len(told) >= 8
    assert "Publishing is blocked since" in "".join(told)
    assert "● ok  Published to .heartbeat/published/shop" in told[-1]


def test_the_page_needs_nothing_that_is_not_on_it() -> None:
    kinds = [step.kind for step in steps()]
    assert set(kinds) == {"sh", "console", *FILES}
    assert {step.file for step in steps() if step.kind in FILES} == {
        "data/shop/orders.csv",
        "heartbeat_assets/defs/shop/digest.sql",
        "heartbeat_assets/defs/shop/defs.yaml",
    }
    programs = {shlex.split(command)[0] for step in steps() for command, _ in step.commands}
    assert programs == {"heartbeat", "printf", "head"}


def test_every_page_it_leads_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text(encoding="utf-8"))
    assert [link for link in links if not (PAGE.parent / link).is_file()] == []
