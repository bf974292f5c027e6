"""Importing a whole history: all of it or nothing, and twice is once."""

import tracemalloc
from collections.abc import Iterator

import pytest

from heartbeat_assets.ledger import ImportResult, Ledger, NewEntry
from heartbeat_assets_tests.ledger.entries import heartbeat, heartbeats, malformed


def test_a_history_keeps_its_order_and_its_text(ledger: Ledger) -> None:
    history = [heartbeat(3), malformed(1), heartbeat(1), heartbeat(2)]
    result = ledger.import_entries("lane", history, dagster_run_id="run-9")
    assert result == ImportResult(read=4, appended=4, duplicates=0, size_before=0, size_after=4)
    entries = list(ledger.entries("lane"))
    assert [entry.line for entry in entries] == [entry.line for entry in history]
    assert [entry.malformed_total for entry in entries] == [0, 1, 1, 1]
    assert {entry.dagster_run_id for entry in entries} == {"run-9"}
    assert ledger.verify("lane").unbroken


def test_importing_twice_is_importing_once(ledger: Ledger) -> None:
    ledger.import_entries("lane", heartbeats(1, 2, 3))
    again = ledger.import_entries("lane", heartbeats(1, 2, 3))
    assert again == ImportResult(read=3, appended=0, duplicates=3, size_before=3, size_after=3)
    assert ledger.size("lane") == 3


def test_duplicates_within_one_import_are_counted(ledger: Ledger) -> None:
    ledger.append("lane", heartbeat(1))
    result = ledger.import_entries("lane", heartbeats(2, 1, 2, 3, 3))
    assert result == ImportResult(read=5, appended=2, duplicates=3, size_before=1, size_after=3)


def test_duplicates_far_apart_in_one_import_are_found(ledger: Ledger) -> None:
    # Further apart than one batch of rows: the second is found in the database, within the same transaction.
    result = ledger.import_entries("lane", heartbeats(*range(1200), 0, 600, 1199))
    assert (result.appended, result.duplicates) == (1200, 3)
    assert ledger.verify("lane").unbroken


def test_an_empty_history_changes_nothing(ledger: Ledger) -> None:
    assert ledger.import_entries("lane", []) == ImportResult(0, 0, 0, 0, 0)
    assert ledger.lanes() == []


def test_a_history_that_fails_half_way_leaves_nothing_behind(ledger: Ledger) -> None:
    def truncated() -> Iterator[NewEntry]:
        yield from heartbeats(*range(1, 1100))
        raise EOFError("the file ends in the middle of a line")

    ledger.append("lane", heartbeat(0))
    with pytest.raises(EOFError, match="middle of a line"):
        ledger.import_entries("lane", truncated())
    assert ledger.size("lane") == 1
    assert ledger.append("lane", heartbeat(1)).place == 2


def test_a_long_history_is_not_held_in_memory(ledger: Ledger) -> None:
    line = b"x" * 5000
    count = 4000
    entries = (NewEntry(line=line + b"%d" % number, entry_key=str(number)) for number in range(count))
    tracemalloc.start()
    try:
        assert ledger.import_entries("lane", entries).appended == count
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < count * len(line) / 2


def test_an_import_waits_for_nobody_who_only_reads(ledger: Ledger) -> None:
    ledger.import_entries("lane", heartbeats(*range(50)))
    seen: list[int] = []

    def watched() -> Iterator[NewEntry]:
        for number in range(50, 1150):
            if number % 500 == 0:
                seen.append(ledger.size("lane"))
            yield heartbeat(number)

    ledger.import_entries("lane", watched())
    assert seen == [50, 50]
    assert ledger.size("lane") == 1150
