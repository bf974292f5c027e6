"""Appending one entry."""

from datetime import UTC, datetime, timedelta

import pytest

from heartbeat_assets.ledger import AppendResult, Ledger, LedgerError, NewEntry
from heartbeat_assets_tests.ledger.entries import heartbeat, malformed


def test_an_entry_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    before = datetime.now(UTC)
    result = ledger.append("citizen_product", heartbeat(7, status="degraded"), dagster_run_id="run-1")
    entry = ledger.head("citizen_product")

    assert result == AppendResult(appended=True, place=1, size_before=0, malformed_before=0, size_after=1)
    assert entry is not None
    assert entry.line == heartbeat(7, status="degraded").line
    assert (entry.entry_key, entry.heartbeat_id) == ("heartbeat-7", "heartbeat-7")
    assert (entry.run_at, entry.status) == ("2026-02-23T00:00:07+00:00", "degraded")
    assert (entry.lane, entry.place) == ("citizen_product", 1)
    assert (entry.malformed, entry.malformed_total) == (False, 0)
    assert entry.dagster_run_id == "run-1"
    assert entry.recorded_at.utcoffset() == timedelta(0)
    assert before <= entry.recorded_at <= datetime.now(UTC)
    assert entry.previous_hash == "0" * 64
    assert len(entry.entry_hash) == 64


def test_a_row_that_is_already_there_is_not_appended_again(ledger: Ledger) -> None:
    ledger.append("lane", heartbeat(1))
    ledger.append("lane", malformed(1))
    ledger.append("lane", heartbeat(2))

    again = ledger.append("lane", heartbeat(1))

    assert again == AppendResult(appended=False, place=1, size_before=3, malformed_before=1, size_after=3)
    assert [entry.entry_key for entry in ledger.entries("lane")] == [
        "heartbeat-1",
        "malformed-1",
        "heartbeat-2",
    ]


def test_each_entry_carries_the_hash_of_the_one_before_it(ledger: Ledger) -> None:
    for number in range(5):
        ledger.append("lane", heartbeat(number))
    entries = list(ledger.entries("lane"))
    hashes = [entry.entry_hash for entry in entries]
    assert [entry.previous_hash for entry in entries] == ["0" * 64, *hashes[:-1]]
    assert len(set(hashes)) == 5


def test_lanes_keep_separate_histories(ledger: Ledger) -> None:
    ledger.append("one", heartbeat(1))
    result = ledger.append("two", heartbeat(1))
    assert (result.appended, result.place) == (True, 1)
    assert ledger.append("two", heartbeat(2)).place == 2
    assert (ledger.size("one"), ledger.size("two")) == (1, 2)
    one, two = ledger.head("one"), ledger.last("two", 2)[0]
    assert one is not None
    assert one.line == two.line
    assert one.entry_hash != two.entry_hash


def test_malformed_rows_are_counted_up_to_each_place(ledger: Ledger) -> None:
    for entry in (heartbeat(1), malformed(1), heartbeat(2), malformed(2)):
        ledger.append("lane", entry)
    assert [entry.malformed_total for entry in ledger.entries("lane")] == [0, 1, 1, 2]
    assert ledger.append("lane", heartbeat(3)).malformed_before == 2


def test_a_line_of_fifty_megabytes_is_kept_whole(ledger: Ledger) -> None:
    line = b"\xff" + b"x" * 50_000_000
    ledger.append("lane", NewEntry(line=line, entry_key="large", malformed=True))
    entry = ledger.head("lane")
    assert entry is not None
    assert entry.line == line


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (NewEntry(line=b"{}\n{}", entry_key="two lines"), "line end"),
        (NewEntry(line=b"{}", entry_key=""), "empty entry_key"),
        (NewEntry(line=b"{}", entry_key="k" * 2001), "longer than 2000 bytes"),
    ],
)
def test_an_entry_that_cannot_be_kept_is_refused_with_a_reason(
    shared_ledger: Ledger, entry: NewEntry, complaint: str
) -> None:
    with pytest.raises(LedgerError, match=complaint):
        shared_ledger.append("lane", entry)
    with pytest.raises(LedgerError, match=complaint):
        shared_ledger.import_entries("lane", [entry])
    assert shared_ledger.size("lane") == 0


def test_the_longest_lane_and_key_fit_the_index(ledger: Ledger) -> None:
    # Hexadecimal of random bytes: an index may compress a key, and this one hardly.
    key = "".join(f"{(number * 2654435761) % 4294967296:08x}" for number in range(250))
    ledger.append("l" * 200, NewEntry(line=b"{}", entry_key=key))
    assert ledger.find("l" * 200, key) is not None


@pytest.mark.parametrize("lane", ["", "l" * 201, "nul\x00", "half \ud800 pair"])
def test_a_lane_name_that_cannot_be_kept_is_refused(shared_ledger: Ledger, lane: str) -> None:
    with pytest.raises(LedgerError, match="cannot name a lane"):
        shared_ledger.append(lane, heartbeat(1))


def test_an_entry_for_a_history_that_has_grown_is_not_recorded(ledger: Ledger) -> None:
    assert ledger.append_at("citizen_product", heartbeat(1), 0) is not None
    assert ledger.append_at("citizen_product", heartbeat(2), 0) is None
    assert ledger.size("citizen_product") == 1
    result = ledger.append_at("citizen_product", heartbeat(2), 1)
    assert result is not None
    assert (result.appended, result.place) == (True, 2)
