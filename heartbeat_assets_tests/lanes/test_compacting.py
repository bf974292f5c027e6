"""Tests of compacting: the compacted history of a lane beside its raw one."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heartbeat_assets.errors import HeartbeatError, InputMissing
from heartbeat_assets.lanes.compacting import compact_file, compact_ledger, parity_of_files, parity_of_ledger
from heartbeat_assets.lanes.history import file_rows
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.lanes.transfer import import_file
from heartbeat_assets.ledger import Entry, Ledger
from heartbeat_assets_tests.lanes.histories import (
    NOW,
    another,
    digest_of,
    histories,
    row_of,
    spec_with,
    write_history,
    write_rows,
)

SMALL = {"recent": 3, "middle": 6, "middle_every": 2, "old_every": 4}


def small(lane: Lane) -> Lane:
    return dataclasses.replace(another(lane), spec=spec_with(retention=SMALL))


def compacted_from_nothing(lane: Lane) -> bytes:
    """What the compacted file is when it is made from the whole ledger."""
    before = lane.compacted_history.read_bytes()
    lane.compacted_history.unlink()
    compact_ledger(lane, now=NOW)
    afresh = lane.compacted_history.read_bytes()
    lane.compacted_history.write_bytes(before)
    return afresh


@settings(max_examples=20)
@given(histories(most=40), st.lists(st.integers(0, 40), max_size=3))
def test_bringing_up_to_date_gives_the_same_file_as_making_it_anew(
    lane: Lane, history: list[bytes], stops: list[int]
) -> None:
    lane = small(lane)
    for stop in [*sorted(stops), len(history)]:
        import_file(lane, write_history(lane.home / "raw.jsonl", history[:stop]))
        report = compact_ledger(lane, now=NOW)

        assert report["status"] == "ok"
        assert parity_of_ledger(lane, now=NOW)["status"] == "ok"

    assert lane.compacted_history.read_bytes() == compacted_from_nothing(lane)


def fill(lane: Lane, days: range) -> None:
    for day in days:
        append_to_ledger(lane, digest_of(day), now=NOW)


def test_only_new_rows_are_read_again(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = small(lane)
    fill(lane, range(30))
    first = compact_ledger(lane, now=NOW)
    fill(lane, range(30, 32))
    read_after: list[int] = []
    entries = Ledger.entries

    def spying(ledger: Ledger, name: str, *, after_place: int = 0) -> Iterator[Entry]:
        read_after.append(after_place)
        return entries(ledger, name, after_place=after_place)

    monkeypatch.setattr(Ledger, "entries", spying)
    second = compact_ledger(lane, now=NOW)

    assert read_after == [30]
    assert first["entries_before"] == 30
    # The report is about the whole history all the same.
    assert second["entries_before"] == 32
    assert second["entries_after"] + second["dropped"] == 32
    assert sum(tier["entries"] for tier in second["tiers"].values()) == 32
    assert second["newest_place"] == 32


def test_a_compacted_file_of_another_ledger_is_not_trusted(lane: Lane, tmp_path: Path) -> None:
    lane = small(lane)
    fill(lane, range(10))
    compact_ledger(lane, now=NOW)
    elsewhere = dataclasses.replace(
        lane, settings=dataclasses.replace(lane.settings, ledger_url=f"sqlite:///{tmp_path / 'other.sqlite'}")
    )
    # The same newest row at the same place, after other rows.
    fill(elsewhere, range(100, 109))
    fill(elsewhere, range(9, 10))

    report = compact_ledger(elsewhere, now=NOW)

    assert report["entries_before"] == 10
    assert next(row.run_at for row in file_rows(lane.compacted_history)) == row_of(100)["run_at"]


def test_a_compacted_file_that_was_edited_is_made_anew(lane: Lane) -> None:
    lane = small(lane)
    fill(lane, range(10))
    compact_ledger(lane, now=NOW)
    whole = lane.compacted_history.read_bytes()
    lane.compacted_history.write_bytes(b"".join(whole.splitlines(keepends=True)[2:]))

    compact_ledger(lane, now=NOW)

    assert lane.compacted_history.read_bytes() == whole


@pytest.mark.parametrize("note", [b"", b"[]", b'{"place": "x"}', b"\xff", b'{"place": 10}'])
def test_a_note_that_cannot_be_used_costs_nothing_but_time(lane: Lane, note: bytes) -> None:
    lane = small(lane)
    fill(lane, range(10))
    compact_ledger(lane, now=NOW)
    whole = lane.compacted_history.read_bytes()
    lane.compacted_history.with_suffix(".made_from.json").write_bytes(note)

    assert compact_ledger(lane, now=NOW)["entries_before"] == 10
    assert lane.compacted_history.read_bytes() == whole


def test_a_note_of_an_older_file_is_not_believed(lane: Lane) -> None:
    """As two processes leave it that compact at once: the file of one, the note of the other."""
    lane = small(lane)
    note = lane.compacted_history.with_suffix(".made_from.json")
    fill(lane, range(5))
    compact_ledger(lane, now=NOW)
    older = json.loads(note.read_text())
    fill(lane, range(5, 10))
    compact_ledger(lane, now=NOW)
    note.write_text(
        json.dumps({**json.loads(note.read_text()), **{key: older[key] for key in ("place", "entry_hash")}})
    )

    assert compact_ledger(lane, now=NOW)["entries_before"] == 10


def test_more_of_the_history_comes_back_when_retention_is_widened(lane: Lane) -> None:
    lane = small(lane)
    fill(lane, range(30))
    compact_ledger(lane, now=NOW)
    wider = dataclasses.replace(lane, spec=spec_with(retention={**SMALL, "recent": 15}))

    compact_ledger(wider, now=NOW)

    assert lane.compacted_history.read_bytes() == compacted_from_nothing(wider)
    assert parity_of_ledger(wider, last=15, now=NOW)["entries_present"] == 15


def test_the_ledger_keeps_every_row(lane: Lane) -> None:
    from heartbeat_assets.ledger import open_ledger

    lane = small(lane)
    fill(lane, range(30))
    compact_ledger(lane, now=NOW)

    assert open_ledger(lane.settings.ledger_url).size(lane.name) == 30


def test_an_empty_ledger_gives_an_empty_file_and_holds_parity(lane: Lane) -> None:
    report = compact_ledger(lane, now=NOW)

    assert (report["entries_after"], report["status"]) == (0, "ok")
    assert lane.compacted_history.read_bytes() == b""
    assert parity_of_ledger(lane, now=NOW)["status"] == "ok"


def test_parity_without_a_compacted_file_says_what_is_lost(lane: Lane) -> None:
    append_to_ledger(lane, digest_of(unknown=0.9), now=NOW)

    assert parity_of_ledger(lane, now=NOW)["strict_fail_reasons"] == [
        "newest_row_lost", "failed_count_lost", "strict_count_lost", "contract_incomplete_count_lost",
        "unknown_rate_violation_count_lost",
    ]  # fmt: skip


def test_a_file_is_compacted_into_another_and_agrees_with_it(lane: Lane, tmp_path: Path) -> None:
    lane = small(lane)
    history = write_rows(tmp_path / "history.jsonl", [row_of(day) for day in range(30)])

    reported = compact_file(lane, history, None, now=NOW)
    written = compact_file(lane, history, tmp_path / "out" / "compacted.jsonl", now=NOW)

    assert reported == written
    lines = (tmp_path / "out" / "compacted.jsonl").read_text().splitlines()
    assert len(lines) == written["entries_after"]
    assert [json.loads(line).get("history_place") for line in lines[:3]] == [None, 4, 8]
    assert parity_of_files(lane, history, tmp_path / "out" / "compacted.jsonl", last=2, now=NOW)["status"] == "ok"


def test_a_file_compacted_onto_itself_and_again_stays_as_it_is(lane: Lane, tmp_path: Path) -> None:
    lane = small(lane)
    history = write_rows(tmp_path / "history.jsonl", [row_of(day) for day in range(30)])

    compact_file(lane, history, history, now=NOW)
    once = history.read_bytes()
    compact_file(lane, history, history, now=NOW)

    assert history.read_bytes() == once


def test_a_history_that_is_not_there_is_missing(lane: Lane, tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"nowhere\.jsonl: no such file"):
        compact_file(lane, tmp_path / "nowhere.jsonl", None, now=NOW)


def test_a_compacted_file_that_cannot_be_written_is_a_clear_error(lane: Lane, tmp_path: Path) -> None:
    history = write_rows(tmp_path / "history.jsonl", [row_of()])
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(HeartbeatError, match="cannot be written"):
        compact_file(lane, history, tmp_path / "file" / "out.jsonl", now=NOW)
