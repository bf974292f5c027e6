"""One pass over raw files gives what the store gives, and what the independent reader gives."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heartbeat_assets.errors import InputUnreadable
from heartbeat_assets.telemetry import careful_reader, raw, typed_sql
from heartbeat_assets.telemetry.event_files import event_files
from heartbeat_assets.telemetry.store import TelemetryStore, view_of_parquet
from heartbeat_assets.warehouse import QueryProblem, connect
from heartbeat_assets_tests.telemetry.events import (
    SETS,
    Row,
    event,
    ingest,
    lines_of_all_kinds,
    read_by_oracle,
    read_raw,
    same,
)

PACKINGS = {"jsonl": bytes, "jsonl.gz": gzip.compress, "json.zst": zstandard.compress, "ndjson": bytes}


def with_flags(rows: list[Row]) -> list[Row]:
    return [(*row, *(row[1] in members for members in SETS.values())) for row in rows]


@settings(deadline=None, max_examples=5)
@given(st.lists(st.tuples(lines_of_all_kinds, st.sampled_from(sorted(PACKINGS))), max_size=4))
@example([([b"{"], "jsonl"), ([], "jsonl"), ([b"x"], "jsonl.gz"), ([b"\xff"], "ndjson")])
def test_raw_files_the_store_and_the_independent_reader_agree(files: list[tuple[list[bytes], str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        source, store = Path(name) / "source", TelemetryStore(Path(name) / "store")
        source.mkdir()
        expected: list[Row] = []
        for position, (lines, packing) in enumerate(files):
            content = b"\n".join(lines)
            (source / f"{position}.{packing}").write_bytes(PACKINGS[packing](content))
            expected += read_by_oracle(content)
        found = read_raw(event_files(source), Path(name) / "scratch", SETS)
        ingest(store, source)
        with connect(store.scratch, keep_order=True) as connection:
            view_of_parquet(connection, "events", SETS, store.parquet_files())
            assert connection.execute("SELECT * FROM events").fetchall() == found
        assert same([row[:4] for row in found], expected)
        for row, wanted in zip(found, with_flags(expected), strict=True):
            assert row[0] is None or row[4:] == wanted[4:]


def test_no_files_are_an_empty_view_with_every_column(tmp_path: Path) -> None:
    assert read_raw([], tmp_path, SETS) == []


def test_files_of_the_same_name_in_two_folders_are_both_read_and_nothing_is_left(tmp_path: Path) -> None:
    files = [tmp_path / folder / "x.jsonl.gz" for folder in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_bytes(gzip.compress(event(file.parent.name)))
    assert [row[0] for row in read_raw(files, tmp_path / "scratch")] == ["a", "b"]
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_file_that_cannot_be_unpacked_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(event())[:-3])
    with pytest.raises(InputUnreadable, match=r"x\.jsonl\.gz"):
        read_raw([tmp_path / "x.jsonl.gz"], tmp_path / "scratch")


def test_an_exact_copy_is_read_where_a_line_is_too_long_for_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed_sql, "LINE_LIMITS", (1000, 2000))
    monkeypatch.setattr(typed_sql, "LONGEST_LINE_BYTES", 2000)
    monkeypatch.setattr(careful_reader, "LONGEST_LINE_BYTES", 2000)
    copied: list[str] = []
    copy = raw.careful_copy
    monkeypatch.setattr(raw, "careful_copy", lambda file, to: (copied.append(file.name), copy(file, to)))
    (tmp_path / "long.jsonl").write_bytes(event("a") + event("b", x="x" * 40_000_000) + event("c"))
    (tmp_path / "short.jsonl").write_bytes(event("d"))
    files = [tmp_path / "long.jsonl", tmp_path / "short.jsonl"]
    assert [row[0] for row in read_raw(files, tmp_path / "scratch")] == ["a", None, "c", "d"]
    assert copied == ["long.jsonl"]
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_query_that_is_wrong_is_not_tried_again(tmp_path: Path) -> None:
    events, tries = raw.RawEvents([], "events", {}, tmp_path), []

    def wrong() -> None:
        tries.append(1)
        raise QueryProblem("no such column")

    with (
        connect(tmp_path) as connection,
        events.opened(connection),
        pytest.raises(QueryProblem, match="no such column"),
    ):
        events.reading(wrong)
    assert tries == [1]
