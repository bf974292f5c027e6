"""The kinds of value a field of defs.yaml may hold, where "a text" or "a number" is not exact enough.

Each refuses with a sentence that `problems` can put the field's place before. It must not know which fields there are.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_CRON_FIELDS = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day of the month", 1, 31, ""),
    ("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    ("day of the week", 0, 7, "sun mon tue wed thu fri sat"),
)
_CRON_WORDS = ("@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually")


class Model(BaseModel):
    """Base of everything in defs.yaml: a word that means nothing is a mistake, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def no_truth_value(value: Any) -> Any:
    """`value` unless it is true or false, which YAML also writes yes, no, on and off. Raises ValueError."""
    if isinstance(value, bool):
        raise ValueError(f"must be a number, not {str(value).lower()}")
    return value


def limit(value: Any) -> Any:
    """`value` when it may be a window limit. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        given = "it has no value" if value is None else f"not {str(value).lower()}"
        raise ValueError(f"must be a number, or a duration such as 36h; {given}")
    return value


def cron(value: str) -> str:
    """`value` when it is five cron fields or a word for them. Raises ValueError naming the field that is wrong."""
    if value.strip() in _CRON_WORDS:
        return value
    fields = value.split()
    if len(fields) != len(_CRON_FIELDS):
        raise ValueError(
            f"{value!r} has {len(fields)} field{'s' * (len(fields) != 1)}; write five, for example '17 * * * *'"
        )
    for text, (name, lowest, highest, words) in zip(fields, _CRON_FIELDS, strict=True):
        numbers = {word: lowest + position for position, word in enumerate(words.split())}
        if not all(_cron_part(part.lower(), lowest, highest, numbers) for part in text.split(",")):
            raise ValueError(f"{value!r}: {text!r} is no {name}; it goes from {lowest} to {highest}")
    return value


def timezone(value: str) -> str:
    """`value` when it names a time zone. Raises ValueError. Without a zone database every name is taken."""
    from zoneinfo import ZoneInfo, available_timezones

    if value == "UTC":
        return value
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        if available_timezones():
            raise ValueError(f"{value!r} is no time zone; write one as in 'Europe/Madrid'") from None
    return value


def _cron_part(part: str, lowest: int, highest: int, numbers: dict[str, int]) -> bool:
    """Whether `part` is `*`, a value or a range, with or without a step behind it."""
    match = re.fullmatch(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?", part, re.ASCII)
    if match is None or match[3] == "0":
        return False
    ends = [end for end in match.group(1, 2) if end is not None]
    values = [numbers.get(end, int(end) if end.isdigit() else -1) for end in ends]
    return all(lowest <= value <= highest for value in values) and values == sorted(values)


NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=80)]
Words = Annotated[str, Field(min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(no_truth_value)]
Whole = Annotated[int, BeforeValidator(no_truth_value)]
Limit = Annotated[float | str, BeforeValidator(limit)]
Cron = Annotated[str, AfterValidator(cron)]
TimeZone = Annotated[str, AfterValidator(timezone)]
