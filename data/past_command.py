"""What the scripts that write a past up to an instant share: how they are called, and a file written in one step.

It must not know what is in a file.
"""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

_MOST_DAYS = 3660


def instant(text: str, *, or_now: bool = False) -> datetime:
    """Return the instant that the ISO-8601 `text`, or with `or_now` also `now`, names; without an offset it is UTC."""
    try:
        at = datetime.now(UTC) if or_now and text == "now" else datetime.fromisoformat(text)
    except ValueError as problem:
        what = "neither `now` nor a time" if or_now else "not a time"
        raise argparse.ArgumentTypeError(f"{text!r} is {what} like 2026-03-01T12:00Z") from problem
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def whole_days(text: str) -> int:
    """Return `text` as a number of days, from one to ten years of them."""
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days; give 1 to {_MOST_DAYS}")
    return int(text)


def replace(file: Path, content: bytes) -> None:
    """Write `file` in one step, so that a reader sees the old content or the new."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Hidden: whoever reads the folder leaves it alone.
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
