"""Which files a source's path means, and each of them as plain bytes on disk.

Knows names and compression; it must not know what a line says.
"""

from __future__ import annotations

import glob
import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from heartbeat_assets.errors import InputMissing, InputUnreadable
from heartbeat_assets.files import write_chunks_atomically

SUFFIXES = (".jsonl", ".ndjson", ".json")
COMPRESSED = ("", ".gz", ".zst")
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# What parallel compressors put before the first frame: one of sixteen first bytes, then these.
_ZSTD_SKIPPABLE = b"\x2a\x4d\x18"
_CHUNK = 4 * 1024 * 1024
# Smaller, since what a piece of it unpacks to is in memory at once.
_ZSTD_CHUNK = 256 * 1024


def event_files(path: Path) -> list[Path]:
    """The event files at `path`, sorted: the file itself, those in a folder and below it, or those a glob matches.

    In a folder they end in .jsonl, .ndjson or .json, also with .gz or .zst behind; hidden ones are left alone.
    Raises InputMissing when there is nothing at `path`, InputUnreadable when it cannot be listed.
    """
    try:
        if path.is_dir():
            wanted = tuple(f"{suffix}{packed}" for suffix in SUFFIXES for packed in COMPRESSED)
            found = (file for file in path.rglob("*") if file.name.endswith(wanted) and file.is_file())
            return sorted(file for file in found if not _hidden(file.relative_to(path)))
        if path.exists():
            return [path]
    except OSError as problem:
        raise InputUnreadable(f"{path}: {problem.strerror or problem}") from problem
    if any(character in str(path) for character in "*?["):
        # Not Path.glob: the pattern may be absolute.
        names = glob.glob(str(path), recursive=True)  # noqa: PTH207
        return sorted(Path(name) for name in names if Path(name).is_file())
    raise InputMissing(f"{path}: no such file or folder; give a file, a folder of .jsonl files, or a glob")


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def compression_of(path: Path) -> str | None:
    """`gzip` or `zstd` by the file's first bytes, or None for a plain one. Raises InputUnreadable."""
    with reading(path), path.open("rb") as file:
        start = file.read(4)
    if start[:2] == _GZIP:
        return "gzip"
    skippable = start[1:] == _ZSTD_SKIPPABLE and start[0] >> 4 == 5
    return "zstd" if start == _ZSTD or skippable else None


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Says InputUnreadable, with the name of `path`, where reading it fails; only reading belongs inside."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as problem:
        readable = os.fsencode(path).decode("utf-8", "backslashreplace")
        raise InputUnreadable(f"{readable}: its name is not UTF-8 text; rename the file") from problem
    try:
        yield
    except OSError as problem:
        raise InputUnreadable(f"{path}: {problem.strerror or problem}") from problem


@contextmanager
def plain(path: Path, scratch: Path) -> Iterator[Path]:
    """`path` as a plain file: itself, or an unpacked copy in `scratch` that is gone afterwards; also from a pipe.

    Raises InputUnreadable for a damaged file and OSError when `scratch` cannot be written. Unpacking here and not in
    the engine finds a stream that ends too early: the engine takes a cut zstd file for a shorter one.
    """
    if path.is_fifo():
        # It gives its bytes only once, and a few of them are needed to know what they are.
        copy = scratch / "pipe"
        try:
            write_chunks_atomically(copy, _read(path))
            with plain(copy, scratch / "unpacked") as lines:
                yield lines
        finally:
            copy.unlink(missing_ok=True)
        return
    compression = compression_of(path)
    if compression is None:
        yield path
        return
    copy = scratch / f"{path.name}.plain"
    try:
        write_chunks_atomically(copy, _unpacked(path, compression))
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _read(path: Path) -> Iterator[bytes]:
    with reading(path), path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _unpacked(path: Path, compression: str) -> Iterator[bytes]:
    import zstandard

    with reading(path), path.open("rb") as file:
        try:
            if compression == "gzip":
                yield from _chunks(gzip.GzipFile(fileobj=file))
            else:
                yield from _unpacked_zstd(file, zstandard.ZstdDecompressor)
        except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as problem:
            raise InputUnreadable(
                f"{path}: the {compression} stream is damaged or ends too early ({problem}); copy the file again"
            ) from problem


def _chunks(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _unpacked_zstd(file: IO[bytes], decompressor: Callable[[], Any]) -> Iterator[bytes]:
    """Frame by frame, since a stream reader does not tell a cut frame from the end of the file."""
    rest = b""
    while data := rest or file.read(_ZSTD_CHUNK):
        frame = decompressor().decompressobj()
        while True:
            if unpacked := frame.decompress(data):
                yield unpacked
            if frame.eof:
                rest = frame.unused_data
                break
            data = file.read(_ZSTD_CHUNK)
            if not data:
                raise EOFError("no end of frame")
