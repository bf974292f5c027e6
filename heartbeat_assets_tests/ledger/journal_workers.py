"""What the processes of the process tests of the journal do. Each function runs in a process of its own."""

from pathlib import Path
from typing import Any

from heartbeat_assets.ledger import JournalRefused, StaleSubject, open_ledger
from heartbeat_assets_tests.ledger.journal_entries import PERSON, PROGRAM, looked, note, switch


def append_at_once(url: str, number: int, barrier: Any, rounds: int) -> None:
    """Writes to a subject that everybody writes to, and to one of its own, singly and together."""
    journal = open_ledger(url).journal
    barrier.wait(60)
    for count in range(rounds):
        journal.append(note("shared", count), PERSON)
        journal.append_all([note(f"own_{number}", count), note("shared", count), looked("ok")], PROGRAM)


def engage_at_once(url: str, cause: int, barrier: Any, rounds: int, report: Path) -> None:
    """Engages the same switch as everybody else, round after round; the one who was first releases it again."""
    journal = open_ledger(url).journal
    with report.open("w") as notes:
        for _ in range(rounds):
            barrier.wait(60)
            first = True
            try:
                journal.append(switch("engaged", cause=cause), PROGRAM)
            except JournalRefused as refusal:
                assert "an engaged switch is not engaged again" in str(refusal)  # noqa: PT017
                first = False
            # The next round comes after every attempt of this one.
            barrier.wait(60)
            if first:
                notes.write("engaged\n")
                journal.append(switch("released"), PERSON)


def decide_at_once(url: str, barrier: Any, rounds: int, report: Path) -> None:
    """Looks at a subject and decides what it saw, in step with the others; notes each decision that won."""
    journal = open_ledger(url).journal
    with report.open("w") as notes:
        for number in range(rounds):
            place = len(journal.of("note", "a"))
            barrier.wait(60)
            try:
                notes.write(f"{journal.append(note('a', number), PERSON, if_place=place).place}\n")
            except StaleSubject as stale:
                assert stale.newest is not None  # noqa: PT017
            barrier.wait(60)
