"""A file that grows, changes or breaks off: its parts hold each of its lines exactly once, at every moment."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from heartbeat_assets.errors import InputUnreadable
from heartbeat_assets.telemetry.store import TelemetryStore
from heartbeat_assets_tests.telemetry.events import (
    assert_holds,
    event,
    ingest,
    lines_of_all_kinds,
    quarantine_by_oracle,
    quarantined,
    read_by_oracle,
    write_later,
)


@settings(deadline=None, max_examples=8)
@given(
    lines=lines_of_all_kinds,
    end=st.sampled_from([b"", b"\n"]),
    cuts=st.lists(st.integers(0, 400), max_size=4).map(sorted),
)
@example(lines=[b"\xc3\xa9", b'{"session_id":"s"}'], end=b"", cuts=[1, 5, 6])
@example(lines=[b"{", b"", b'{"sid":1}\r'], end=b"\n", cuts=[1, 2, 12])
@example(lines=[], end=b"", cuts=[])
def test_a_file_that_grows_by_any_steps_holds_at_each_what_one_pass_over_it_gives(
    lines: list[bytes], end: bytes, cuts: list[int]
) -> None:
    content = b"\n".join(lines) + end
    with tempfile.TemporaryDirectory() as name:
        file, store = Path(name) / "source" / "x.jsonl", TelemetryStore(Path(name) / "store")
        file.parent.mkdir()
        whole = 0
        for cut in [*cuts, len(content)]:
            grown = content[:cut]
            write_later(file, grown)
            report = ingest(store, file)
            assert_holds(store, grown)
            assert (report.events_total, report.parse_errors) == (
                len(read_by_oracle(grown)),
                len(quarantine_by_oracle(grown)),
            )
            # Only what lies behind the last whole line is read, unless the file did not grow at all.
            if report.bytes_read and len(grown) > report.bytes_read:
                assert report.bytes_read == len(grown) - whole
                assert report.new_events == len(read_by_oracle(grown[whole:]))
            whole = grown.rfind(b"\n") + 1


def test_whole_parts_are_kept_as_they_are_when_the_file_grows(source: Path, store: TelemetryStore) -> None:
    file, content = source / "x.jsonl", b""
    seen: dict[Path, int] = {}
    total = 0
    for number in range(5):
        content += event(f"s{number}") + b"{oops\n"
        write_later(file, content)
        report = ingest(store, source)
        total += report.new_events
        assert (report.bytes_read, report.files_read) == (len(content) // (number + 1), 1)
        now = {path: path.stat().st_mtime_ns for path in store.parquet_files()}
        assert len(now) == number + 1
        assert {path: now.get(path) for path in seen} == seen
        seen = now
    assert total == report.events_total == 10
    assert (ingest(store, source).bytes_read, report.parse_errors) == (0, 5)


def test_a_last_line_without_its_end_is_read_for_the_time_being_and_again_when_it_is_whole(
    source: Path, store: TelemetryStore
) -> None:
    file = source / "x.jsonl"
    for content in (event("a") + b'{"session_id"', event("a") + b'{"session_id":"b"}', event("a") + event("b")):
        write_later(file, content)
        ingest(store, source)
        assert_holds(store, content)
    assert quarantined(store) == []


def test_many_steps_are_merged_into_few_parts_and_keep_their_quarantine(source: Path, store: TelemetryStore) -> None:
    content = b""
    for number in range(27):
        content += event(f"s{number}") + (b"bad %d\n" % number if number % 5 == 0 else b"")
        write_later(source / "x.jsonl", content)
        report = ingest(store, source)
        assert report.new_events == (2 if number % 5 == 0 else 1)
    assert_holds(store, content)
    assert len(store.parquet_files()) == 3
    assert [line for line, _ in quarantined(store)] == [2, 8, 14, 20, 26, 32]


ORIGINAL = event("a", ts=1) + b"oops\n" + event("b")


@pytest.mark.parametrize(
    "content",
    [
        event("c", ts=1) + b"oops\n" + event("d"),
        event("c") * 20,
        event("c"),
        b"",
        b"\n",
        ORIGINAL[:10] + b"X" + ORIGINAL[11:] + event("e"),
        gzip.compress(event("packed") * 3),
    ],
    ids=["same size", "greater", "smaller", "empty", "blank", "other start and greater", "packed"],
)
def test_a_file_replaced_by_other_content_is_read_anew(source: Path, store: TelemetryStore, content: bytes) -> None:
    file = source / "x.jsonl"
    for now in (ORIGINAL, content, ORIGINAL):
        write_later(file, now)
        ingest(store, source)
        assert_holds(store, event("packed") * 3 if now[:2] == b"\x1f\x8b" else now)


def test_a_file_that_was_only_touched_gives_the_same_again(source: Path, store: TelemetryStore) -> None:
    write_later(source / "x.jsonl", ORIGINAL)
    ingest(store, source)
    write_later(source / "x.jsonl", ORIGINAL)
    assert ingest(store, source).events_total == 3
    assert_holds(store, ORIGINAL)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_packed_file_is_read_whole_and_a_cut_one_leaves_what_was_known(
    source: Path, store: TelemetryStore, pack: Callable[[bytes], bytes]
) -> None:
    file = source / "x.jsonl.packed"
    write_later(file, pack(ORIGINAL))
    ingest(store, file)
    assert_holds(store, ORIGINAL)
    longer = pack(ORIGINAL + event("c") * 3)
    write_later(file, longer[:-6])
    with pytest.raises(InputUnreadable, match=r"x\.jsonl\.packed: the .* stream is damaged"):
        ingest(store, file)
    assert_holds(store, ORIGINAL)
    write_later(file, pack(ORIGINAL) + pack(event("c")))
    ingest(store, file)
    assert_holds(store, ORIGINAL + event("c"))
    write_later(file, pack(b""))
    ingest(store, file)
    assert_holds(store, b"")


def test_binary_and_very_long_lines_are_counted_and_kept(source: Path, store: TelemetryStore) -> None:
    content = bytes(range(256)) * 40 + b"\n" + event("long", x="x" * 9_000_000) + b"y" * 9_000_000 + b"\n" + event("b")
    write_later(source / "x.jsonl", content)
    report = ingest(store, source)
    assert_holds(store, content)
    assert report.events_total - report.parse_errors == 2
