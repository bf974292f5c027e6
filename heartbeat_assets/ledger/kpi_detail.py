"""The detail of a KPI event as text: a text as it is, anything else as JSON that every reader can read.

What is too long is cut, never refused: the event counts, its detail explains. It must not raise for any value.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

LONGEST_DETAIL = 10_000
_DEEPEST = 3


def detail_text(detail: Any) -> str:
    """`detail` as it is recorded, at most LONGEST_DETAIL letters of it."""
    if isinstance(detail, str):
        return detail if len(detail) <= LONGEST_DETAIL else f"{detail[: LONGEST_DETAIL - 6]} (cut)"
    try:
        text = json.dumps(detail, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        text = json.dumps(_plain(detail, 0), ensure_ascii=False)
    if len(text) > LONGEST_DETAIL:
        # JSON within JSON is at most twice as long.
        text = json.dumps({"cut": text[: LONGEST_DETAIL // 2 - 20]}, ensure_ascii=False)
    return text


def _plain(value: Any, depth: int) -> Any:
    """`value` as far as JSON can say it, the rest as text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        # Python writes no number with more than some thousand digits.
        return value if value.bit_length() < 1024 else "<a very large number>"
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {_text(key): _plain(inner, depth + 1) for key, inner in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner, depth + 1) for inner in value]
    return _text(value)


def _text(value: Any) -> str:
    try:
        return str(value)
    except Exception as fault:
        return f"<{type(value).__name__} that cannot be shown: {type(fault).__name__}>"
