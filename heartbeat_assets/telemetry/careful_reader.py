"""The exact reading of a whole file, line by line in plain Python, for files the engine gives up on.

Writes an equivalent file of plain, short lines which the engine then reads like any other. Slow and rare: a line of
over 64 MiB is the usual reason. It must not be the normal way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from heartbeat_assets.files import write_chunks_atomically
from heartbeat_assets.telemetry import values
from heartbeat_assets.telemetry.line_walk import lines_of
from heartbeat_assets.telemetry.typed_sql import LONGEST_LINE_BYTES

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def careful_copy(path: Path, copy: Path) -> None:
    """Writes to `copy` one line for each line of `path` that is not blank; an unreadable one becomes `{}`."""
    write_chunks_atomically(copy, _canonical_lines(path))


def _canonical_lines(path: Path) -> Iterator[bytes]:
    for line, _ in lines_of(path):
        if line and not line.isspace():
            plain_line = json.dumps(_canonical(line)).encode("ascii") + b"\n"
            # Escapes can make a line longer than it was.
            yield plain_line if len(plain_line) <= LONGEST_LINE_BYTES else b"{}\n"


def _canonical(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE_BYTES:
        return {}
    try:
        event = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    session = _first(event, values.SESSION_KEYS, values.usable_text) if isinstance(event, dict) else None
    if session is None:
        return {}
    typed = {"session_id": session, "event": _first(event, values.EVENT_KEYS, values.usable_text)}
    micros = _first(event, values.INSTANT_KEYS, values.instant_us)
    if micros is not None:
        typed["timestamp"] = (_EPOCH + timedelta(microseconds=micros)).isoformat()
    typed["elapsed_ms"] = _first(event, values.ELAPSED_KEYS, values.elapsed_ms)
    return typed


def _first(event: dict[str, Any], keys: Sequence[str], reading: Callable[[str], Any]) -> Any:
    for key in keys:
        value = event.get(key)
        if value is not None and (found := reading(_as_text(value))) is not None:
            return found
    return None


def _as_text(value: Any) -> str:
    """A JSON value as the text the engine gives for it."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
