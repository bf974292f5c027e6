"""The event names at the start of a file, as producers spell them: a hint that makes reading the rest quicker.

A hint only: what is not among them is read just as exactly. It must not be needed.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from heartbeat_assets.telemetry import values

_SAMPLE_BYTES = 128 * 1024
_MOST = 32


def sample_spellings(file: Path) -> dict[str, str]:
    """Event name as written to its token, the most frequent in the first lines of the plain `file`."""
    try:
        with file.open("rb") as start:
            lines = start.read(_SAMPLE_BYTES).split(b"\n")[:-1]
    except OSError:
        return {}
    seen: Counter[str] = Counter()
    for line in lines:
        try:
            event = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            texts = (values.usable_text(event[key]) for key in values.EVENT_KEYS if isinstance(event.get(key), str))
            seen.update(text for text in [next(filter(None, texts), None)] if text)
    return {text: values.token(text) for text, _ in seen.most_common(_MOST) if _fits_in_sql(text)}


def _fits_in_sql(text: str) -> bool:
    """Not with a NUL or half a surrogate pair in it: those cannot be part of a statement."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
