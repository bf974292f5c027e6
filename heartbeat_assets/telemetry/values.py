"""What one value of an event means: the exact, careful reading, in plain Python.

The fast path (`typed_sql`) recognises common shapes in SQL and sends every other shape here, so this module
is the definition and the SQL only a shortcut to it. It must not read files or know where a value came from.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

SESSION_KEYS = ("session_id", "sessionId", "session", "sid", "user_session_id")
EVENT_KEYS = ("event", "event_name", "name", "type", "action")
INSTANT_KEYS = ("timestamp", "ts", "at", "time")
ELAPSED_KEYS = ("elapsed_ms", "duration_ms", "time_to_first_answer_ms", "tfa_ms")
ALL_KEYS = SESSION_KEYS + EVENT_KEYS + INSTANT_KEYS + ELAPSED_KEYS

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_US = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LAST_US = (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_MILLISECONDS_ABOVE = 1e12


def usable_text(text: str) -> str | None:
    """`text` trimmed, or None when nothing is left."""
    return text.strip() or None


def token(text: str) -> str:
    """`text` trimmed and lower-cased, with `-` and every blank turned into `_`."""
    return re.sub(r"[\s-]", "_", text.strip().lower())


def number(text: str) -> float | None:
    """The finite decimal number written in `text`, or None. Booleans, `nan`, `inf` and `1e400` are none."""
    trimmed = text.strip()
    if not _NUMBER.fullmatch(trimmed):
        return None
    value = float(trimmed)
    return value if math.isfinite(value) else None


def elapsed_ms(text: str) -> float | None:
    """A duration in milliseconds: a number of at least 0, or None."""
    value = number(text)
    return value if value is not None and value >= 0 else None


def instant_us(text: str) -> int | None:
    """Microseconds since 1970 in UTC, or None when `text` is no instant between the years 1 and 9999.

    A text of digits is a number, never a compact date: epoch seconds, or milliseconds above 10^12. Everything
    else is ISO-8601 as `datetime.fromisoformat` reads it; without an offset it is UTC.
    """
    value = number(text)
    try:
        if value is not None:
            micros = round(value * 1_000) if value > _MILLISECONDS_ABOVE else round(value * 1_000_000)
        else:
            parsed = datetime.fromisoformat(text.strip())
            if parsed.tzinfo is None:
                parsed = parsed.replace(tzinfo=UTC)
            micros = (parsed - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None
    return micros if _FIRST_US <= micros <= _LAST_US else None
