"""What the processes of the process tests do. Each function runs in a process of its own.

Findings go to files, one line each, written at once: a process that is killed leaves behind what it had
written.
"""

import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from heartbeat_assets.ledger import Ledger, LedgerError, NewEntry, open_ledger
from heartbeat_assets.ledger.chain import GENESIS
from heartbeat_assets_tests.ledger.entries import heartbeat


def numbers(worker: int, rows: int) -> Iterator[int]:
    """The heartbeats of one writer: every fourth is one that all writers record."""
    for row in range(rows):
        yield row if row % 4 == 0 else (worker + 1) * 1_000_000 + row


def write(url: str, lane: str, worker: int, rows: int, acknowledged: Path) -> None:
    """Appends this worker's heartbeats and notes each acknowledgement: number, place, appended."""
    ledger = open_ledger(url)
    with acknowledged.open("ab", buffering=0) as notes:
        for number in numbers(worker, rows):
            result = ledger.append(lane, heartbeat(number))
            notes.write(f"{number} {result.place} {int(result.appended)}\n".encode())


def watch(url: str, lane: str, stop: Path, report: Path) -> None:
    """Reads the newest 20 again and again, and notes every window that no sound history can show."""
    ledger = open_ledger(url)
    windows = newest = 0
    with report.open("ab", buffering=0) as notes:
        while not stop.exists():
            newest, fault = _look(ledger, lane, newest)
            windows += 1
            if fault:
                notes.write(f"fault: {fault}\n".encode())
        notes.write(f"windows: {windows}\n".encode())


def _look(ledger: Ledger, lane: str, newest_before: int) -> tuple[int, str]:
    window = ledger.last(lane, 20)
    if not window:
        return newest_before, "rows have vanished" if newest_before else ""
    newest = window[-1].place
    if [entry.place for entry in window] != list(range(max(1, newest - 19), newest + 1)):
        return newest, f"places are not contiguous: {[entry.place for entry in window]}"
    previous = window[0].previous_hash if window[0].place > 1 else GENESIS
    for entry in window:
        if entry.previous_hash != previous:
            return newest, f"place {entry.place} does not follow"
        previous = entry.entry_hash
    return newest, f"went back from {newest_before} to {newest}" if newest < newest_before else ""


def open_at_once(url: str, barrier: Any, worker: int) -> None:
    """Opens a ledger that is not there yet in the same moment as the others, and appends one entry."""
    barrier.wait(60)
    open_ledger(url).append("lane", heartbeat(worker))


def import_and_hang(url: str, lane: str, signal: Path) -> None:
    """Starts an import, signals when it is well under way, and never ends it."""

    def endless() -> Iterator[NewEntry]:
        for number in range(2000):
            yield heartbeat(number)
        signal.touch()
        time.sleep(600)

    open_ledger(url).import_entries(lane, endless())


def fork_while_open(url: str, lane: str, rows: int) -> None:
    """Appends, forks, and appends from both sides at once; fails when the child inherits an open ledger."""
    ledger = open_ledger(url)
    ledger.append(lane, heartbeat(0))
    child = os.fork()
    if child == 0:
        status = 1
        try:
            inherited = [name for name in _open_files() if "ledger.sqlite" in name]
            if not inherited:
                for number in numbers(1, rows):
                    ledger.append(lane, heartbeat(number))
                status = 0
        finally:
            os._exit(status)
    for number in numbers(2, rows):
        ledger.append(lane, heartbeat(number))
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status))


def _open_files() -> list[str]:
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(descriptor.readlink()))
        except OSError:
            continue
    return found


def try_without_rights(folder: Path, report: Path) -> None:
    """Makes a ledger, takes the right to write from everybody, and notes what each attempt then says."""
    ledger = open_ledger(str(folder / "ledger.sqlite"))
    ledger.append("lane", heartbeat(1))
    ledger.close()
    with report.open("w") as notes:
        (folder / "ledger.sqlite").chmod(0o444)
        folder.chmod(0o555)
        if os.geteuid() == 0:
            os.setuid(65534)
        for attempt in (
            lambda: ledger.append("lane", heartbeat(2)),
            lambda: open_ledger(str(folder / "other.sqlite")),
            lambda: open_ledger(str(folder / "new" / "ledger.sqlite")),
        ):
            try:
                attempt()
                notes.write("it worked\n")
            except (LedgerError, sqlite3.Error) as error:
                notes.write(f"{type(error).__name__}: {error}\n")
