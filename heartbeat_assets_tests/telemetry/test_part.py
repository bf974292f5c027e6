"""A range of lines becomes a complete part or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.telemetry import careful_reader, part, typed_sql
from heartbeat_assets.telemetry.manifest import Part
from heartbeat_assets.telemetry.part import merge_parts, write_part
from heartbeat_assets.warehouse import QueryProblem, connect
from heartbeat_assets_tests.telemetry.events import Row, event


def rows_of(written: Part, folder: Path) -> list[Row]:
    with connect(folder, keep_order=True) as connection:
        events = typed_sql.stored_events([str(folder / written.parquet)])
        return connection.execute(f"SELECT * FROM {events}").fetchall()


def quarantine_of(written: Part, folder: Path) -> list[tuple[str, int, str, str]]:
    lines = (folder / written.quarantine).read_text("utf-8").splitlines()
    return [(kept["file"], kept["line"], kept["reason"], kept["text"]) for kept in map(json.loads, lines)]


def write(folder: Path, content: bytes, first_line: int = 1, start: int = 0) -> Part:
    lines = folder / "lines"
    lines.write_bytes(content)
    end = start + len(content)
    return write_part(lines, folder, folder / "scratch", file="x.jsonl", start=start, end=end, first_line=first_line)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path


def test_a_part_holds_every_line_in_order_and_quarantine_the_unreadable_ones(folder: Path) -> None:
    written = write(folder, event("b", ts=1) + b"\n{oops\n" + event("a") + b"[1]", first_line=10)
    assert (written.rows, written.bad, written.line_ends, written.start, written.tail) == (4, 2, 4, 0, False)
    assert rows_of(written, folder) == [
        *(("b", None, 1_000_000, None), (None, None, None, None), ("a", None, None, None), (None, None, None, None)),
    ]
    assert quarantine_of(written, folder) == [
        ("x.jsonl", 12, "not JSON", "{oops"),
        ("x.jsonl", 14, "not an object", "[1]"),
    ]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["lines", "scratch", written.parquet, written.quarantine]
    )


@pytest.mark.parametrize("content", [b"{", b"x", b"\x00", b"\xff", b"\n"])
def test_a_file_of_a_single_byte_is_no_empty_file(folder: Path, content: bytes) -> None:
    written = write(folder, content)
    assert (written.rows, written.bad) == ((0, 0) if content == b"\n" else (1, 1))


def test_without_an_unreadable_line_there_is_no_quarantine(folder: Path) -> None:
    written = write(folder, event() * 3)
    assert (written.rows, written.bad, (folder / written.quarantine).exists()) == (3, 0, False)
    empty = write(folder, b"")
    assert (empty.rows, empty.bad, rows_of(empty, folder)) == (0, 0, [])


def test_a_file_whose_lines_the_engine_splits_in_its_own_way_is_read_carefully(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = part._copy_to_parquet
    monkeypatch.setattr(
        part,
        "_copy_to_parquet",
        lambda lines, *others: (99, []) if lines.name == "lines" else read(lines, *others),
    )
    written = write(folder, event("a") + b"oops\n" + event("b"))
    assert (written.rows, written.bad) == (3, 1)
    assert [row[0] for row in rows_of(written, folder)] == ["a", None, "b"]
    assert quarantine_of(written, folder) == [("x.jsonl", 2, "not JSON", "oops")]
    assert list((folder / "scratch").iterdir()) == []


def test_a_line_longer_than_every_limit_goes_to_quarantine_and_the_others_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The engine's buffers are larger than the limit it is told, so the line is far beyond it.
    monkeypatch.setattr(typed_sql, "LINE_LIMITS", (1000, 2000))
    monkeypatch.setattr(typed_sql, "LONGEST_LINE_BYTES", 2000)
    monkeypatch.setattr(careful_reader, "LONGEST_LINE_BYTES", 2000)
    written = write(folder, event("a") + event("b", x="x" * 40_000_000) + event("c"))
    assert [row[0] for row in rows_of(written, folder)] == ["a", None, "c"]
    (kept,) = quarantine_of(written, folder)
    assert kept[1:3] == (2, "longer than 2,000 bytes")
    assert list((folder / "scratch").iterdir()) == []


def test_parts_merged_keep_their_order_their_sums_and_their_quarantine(folder: Path) -> None:
    one = write(folder, event("c") + b"bad\n")
    two = write(folder, event("b"), first_line=3, start=one.end)
    three = write(folder, b"worse\n" + event("a"), first_line=4, start=two.end)
    merged = merge_parts([one, two, three], folder, folder / "scratch")
    assert [row[0] for row in rows_of(merged, folder)] == ["c", None, "b", None, "a"]
    assert (merged.start, merged.end) == (0, three.end)
    assert (merged.rows, merged.bad, merged.line_ends, merged.tail) == (5, 2, 5, False)
    assert [kept[1] for kept in quarantine_of(merged, folder)] == [2, 4]


def test_when_the_engine_fails_the_error_names_the_place_and_nothing_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise QueryProblem("No space left on device")

    written = write(folder, event())
    before = sorted(folder.rglob("*"))
    monkeypatch.setattr(part, "run", refuse)
    with pytest.raises(HeartbeatError, match=rf"lines: .* at {folder}.*No space left on device"):
        write(folder, event())
    with pytest.raises(HeartbeatError, match=rf"{folder}: .* cannot be merged: No space left on device"):
        merge_parts([written], folder, folder / "scratch")
    assert sorted(folder.rglob("*")) == before
