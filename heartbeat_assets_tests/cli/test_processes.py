"""Several processes append to one lane at once, one is killed: nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import ROOT, CopiedProject

LANE = "citizen_product"
TIMEOUT = 60


def appender(project: CopiedProject, folder: Path, first: int, last: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "heartbeat_assets_tests.cli.appender", str(folder), str(first), str(last)],
        cwd=ROOT, env={**os.environ, **project.environment()},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def acknowledged(output: str) -> dict[int, str]:
    """Digest number to heartbeat id, of every whole line a process printed."""
    lines = [line.split() for line in output.splitlines(keepends=True) if line.endswith("\n")]
    return {int(number): heartbeat_id for number, heartbeat_id in lines}


def test_four_processes_append_at_once_one_is_killed_and_nothing_is_lost_or_twice(
    heartbeat: Heartbeat, project: CopiedProject
) -> None:
    folder = project.folder / "digests"
    folder.mkdir()
    for number in range(120):
        histories.digest_file(project.lane, folder, number)
    victim = appender(project, folder, 80, 119)
    # These overlap: half of what each records, another one records too.
    others = [appender(project, folder, first, first + 39) for first in (0, 20, 40)]
    assert victim.stdout is not None
    killed = "".join(victim.stdout.readline() for _ in range(10))
    sizes = [heartbeat("window", LANE).document["entries_total"]]
    victim.send_signal(signal.SIGKILL)
    killed += victim.communicate(timeout=TIMEOUT)[0]
    recorded = acknowledged(killed)
    while any(process.poll() is None for process in others):
        report = heartbeat("window", LANE).document
        assert (report["malformed_entries_in_window"], report["failed_in_window"]) == (0, 0)
        sizes.append(report["entries_total"])
    for process in others:
        output, errors = process.communicate(timeout=TIMEOUT)
        assert (process.returncode, errors) == (0, "")
        recorded |= acknowledged(output)
    assert sizes == sorted(sizes)
    assert set(range(80)) <= set(recorded)
    ids = [json.loads(line)["heartbeat_id"] for line in heartbeat("export", LANE).stdout.splitlines()]
    assert len(ids) == len(set(ids))
    assert set(recorded.values()) <= set(ids)
    # At most the one append that the kill interrupted was recorded and not acknowledged.
    assert len(ids) <= len(recorded) + 1
    verification = heartbeat("verify", LANE).document
    assert (verification["unbroken"], verification["entries"]) == (True, len(ids))


def test_a_reader_that_has_seen_enough_is_no_fault(heartbeat: Heartbeat, project: CopiedProject) -> None:
    history = project.folder / "history.jsonl"
    history.write_text("".join(f'{{"heartbeat_id": "{number}"}}\n' for number in range(6_000)), encoding="utf-8")
    assert heartbeat("import", LANE, str(history)).exit_code == 0
    command = str(Path(sys.executable).with_name("heartbeat"))
    export = subprocess.Popen(
        [command, "export", LANE],
        env={**os.environ, **project.environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert export.stdout is not None
    assert export.stderr is not None
    assert export.stdout.readline() == b'{"heartbeat_id": "0"}\n'
    export.stdout.close()
    assert export.stderr.read() == b""
    export.stderr.close()
    assert export.wait(TIMEOUT) == 0
