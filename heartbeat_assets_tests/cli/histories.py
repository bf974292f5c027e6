"""Digests and histories of the lane, made to measure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from heartbeat_assets.lanes.digest import build_digest
from heartbeat_assets.lanes.heartbeat import build_row
from heartbeat_assets.lanes.history import render_line
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.values import Document

FIRST_DAY = datetime(2026, 1, 1, 6, tzinfo=UTC)
GOOD: dict[str, float | None] = {"unknown_rate": 0.1, "time_to_first_answer_seconds": 30.0, "drilldown_click_rate": 0.5}
BAD = {**GOOD, "drilldown_click_rate": 0.05}
INCOMPLETE = {**GOOD, "time_to_first_answer_seconds": None}
KINDS: dict[str, dict[str, float | None]] = {"o": GOOD, "f": BAD, "d": INCOMPLETE}


def digest(lane: Lane, day: int, kind: str = "o") -> Document:
    """A digest of day `day`: `o` for ok, `f` for failed, `d` for degraded."""
    return build_digest(lane.spec, KINDS[kind], generated_at=FIRST_DAY + timedelta(days=day))


def digest_file(lane: Lane, folder: Path, day: int, kind: str = "o") -> Path:
    """The same in a file."""
    file = folder / f"digest-{day}.json"
    file.write_text(json.dumps(digest(lane, day, kind)), encoding="utf-8")
    return file


def history(lane: Lane, kinds: Sequence[str]) -> list[bytes]:
    """The lines of a history, a row for each letter; `x` is a line that is no row."""
    return [
        b'{"cut off": ' if kind == "x" else render_line(build_row(lane.spec, digest(lane, day, kind)))
        for day, kind in enumerate(kinds)
    ]


def write_history(file: Path, lines: Iterable[bytes]) -> Path:
    """A JSONL file of `lines`."""
    file.write_bytes(b"".join(line + b"\n" for line in lines))
    return file
