"""Reading and rounding the values of a digest or a row by the contract's common rules. Pure; no files, no clock."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any

STATUSES = ("ok", "degraded", "failed")
Document = dict[str, Any]


def token(value: object) -> str:
    """Text trimmed and lower-cased with `-` and blanks as `_`; anything that is not text is the empty token."""
    return re.sub(r"[\s-]", "_", value.strip().lower()) if isinstance(value, str) else ""


def status(value: object) -> str:
    """ok, degraded or failed; every other token counts as failed."""
    known = token(value)
    return known if known in STATUSES else "failed"


def number(value: object) -> float | int | None:
    """`value` when it is a finite number (a boolean is none), else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        return None


def rounded(value: float | int | None) -> float | int | None:
    """A KPI value or a rate: 6 decimals."""
    return None if value is None else round(value, 6)


def rate_pct(count: int, total: int) -> float:
    """`count` in `total` as a percentage with 4 decimals; 0.0 of nothing."""
    return round(100.0 * count / total, 4) if total else 0.0


def flag(value: object) -> bool | None:
    """`value` when it is true or false, else None."""
    return value if isinstance(value, bool) else None


def text(value: object) -> str:
    """`value` trimmed when it is text, else the empty text."""
    return value.strip() if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """The texts in a list that are not blank; anything else is an empty list."""
    return [item.strip() for item in value if isinstance(item, str) and item.strip()] if isinstance(value, list) else []


def section(document: Document, name: str) -> Document:
    """The object at `name`, or an empty one."""
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def instant_text(instant: datetime) -> str:
    """ISO-8601 in UTC with offset, whole seconds: 2026-02-23T14:31:00+00:00."""
    return instant.astimezone(UTC).replace(microsecond=0).isoformat()


def instant(value: str) -> datetime | None:
    """The aware UTC instant that ISO-8601 `value` writes (no offset = UTC), or None."""
    try:
        parsed = datetime.fromisoformat(value.strip())
        return (parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
