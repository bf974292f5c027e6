"""Durations as YAML files and headers write them: 90m, 36h, 3d. It must not know what they are for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_WRITTEN = re.compile(r"([1-9][0-9]{0,5})([mhd])")


def duration_of(text: str) -> timedelta:
    """The duration that `text` (`90m`, `36h`, `3d`) writes. Raises ValueError when it is none."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(f"must be a duration such as 90m, 36h or 3d, not {text!r}")
    return int(match[1]) * _UNITS[match[2]]


def _checked(text: str) -> str:
    duration_of(text)
    return text


Duration = Annotated[
    str, AfterValidator(_checked), WithJsonSchema({"type": "string", "pattern": r"^[1-9][0-9]{0,5}[mhd]$"})
]
"""A field of a spec that holds such a text."""
