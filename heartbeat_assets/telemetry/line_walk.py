"""A plain walk over the lines of a file: where the whole ones end, how many there are, and the text of the bad ones.

The engine says which rows it could not read; only this walk knows which line of the file that was. It must not judge
a line itself.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heartbeat_assets.telemetry import typed_sql, values
from heartbeat_assets.telemetry.event_files import reading

_CHUNK = 8 * 1024 * 1024


@dataclass(frozen=True)
class BadLine:
    """A line that could not be read: its 1-based number in the file, its bytes, and why."""

    line: int
    text: bytes
    reason: str

    def document(self, file: str) -> dict[str, Any]:
        """What quarantine keeps. Bytes that are no UTF-8 text are kept in base64 beside a readable form."""
        kept: dict[str, Any] = {"file": file, "line": self.line, "reason": self.reason}
        try:
            kept["text"] = self.text.decode("utf-8")
        except UnicodeDecodeError:
            kept["text"] = self.text.decode("utf-8", "replace")
            kept["base64"] = base64.b64encode(self.text).decode("ascii")
        return kept


@dataclass(frozen=True)
class Walk:
    """What a walk counted: lines that are not blank, and all line ends."""

    not_blank: int
    line_ends: int


def walk_lines(
    path: Path, *, bad_rows: Iterable[int], first_line: int = 1, keep: Callable[[BadLine], object] = lambda _: None
) -> Walk:
    """Walks the file at `path` and hands each bad line to `keep`, one at a time: there may be more than fit in memory.

    `bad_rows`: sorted 0-based positions among the lines that are not blank. Raises InputUnreadable.
    """
    wanted = iter(bad_rows)
    next_bad = next(wanted, None)
    position, number = -1, first_line - 1
    ends = 0
    for line, ended in lines_of(path):
        number += 1
        ends += ended
        if not line or line.isspace():
            continue
        position += 1
        if position == next_bad:
            keep(BadLine(number, line, reason_of(line)))
            next_bad = next(wanted, None)
    return Walk(position + 1, ends)


def reason_of(line: bytes) -> str:
    """Why a line that could not be read could not be."""
    if len(line) > typed_sql.LONGEST_LINE_BYTES:
        return f"longer than {typed_sql.LONGEST_LINE_BYTES:,} bytes"
    try:
        event = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return "not UTF-8 text"
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(event, dict):
        return "not an object"
    texts = (event.get(key) for key in values.SESSION_KEYS)
    if any(isinstance(text, str) and text.strip() for text in texts):
        return "not valid Unicode text inside"
    return "no session id"


def lines_of(path: Path) -> Iterator[tuple[bytes, bool]]:
    """Each line without its end, and whether it had one. Only a line feed ends a line. Raises InputUnreadable."""
    rest: list[bytes] = []
    with reading(path), path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            first, *others = chunk.split(b"\n")
            rest.append(first)
            if not others:
                continue
            yield b"".join(rest), True
            for line in others[:-1]:
                yield line, True
            rest = [others[-1]]
    last = b"".join(rest)
    if last:
        yield last, False
