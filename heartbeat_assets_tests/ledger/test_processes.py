"""Several processes on one ledger at once: nothing lost that was acknowledged, nothing twice, never a torn
view.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.ledger.schema import REVISIONS
from heartbeat_assets_tests.ledger import workers
from heartbeat_assets_tests.ledger.entries import heartbeat
from heartbeat_assets_tests.ledger.raw import raw_engine

WRITERS = 8
# Small by default: the same test with 2000 rows each takes minutes.
ROWS = int(os.environ.get("HEARTBEAT_TEST_ROWS_PER_WRITER", "60"))
PATIENCE = 300

# Processes that are forked from one that has loaded what they need, and has never had a ledger open.
spawning = multiprocessing.get_context("forkserver")
spawning.set_forkserver_preload(
    [f"heartbeat_assets_tests.ledger.{name}" for name in ("workers", "journal_workers", "metric_workers")]
    + ["heartbeat_assets_tests.metrics.sync_worker"]
    + ["heartbeat_assets.ledger.upgrade", "sqlalchemy.dialects.sqlite", "psycopg"]
)


def start(work: Callable[..., None], *arguments: Any) -> BaseProcess:
    process = spawning.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def finish(*processes: BaseProcess) -> None:
    for process in processes:
        process.join(PATIENCE)
        assert process.exitcode == 0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def lane_under_load(ledger_url: str, tmp_path: Path) -> str:
    """A lane that eight writers filled while two readers looked on, and one writer was killed half-way."""
    stop = tmp_path / "stop"
    readers = [start(workers.watch, ledger_url, "lane", stop, tmp_path / f"reader-{n}") for n in range(2)]
    acknowledged = [tmp_path / f"writer-{n}" for n in range(WRITERS)]
    writers = [start(workers.write, ledger_url, "lane", n, ROWS, acknowledged[n]) for n in range(WRITERS)]

    victim = writers[3]
    assert victim.pid is not None
    wait_until(lambda: len(lines(acknowledged[3])) >= ROWS // 3)
    os.kill(victim.pid, signal.SIGKILL)
    victim.join(PATIENCE)
    assert victim.exitcode == -signal.SIGKILL
    # Whoever takes over after a crash starts from the beginning, not knowing how far the other came.
    finish(start(workers.write, ledger_url, "lane", 3, ROWS, tmp_path / "writer-again"))

    finish(*(writer for writer in writers if writer is not victim))
    stop.touch()
    finish(*readers)
    return ledger_url


def test_eight_writers_and_a_kill_lose_nothing_and_record_nothing_twice(lane_under_load: str, tmp_path: Path) -> None:
    ledger = open_ledger(lane_under_load)
    recorded = {entry.entry_key: entry for entry in ledger.entries("lane")}
    expected = {f"heartbeat-{number}" for n in range(WRITERS) for number in workers.numbers(n, ROWS)}
    assert set(recorded) == expected
    assert ledger.size("lane") == len(expected)
    verification = ledger.verify("lane")
    assert (verification.unbroken, verification.entries) == (True, len(expected))

    appended: list[str] = []
    for path in tmp_path.glob("writer-*"):
        for line in lines(path):
            number, place, new = line.split()
            entry = recorded[f"heartbeat-{number}"]
            assert entry.place == int(place)
            assert entry.line == heartbeat(int(number)).line
            appended += [entry.entry_key] if new == "1" else []
    assert len(appended) == len(set(appended))
    # The killed writer may have recorded one row whose acknowledgement it did not live to write down.
    assert len(expected) - len(appended) in (0, 1)

    for reader in tmp_path.glob("reader-*"):
        *faults, windows = lines(reader)
        assert faults == []
        assert int(windows.removeprefix("windows: ")) > 20
    ledger.close()


def test_eight_processes_can_open_a_new_ledger_at_once(ledger_url: str) -> None:
    barrier = spawning.Barrier(WRITERS)
    finish(*[start(workers.open_at_once, ledger_url, barrier, number) for number in range(WRITERS)])
    ledger = open_ledger(ledger_url)
    assert ledger.size("lane") == WRITERS
    assert ledger.verify("lane").unbroken
    with raw_engine(ledger_url).connect() as connection:
        assert list(connection.scalars(sa.text("SELECT version_num FROM ledger_version"))) == [REVISIONS[-1]]
    ledger.close()


def test_an_import_that_is_killed_leaves_nothing_and_blocks_nobody(ledger_url: str, tmp_path: Path) -> None:
    ledger = open_ledger(ledger_url)
    process = start(workers.import_and_hang, ledger_url, "lane", tmp_path / "under-way")
    wait_until((tmp_path / "under-way").exists)
    assert ledger.size("lane") == 0
    process.kill()
    process.join(PATIENCE)
    assert ledger.append("lane", heartbeat(5)).place == 1
    assert ledger.verify("lane").unbroken
    ledger.close()


def test_a_forked_child_uses_connections_of_its_own(ledger_url: str) -> None:
    rows = 40
    finish(start(workers.fork_while_open, ledger_url, "lane", rows))
    ledger = open_ledger(ledger_url)
    expected = {0, *workers.numbers(1, rows), *workers.numbers(2, rows)}
    assert {entry.entry_key for entry in ledger.entries("lane")} == {f"heartbeat-{n}" for n in expected}
    assert ledger.verify("lane").unbroken
    ledger.close()
