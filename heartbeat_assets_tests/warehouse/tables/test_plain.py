"""Text files made plain for the engine."""

import gzip
from pathlib import Path

import pytest

from heartbeat_assets.warehouse.tables.plain import first_byte, last_byte, plain_file
from heartbeat_assets.warehouse.tables.problems import TableUnreadable

MARK = b"\xef\xbb\xbf"
LONG = b'{"a": "' + b"x" * 9_000_000 + b'"}\n'


def test_a_plain_file_is_read_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "x.csv.gz"
    file.write_bytes(MARK + b"a\n")
    assert plain_file(file, tmp_path) == file


@pytest.mark.parametrize("text", [b"", b"a,b\n1,2\n", MARK + b"a\n", LONG])
def test_a_packed_file_is_unpacked_whatever_its_name(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(gzip.compress(text[:5]) + gzip.compress(text[5:]))
    copy = plain_file(file, tmp_path)
    assert copy != file
    assert copy.read_bytes() == text


@pytest.mark.parametrize("text", [b"", b"{}", LONG])
def test_a_byte_order_mark_is_taken_off_when_asked(tmp_path: Path, text: bytes) -> None:
    for content in (MARK + text, gzip.compress(MARK + text)):
        (tmp_path / "x").write_bytes(content)
        assert plain_file(tmp_path / "x", tmp_path, marked=False).read_bytes() == text


def damaged(packed: bytes) -> bytes:
    return packed[:-6] + bytes([packed[-6] ^ 1]) + packed[-5:]


@pytest.mark.parametrize(
    "content",
    [gzip.compress(LONG)[:-9], gzip.compress(LONG)[: len(gzip.compress(LONG)) // 2], damaged(gzip.compress(b"a\n1\n"))],
    ids=["cut at the end", "cut in the middle", "another checksum"],
)
def test_a_damaged_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv.gz").write_bytes(content)
    with pytest.raises(TableUnreadable, match=r"x\.csv\.gz: the gzip stream is damaged or ends too early"):
        plain_file(tmp_path / "x.csv.gz", tmp_path)


def test_a_file_that_is_gone_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TableUnreadable, match=r"x\.csv: No such file"):
        plain_file(tmp_path / "x.csv", tmp_path)


def test_the_disk_for_the_copy_is_not_the_fault_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(b"a"))
    with pytest.raises(FileNotFoundError):
        plain_file(tmp_path / "x.gz", tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (b"", b"", b""),
        (b" \n\t\r\n", b"", b""),
        (MARK + b" [ ] \n", b"[", b"]"),
        (b"{", b"{", b"{"),
        (b"\n" * 5_000_000 + b"{}" + b" " * 5_000_000, b"{", b"}"),
    ],
    ids=["empty", "blank", "marked", "single", "far inside"],
)
def test_the_first_and_the_last_byte_are_found_among_blanks(
    tmp_path: Path, text: bytes, first: bytes, last: bytes
) -> None:
    (tmp_path / "x").write_bytes(text)
    assert (first_byte(tmp_path / "x"), last_byte(tmp_path / "x")) == (first, last)
