"""Several processes and threads on one journal at once: nothing lost, no chain forked, one of two wins."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from heartbeat_assets.ledger import JournalRefused, Ledger, StaleSubject, open_ledger
from heartbeat_assets_tests.ledger import journal_workers
from heartbeat_assets_tests.ledger.journal_entries import PERSON, PROGRAM, looked, note, switch
from heartbeat_assets_tests.ledger.test_processes import finish, lines, spawning, start

WRITERS = 4
ROUNDS = 10


def test_processes_that_write_at_once_lose_nothing_and_fork_no_chain(ledger_url: str) -> None:
    open_ledger(ledger_url).close()
    barrier = spawning.Barrier(WRITERS)
    finish(*[start(journal_workers.append_at_once, ledger_url, n, barrier, ROUNDS) for n in range(WRITERS)])
    journal = open_ledger(ledger_url).journal
    events = journal.after(0, 10_000)
    assert [event.seq for event in events] == list(range(1, WRITERS * ROUNDS * 4 + 1))
    own = {f"own_{number}": ROUNDS for number in range(WRITERS)}
    expected = {**own, "shared": WRITERS * ROUNDS * 2, "WHOLESALE.contract_rate": WRITERS * ROUNDS}
    assert Counter(event.subject for event in events) == expected
    for stream in journal.streams():
        for subject in journal.subjects(stream):
            found = journal.verify(stream, subject)
            assert (found.unbroken, found.entries) == (True, expected[subject])
    open_ledger(ledger_url).close()


def test_of_processes_that_engage_the_same_switch_just_one_does(ledger_url: str, tmp_path: Path) -> None:
    cause = open_ledger(ledger_url).journal.append(looked(), PROGRAM).seq
    barrier = spawning.Barrier(WRITERS)
    reports = [tmp_path / f"program-{number}" for number in range(WRITERS)]
    work = journal_workers.engage_at_once
    finish(*[start(work, ledger_url, cause, barrier, ROUNDS, report) for report in reports])
    assert sum(len(lines(report)) for report in reports) >= 1
    events = open_ledger(ledger_url).journal.of("switch", "WHOLESALE")
    assert [event.kind for event in events] == ["engaged", "released"] * (len(events) // 2)
    assert len(events) == 2 * sum(len(lines(report)) for report in reports)
    open_ledger(ledger_url).close()


def test_of_processes_that_decide_on_what_they_saw_just_one_does(ledger_url: str, tmp_path: Path) -> None:
    open_ledger(ledger_url).close()
    barrier = spawning.Barrier(WRITERS)
    reports = [tmp_path / f"decider-{number}" for number in range(WRITERS)]
    finish(*[start(journal_workers.decide_at_once, ledger_url, barrier, ROUNDS, report) for report in reports])
    won = sorted(int(line) for report in reports for line in lines(report))
    assert won == list(range(1, ROUNDS + 1))
    assert open_ledger(ledger_url).journal.verify("note", "a").unbroken
    open_ledger(ledger_url).close()


def test_of_threads_that_decide_at_once_just_one_does(ledger: Ledger) -> None:
    barrier = Barrier(8)

    def decide(number: int) -> bool:
        barrier.wait(60)
        try:
            ledger.journal.append(note("a", number), PERSON, if_place=0)
        except StaleSubject as stale:
            assert stale.newest is not None  # noqa: PT017
            assert stale.newest.place == 1  # noqa: PT017
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(decide, range(8))) == [False] * 7 + [True]
    assert len(ledger.journal.of("note", "a")) == 1


def test_threads_that_write_at_once_lose_nothing(ledger: Ledger) -> None:
    barrier = Barrier(8)

    def write(number: int) -> int:
        barrier.wait(60)
        refused = 0
        for count in range(ROUNDS):
            ledger.journal.append(note("shared", count), PERSON)
            try:
                ledger.journal.append(switch("engaged", f"D{count}", reason=f"thread {number}"), PERSON)
            except JournalRefused:
                refused += 1
        return refused

    with ThreadPoolExecutor(8) as pool:
        refused = sum(pool.map(write, range(8)))
    # Each switch was engaged by one of the eight.
    assert refused == ROUNDS * 7
    assert len(ledger.journal.newest("switch")) == ROUNDS
    assert ledger.journal.verify("note", "shared").entries == ROUNDS * 8
    assert ledger.journal.mark() == ROUNDS * 9
    assert ledger.journal.first_missing() is None
