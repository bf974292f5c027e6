"""Reading: windows, look-ups and walking through a whole lane."""

import pytest

from heartbeat_assets.ledger import Entry, Ledger, NewEntry
from heartbeat_assets_tests.ledger.entries import heartbeat, heartbeats, malformed


def places(entries: list[Entry]) -> list[int]:
    return [entry.place for entry in entries]


def test_the_newest_entries_come_oldest_first(ledger: Ledger) -> None:
    ledger.import_entries("lane", heartbeats(*range(10)))
    assert places(ledger.last("lane", 3)) == [8, 9, 10]
    assert places(ledger.last("lane", 99)) == list(range(1, 11))
    assert ledger.last("lane", 0) == []


def test_a_window_can_end_before_a_place(ledger: Ledger) -> None:
    ledger.import_entries("lane", heartbeats(*range(10)))
    assert places(ledger.last("lane", 3, before_place=5)) == [2, 3, 4]
    assert places(ledger.last("lane", 3, before_place=2)) == [1]
    assert ledger.last("lane", 3, before_place=1) == []
    assert places(ledger.last("lane", 2, before_place=1000)) == [9, 10]


def test_a_lane_without_entries_is_empty_everywhere(ledger: Ledger) -> None:
    ledger.append("other", heartbeat(1))
    assert ledger.last("lane", 20) == []
    assert ledger.head("lane") is None
    assert ledger.size("lane") == 0
    assert ledger.find("lane", "heartbeat-1") is None
    assert list(ledger.entries("lane")) == []


def test_an_entry_is_found_by_its_key(ledger: Ledger) -> None:
    ledger.import_entries("lane", heartbeats(1, 2, 3))
    found = ledger.find("lane", "heartbeat-2")
    assert found is not None
    assert (found.place, found.line) == (2, heartbeat(2).line)
    assert ledger.find("lane", "heartbeat-4") is None


@pytest.mark.parametrize("batch", [1, 3, 10, 1000])
def test_walking_gives_every_entry_once_whatever_the_batch(ledger: Ledger, batch: int) -> None:
    ledger.import_entries("lane", heartbeats(*range(10)))
    ledger.import_entries("other", heartbeats(*range(4)))
    assert places(list(ledger.entries("lane", batch=batch))) == list(range(1, 11))
    assert places(list(ledger.entries("lane", after_place=7, batch=batch))) == [8, 9, 10]
    assert list(ledger.entries("lane", after_place=10, batch=batch)) == []


def test_a_walk_sees_what_is_appended_meanwhile_and_blocks_nobody(ledger: Ledger) -> None:
    ledger.import_entries("lane", heartbeats(1, 2, 3))
    walk = ledger.entries("lane", batch=2)
    assert next(walk).place == 1
    ledger.append("lane", heartbeat(4))
    assert places(list(walk)) == [2, 3, 4]


@pytest.mark.parametrize("batch", [1, 3, 12, 1000])
def test_the_lines_alone_come_in_order_as_text_where_they_are_text(ledger: Ledger, batch: int) -> None:
    odd = [
        NewEntry(line=line, entry_key=repr(line), malformed=True) for line in (b"\xff\xfe", b"nul \x00", "é".encode())
    ]
    ledger.import_entries("lane", [*heartbeats(*range(8)), *odd, malformed(1)])
    ledger.import_entries("other", heartbeats(*range(4)))

    batches = list(ledger.lines("lane", batch=batch))

    read = [line for several in batches for line in several]
    assert [line if isinstance(line, bytes) else line.encode() for line in read] == [
        entry.line for entry in ledger.entries("lane")
    ]
    assert [number for number, line in enumerate(read) if isinstance(line, bytes)] == [8, 9]
    assert all(0 < len(several) <= batch for several in batches)
    assert [line for several in ledger.lines("lane", after_place=10, batch=batch) for line in several] == read[10:]
    assert list(ledger.lines("nothing", batch=batch)) == []


def test_lanes_are_listed_sorted(ledger: Ledger) -> None:
    assert ledger.lanes() == []
    for lane in ("liberty", "Zeta", "citizen_product", "área", "citizen"):
        ledger.import_entries(lane, heartbeats(1, 2))
    assert ledger.lanes() == ["Zeta", "citizen", "citizen_product", "liberty", "área"]


def test_senseless_counts_are_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="count is -1"):
        ledger.last("lane", -1)
    with pytest.raises(ValueError, match="batch is 0"):
        next(ledger.entries("lane", batch=0))
    with pytest.raises(ValueError, match="batch is 0"):
        next(ledger.lines("lane", batch=0))
