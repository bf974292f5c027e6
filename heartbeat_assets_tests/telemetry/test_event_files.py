"""Which files a path means, and each of them unpacked, whole or not at all."""

from __future__ import annotations

import gzip
import os
import struct
import threading
from pathlib import Path

import pytest
import zstandard

from heartbeat_assets.errors import InputMissing, InputUnreadable
from heartbeat_assets.telemetry.event_files import compression_of, event_files, plain

TEXT = b'{"session_id":"s"}\n' * 2000
COMPRESSOR = zstandard.ZstdCompressor()
SKIPPABLE = struct.pack("<II", 0x184D2A53, 5) + b"extra"


def names(path: Path, root: Path) -> list[str]:
    return [str(file.relative_to(root)) for file in event_files(path)]


@pytest.fixture
def tree(source: Path) -> Path:
    for name in (
        *("b.jsonl", "a.ndjson", "c.json", "d.jsonl.gz", "sub/deep/e.json.zst", "f.jsonl.zst"),
        *(".hidden.jsonl", ".git/x.jsonl", "notes.txt", "g.jsonl.partial", "jsonl", "h.csv.gz"),
    ):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(b"")
    (source / "folder.jsonl").mkdir()
    (source / "folder.jsonl" / "inside.jsonl").write_bytes(b"")
    (source / "gone.jsonl").symlink_to(source / "nowhere")
    return source


def test_a_folder_means_its_event_files_and_those_below_but_no_hidden_ones(tree: Path) -> None:
    assert names(tree, tree) == [
        *("a.ndjson", "b.jsonl", "c.json", "d.jsonl.gz", "f.jsonl.zst", "folder.jsonl/inside.jsonl"),
        "sub/deep/e.json.zst",
    ]


def test_a_file_means_itself_whatever_its_name(tree: Path) -> None:
    assert names(tree / "notes.txt", tree) == ["notes.txt"]
    odd = tree / "what[1]*?.txt"
    odd.write_bytes(b"")
    assert event_files(odd) == [odd]


def test_a_pattern_means_the_files_it_matches(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(tree / "*.jsonl*", tree) == ["b.jsonl", "d.jsonl.gz", "f.jsonl.zst", "g.jsonl.partial"]
    assert names(tree / "**" / "e.*", tree) == ["sub/deep/e.json.zst"]
    assert event_files(tree / "no*such") == []
    monkeypatch.chdir(tree)
    assert event_files(Path("?.ndjson")) == [Path("a.ndjson")]


def test_an_empty_folder_has_no_files_and_a_path_with_nothing_is_an_error_that_names_it(source: Path) -> None:
    assert event_files(source) == []
    with pytest.raises(InputMissing, match="nowhere: no such file or folder; give a file, a folder"):
        event_files(source / "nowhere")


@pytest.mark.parametrize(
    ("content", "compression"),
    [
        (b"", None),
        (b"{", None),
        (TEXT, None),
        (b"\x1f\x8b", "gzip"),
        (gzip.compress(TEXT), "gzip"),
        (COMPRESSOR.compress(TEXT), "zstd"),
        (SKIPPABLE + COMPRESSOR.compress(TEXT), "zstd"),
        (b"\x28\xb5\x2f", None),
    ],
)
def test_compression_is_told_by_the_first_bytes_not_the_name(
    source: Path, content: bytes, compression: str | None
) -> None:
    for name in ("x.jsonl", "x.jsonl.gz", "x.jsonl.zst"):
        (source / name).write_bytes(content)
        assert compression_of(source / name) == compression


def packed() -> dict[str, bytes]:
    streamed = zstandard.ZstdCompressor().compressobj()
    return {
        "gzip": gzip.compress(TEXT),
        "gzip of two members": gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]),
        "gzip with padding": gzip.compress(TEXT) + b"\0" * 512,
        "zstd": COMPRESSOR.compress(TEXT),
        "zstd of two frames": COMPRESSOR.compress(TEXT[:100]) + COMPRESSOR.compress(TEXT[100:]),
        "zstd of unknown length": streamed.compress(TEXT) + streamed.flush(),
        "zstd of a parallel compressor": SKIPPABLE + COMPRESSOR.compress(TEXT) + SKIPPABLE,
        "zstd with an empty frame": COMPRESSOR.compress(b"") + COMPRESSOR.compress(TEXT),
    }


@pytest.mark.parametrize("kind", packed())
def test_a_packed_file_is_unpacked_in_scratch_and_the_copy_is_gone_afterwards(source: Path, kind: str) -> None:
    file, scratch = source / "x.jsonl.packed", source / "scratch"
    file.write_bytes(packed()[kind])
    with plain(file, scratch) as lines:
        assert lines.read_bytes() == TEXT
        assert lines.parent == scratch
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize(
    "kind", ["gzip", "gzip of two members", "zstd", "zstd of two frames", "zstd of unknown length"]
)
def test_a_stream_that_ends_too_early_is_an_error_that_names_the_file(source: Path, kind: str) -> None:
    whole, file, scratch = packed()[kind], source / "x.jsonl.gz", source / "scratch"
    for length in (len(whole) - 1, len(whole) - 5, len(whole) * 2 // 3, 12):
        file.write_bytes(whole[:length])
        with pytest.raises(InputUnreadable, match=r"x\.jsonl\.gz: the .* stream is damaged"), plain(file, scratch):
            pass
    assert list(scratch.iterdir()) == []


def test_a_stream_with_something_else_in_it_is_an_error(source: Path) -> None:
    for content in (gzip.compress(TEXT) + b"tail", COMPRESSOR.compress(TEXT) + b"tail", b"\x1f\x8b\x08 nonsense"):
        (source / "x.gz").write_bytes(content)
        with pytest.raises(InputUnreadable, match=r"x\.gz"), plain(source / "x.gz", source / "scratch"):
            pass


def test_packed_nothing_is_an_empty_file(source: Path) -> None:
    for content in (gzip.compress(b""), COMPRESSOR.compress(b"")):
        (source / "x").write_bytes(content)
        with plain(source / "x", source / "scratch") as lines:
            assert lines.read_bytes() == b""


def test_a_plain_file_is_read_where_it_is(source: Path) -> None:
    (source / "x.jsonl").write_bytes(TEXT)
    with plain(source / "x.jsonl", source / "scratch") as lines:
        assert lines == source / "x.jsonl"
    assert not (source / "scratch").exists()


@pytest.mark.parametrize("content", [TEXT, gzip.compress(TEXT)], ids=["plain", "packed"])
def test_a_pipe_is_read_to_its_end_once(source: Path, content: bytes) -> None:
    pipe, scratch = source / "pipe", source / "scratch"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    with plain(pipe, scratch) as lines:
        assert lines.read_bytes() == TEXT
    writer.join()
    assert [file for file in scratch.rglob("*") if file.is_file()] == []


def test_a_file_that_cannot_be_read_or_has_no_name_in_text_is_an_error_that_names_it(source: Path) -> None:
    with pytest.raises(InputUnreadable, match=r"gone\.jsonl: No such file"):
        compression_of(source / "gone.jsonl")
    file = source / os.fsdecode(b"caf\xe9.jsonl")
    file.write_bytes(TEXT)
    with pytest.raises(
        InputUnreadable, match=r"caf\\xe9\.jsonl: its name is not UTF-8 text; rename the file"
    ) as raised:
        compression_of(file)
    str(raised.value).encode("utf-8")
