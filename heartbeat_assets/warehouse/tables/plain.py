"""Text files as the engine can read them: unpacked, and without the mark some editors put first.

Unpacking here and not in the engine finds a damaged file: the engine does not compare checksums. It must not know
what the text says.
"""

from __future__ import annotations

import gzip
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heartbeat_assets.warehouse.tables.problems import TableUnreadable

_GZIP = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CHUNK = 4 * 1024 * 1024


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """Says TableUnreadable, with the name of `file`, where reading it fails; only reading belongs inside."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise TableUnreadable(
            f"{file}: the gzip stream is damaged or ends too early ({problem}); copy the file again"
        ) from problem
    except OSError as problem:
        raise TableUnreadable(f"{file}: {problem.strerror or problem}") from problem


def plain_file(file: Path, folder: Path, *, marked: bool = True) -> Path:
    """`file` itself, or a plain copy of it in `folder` when it is packed.

    With `marked` false a copy is also made of a file that starts with a byte order mark, without it. Raises
    TableUnreadable for a damaged file, OSError when `folder` cannot be written.
    """
    with reading(file), file.open("rb") as opened:
        start = opened.read(len(BYTE_ORDER_MARK))
    packed = start.startswith(_GZIP)
    if not packed and (marked or start != BYTE_ORDER_MARK):
        return file
    copy = new_file(folder)
    with copy.open("wb") as target:
        for position, chunk in enumerate(_chunks(file, packed)):
            target.write(chunk if marked or position else chunk.removeprefix(BYTE_ORDER_MARK))
    return copy


def _chunks(file: Path, packed: bool) -> Iterator[bytes]:
    with reading(file), gzip.open(file) if packed else file.open("rb") as source:
        while chunk := source.read(_CHUNK):
            yield chunk


def new_file(folder: Path) -> Path:
    """A name in `folder` that nothing has yet."""
    return folder / uuid.uuid4().hex


def first_byte(file: Path) -> bytes:
    """The first byte of the plain `file` that is no blank, or nothing. Raises TableUnreadable."""
    with reading(file), file.open("rb") as opened:
        start = opened.read(len(BYTE_ORDER_MARK))
        rest = start if start != BYTE_ORDER_MARK else b""
        while rest or (rest := opened.read(_CHUNK)):
            if found := rest.lstrip():
                return found[:1]
            rest = b""
    return b""


def last_byte(file: Path) -> bytes:
    """The last byte of the plain `file` that is no blank, or nothing. Raises TableUnreadable."""
    with reading(file), file.open("rb") as opened:
        end = opened.seek(0, 2)
        while end:
            begin = max(0, end - _CHUNK)
            opened.seek(begin)
            if found := opened.read(end - begin).rstrip():
                return found[-1:]
            end = begin
    return b""
