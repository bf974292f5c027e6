"""Several processes and threads on the metrics of one ledger at once: one of two edits wins, a tick has one row."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from heartbeat_assets.ledger import Ledger, StaleMetric, open_ledger
from heartbeat_assets_tests.ledger import metric_workers
from heartbeat_assets_tests.ledger.metric_entries import PERSON, change, register, value
from heartbeat_assets_tests.ledger.test_processes import finish, lines, spawning, start

WRITERS = 4
ROUNDS = 20


def test_of_edits_of_the_same_state_just_one_wins(ledger_url: str, tmp_path: Path) -> None:
    register(open_ledger(ledger_url), "sessions")
    barrier = spawning.Barrier(WRITERS)
    reports = [tmp_path / f"editor-{number}" for number in range(WRITERS)]
    finish(*[start(metric_workers.edit_at_once, ledger_url, "sessions", barrier, ROUNDS, report) for report in reports])
    metrics = open_ledger(ledger_url).metrics
    events = metrics.events("sessions")
    won = sorted(int(line) for report in reports for line in lines(report))
    # Every round saw one place, and one editor of it was let in.
    assert won == [event.place for event in events[2:]]
    assert len(won) == ROUNDS
    assert metrics.verify_metric("sessions").unbroken
    open_ledger(ledger_url).close()


def test_of_threads_that_edit_the_same_state_just_one_wins(ledger: Ledger) -> None:
    register(ledger, "sessions")
    barrier = Barrier(WRITERS)

    def edit(number: int) -> bool:
        barrier.wait(60)
        try:
            ledger.metrics.append_events("sessions", [change("owner", f"{number}@example.com")], PERSON, if_place=2)
        except StaleMetric as error:
            seen = error.current
            assert seen is not None
            assert seen.place == 3
            return False
        return True

    with ThreadPoolExecutor(WRITERS) as pool:
        assert sorted(pool.map(edit, range(WRITERS))) == [False] * (WRITERS - 1) + [True]
    assert len(ledger.metrics.events("sessions")) == 3


def test_many_writers_of_a_tick_make_one_row_of_each_metric(ledger_url: str, tmp_path: Path) -> None:
    open_ledger(ledger_url).close()
    barrier = spawning.Barrier(WRITERS)
    reports = [tmp_path / f"writer-{number}" for number in range(WRITERS)]
    finish(*[start(metric_workers.compute_at_once, ledger_url, barrier, ROUNDS, report) for report in reports])
    metrics = open_ledger(ledger_url).metrics
    expected = [value(metric_workers.NAME.format(n), number) for number in range(ROUNDS) for n in range(5)]
    assert sum(int(line) for report in reports for line in lines(report)) == len(expected)
    recorded = metrics.values_after(0)
    assert [found.seq for found in recorded] == list(range(1, len(expected) + 1))
    assert {(found.metric_id, found.tick, found.revision) for found in recorded} == {
        (one.metric_id, one.tick, 1) for one in expected
    }
    open_ledger(ledger_url).close()
