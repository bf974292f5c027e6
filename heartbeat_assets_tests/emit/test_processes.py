"""Whole processes that emit: how they end decides what is lost, and the documentation says how much that may be."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from heartbeat_assets.emit import outlet
from heartbeat_assets.ledger import Ledger

EMITTERS = Path(__file__).with_name("emitters.py")
LOST_AT_MOST_SECONDS = 1.0
"""What docs/kpi-events.md promises."""


def start(*arguments: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", str(EMITTERS), *arguments]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def values(ledger: Ledger, metric: str = "b") -> list[float]:
    return sorted(one.value for one in ledger.events.between("A", metric) if one.value is not None)


@pytest.mark.parametrize(("work", "code"), [("emit_and_end", 0), ("emit_and_exit", 3), ("emit_and_raise", 1)])
def test_a_process_that_ends_loses_nothing(configured: Ledger, work: str, code: int) -> None:
    process = start(work)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == code, errors
    assert values(configured) == list(range(500))


def test_a_killed_process_loses_at_most_what_the_documentation_says(configured: Ledger) -> None:
    process = start("emit_until_killed")
    assert process.stdout is not None
    said = []
    deadline = None
    for line in process.stdout:
        number, moment = line.split()
        said.append((int(number), float(moment)))
        deadline = deadline or time.monotonic() + 3
        if time.monotonic() > deadline:
            break
    os.kill(process.pid, signal.SIGKILL)
    killed = time.monotonic()
    said += [(int(line.split()[0]), float(line.split()[1])) for line in process.stdout if line.count(" ") == 1]
    process.wait()
    process.stdout.close()
    assert process.stderr is not None
    process.stderr.close()
    recorded = values(configured)
    # In order and without holes, up to the end; what is missing is young, and no more than the queue holds.
    assert recorded == list(range(len(recorded)))
    assert len(said) - len(recorded) <= outlet.MOST_WAITING
    missing = [moment for number, moment in said if number >= len(recorded)]
    assert all(killed - moment <= LOST_AT_MOST_SECONDS for moment in missing), killed - missing[0]
    assert len(recorded) > 500


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_fork_neither_loses_nor_doubles_an_event(configured: Ledger) -> None:
    process = start("fork_in_the_middle")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert values(configured, "parent") == list(range(204))
    assert values(configured, "child") == list(range(400))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_of_multiprocessing_lose_nothing(configured: Ledger, method: str) -> None:
    process = start("use_workers", method)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert Counter(values(configured)) == dict.fromkeys(map(float, range(500)), 3)


def test_importing_loads_nothing_but_the_standard_library_and_little_of_that() -> None:
    program = (
        "import sys, time; before = set(sys.modules); import heartbeat_assets.emit;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names) - {'heartbeat_assets'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
