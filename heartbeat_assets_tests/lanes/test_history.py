"""Tests of history: heartbeat histories as rows."""

import json
from pathlib import Path

import pytest

from heartbeat_assets.errors import InputMissing, InputUnreadable
from heartbeat_assets.lanes.history import as_entry, file_rows, import_entries, parse_line, render_line
from heartbeat_assets_tests.lanes.histories import MALFORMED, row_of, rows_of


@pytest.mark.parametrize("line", [*MALFORMED, b"\xef\xbb\xbf{}", b"[" * 100_000, b"9" * 10_000])
def test_a_line_that_is_no_object_is_malformed_and_keeps_its_text(line: bytes) -> None:
    row = parse_line(line, 7)

    assert row.malformed
    assert (row.place, row.line, row.status, row.heartbeat_id, row.run_at) == (7, line, "", "", "")


def test_an_empty_object_is_well_formed_and_failed() -> None:
    row = parse_line(b"{}", 1)

    assert not row.malformed
    assert (row.status, row.heartbeat_id) == ("failed", "")


def test_blank_lines_of_a_file_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_bytes(b'\n{"a": 1}\r\n   \n\t\nnot json\n\n{"b": 2}')

    rows = list(file_rows(tmp_path / "history.jsonl"))

    assert [(row.place, row.line) for row in rows] == [(1, b'{"a": 1}\r'), (2, b"not json"), (3, b'{"b": 2}')]


def test_a_file_that_is_not_there_or_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match=r"history .*nowhere\.jsonl: no such file"):
        list(file_rows(tmp_path / "nowhere.jsonl"))
    with pytest.raises(InputUnreadable, match="Is a directory"):
        list(file_rows(tmp_path))


def test_a_row_is_one_line_that_reads_back_the_same() -> None:
    row = {**row_of(), "note": "línea\nnueva \u2028"}

    line = render_line(row)

    assert b"\n" not in line
    assert parse_line(line, 1).content == row


def test_an_entry_is_known_by_its_id_and_a_line_without_one_by_its_text_and_turn() -> None:
    rows = rows_of([b"oops", b'{"heartbeat_id": "a"}', b"oops", b'{"status": "ok"}', b"other"])

    entries = list(import_entries(rows))

    keys = [entry.entry_key for entry in entries]
    assert keys[1] == "a"
    assert (keys[0][-2:], keys[2][-2:]) == (":1", ":2")
    assert keys[0][:-2] == keys[2][:-2]
    assert len(set(keys)) == 5
    assert [entry.malformed for entry in entries] == [True, False, True, False, True]
    assert [entry.heartbeat_id for entry in entries] == [None, "a", None, None, None]


def test_an_entry_holds_the_status_as_it_counts() -> None:
    entry = as_entry(parse_line(b'{"heartbeat_id": " a ", "status": " OK ", "run_at": "now"}', 1))

    assert (entry.entry_key, entry.status, entry.run_at) == ("a", "ok", "now")


def test_an_id_longer_than_a_database_index_takes_is_imported_once_all_the_same() -> None:
    line = json.dumps({"heartbeat_id": "x" * 5000}).encode()
    keys = {entry.entry_key for entry in import_entries([parse_line(line, 1), parse_line(line, 2)])}
    assert len(keys) == 1
    assert len(keys.pop()) < 100


def test_another_text_under_the_same_id_is_a_row_of_its_own_and_the_same_text_is_not() -> None:
    lines = [b'{"heartbeat_id": "a"}', b'{"heartbeat_id": "a", "status": "ok"}', b'{"heartbeat_id": "a"}']
    entries = list(import_entries([parse_line(line, place) for place, line in enumerate(lines, start=1)]))
    keys = [entry.entry_key for entry in entries]
    assert keys[0] == "a"
    assert keys[1] != "a"
    assert keys[2] == "a"
