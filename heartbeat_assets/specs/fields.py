"""The kinds of value a field of defs.yaml may hold, where "a text" or "a number" is not exact enough.

Each refuses with a sentence that `problems` can put the field's place before. It must not know which fields there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import product
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from heartbeat_assets.telemetry.values import number as written_number

_CRON_FIELDS = (
    ("minute", 0, 59, ""),
    ("hour", 0, 23, ""),
    ("day of the month", 1, 31, ""),
    ("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    ("day of the week", 0, 7, "sun mon tue wed thu fri sat"),
)
_LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
CRON_WORDS = {
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}  # fmt: skip
"""What may stand in place of five cron fields, and the fields it stands for."""


class Model(BaseModel):
    """Base of everything in defs.yaml: a word that means nothing is a mistake, not a comment."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def truth_value(value: Any) -> Any:
    """`value` when it is true or false, not what could be read as one: "no", 1, 0. Raises the validator's error."""
    if not isinstance(value, bool):
        raise PydanticCustomError("bool_type", "no truth value")
    return value


def day(value: Any) -> Any:
    """`value` when it is a date, or the text of one: YAML readers differ in what they make of 2026-01-01.

    Raises the validator's error.
    """
    written = isinstance(value, str) and re.fullmatch(_DAY_PATTERN, value) is not None
    if not written and (not isinstance(value, date) or isinstance(value, datetime)):
        raise PydanticCustomError("date_type", "no date")
    return value


def given_twice(field: str, names: Iterable[str], how: str = "is there") -> Iterator[str]:
    """A sentence for each of `names`, those of the entries of the list `field`, that an earlier entry has too."""
    first: dict[str, int] = {}
    for position, name in enumerate(names):
        earlier = first.setdefault(name, position)
        if earlier != position:
            yield f"{field}[{position}]: {name} {how} already, {field}[{earlier}]; take one out"


def owners(names: list[str]) -> list[str]:
    """`names` when Dagster takes each as an owner. Raises ValueError."""
    for name in names:
        if not re.fullmatch(_OWNER_PATTERN, name):
            raise ValueError(f"{name!r} is neither an e-mail address nor `team:name`")
    return names


def no_truth_value(value: Any) -> Any:
    """`value` unless it is true or false, which YAML also writes yes, no, on and off. Raises ValueError."""
    if isinstance(value, bool):
        raise ValueError(f"must be a number, not {str(value).lower()}")
    return value


def number_as_written(value: Any) -> Any:
    """`value` unless it is a truth value or text. Raises ValueError or the validator's own error."""
    if isinstance(value, str):
        raise PydanticCustomError("float_type", "text")
    return no_truth_value(value)


def whole_as_written(value: Any) -> Any:
    """`value` unless it is a truth value or text. Raises ValueError or the validator's own error."""
    if isinstance(value, str):
        raise PydanticCustomError("int_type", "text")
    return no_truth_value(value)


def limit(value: Any) -> Any:
    """`value` when it may be a window limit. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        kind = "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else str(value).lower()
        given = "it has no value" if value is None else f"not {kind}"
        raise ValueError(f"must be a number, or a duration such as 36h; {given}")
    return value


def limit_as_written(value: float | str) -> float | str:
    """`value` unless it is a number in quotes. Raises ValueError."""
    as_number = written_number(value) if isinstance(value, str) else None
    if as_number is not None:
        raise ValueError(f"must be a number, not {value!r}; that is text: write {as_number:g} without quotes")
    return value


def cron(value: str) -> str:
    """`value` when it is five cron fields or a word for them. Raises ValueError naming the field that is wrong."""
    if value.strip() in CRON_WORDS:
        return value
    fields = value.split()
    if len(fields) != len(_CRON_FIELDS):
        raise ValueError(
            f"{value!r} has {len(fields)} field{'s' * (len(fields) != 1)}; write five, for example '17 * * * *'"
        )
    chosen: list[set[int]] = []
    for text, (name, lowest, highest, words) in zip(fields, _CRON_FIELDS, strict=True):
        numbers = {word: lowest + position for position, word in enumerate(words.split())}
        parts = [_cron_part(part.lower(), lowest, highest, numbers) for part in text.split(",")]
        if not all(parts):
            raise ValueError(f"{value!r}: {text!r} is no {name}; it goes from {lowest} to {highest}")
        chosen.append(set().union(*parts))
    _, _, days, months, _ = chosen
    # With a day of the week beside it, either of the two is enough.
    if fields[4] == "*" and all(day > _LONGEST_MONTH.get(month, 31) for day, month in product(days, months)):
        raise ValueError(f"{value!r}: there is no such day in that month; choose another")
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


def _cron_part(part: str, lowest: int, highest: int, numbers: dict[str, int]) -> set[int]:
    """What `part` (`*`, a value or a range, with or without a step behind it) stands for; empty when it is wrong."""
    match = re.fullmatch(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?", part, re.ASCII)
    if match is None or match[3] == "0":
        return set()
    ends = [end for end in match.group(1, 2) if end is not None]
    values = [numbers.get(end, int(end) if end.isdigit() else -1) for end in ends] or [lowest, highest]
    if not all(lowest <= value <= highest for value in values) or values != sorted(values):
        return set()
    last = highest if match[3] else values[0]
    return set(range(values[0], (values[1] if len(values) > 1 else last) + 1, int(match[3] or 1)))


_DAY_PATTERN = r"^\d{4}-\d\d-\d\d$"
_OWNER_PATTERN = r"^(team:\S.*|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7})$"
NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=80)]
DottedName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=160)]
Words = Annotated[str, Field(min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(number_as_written)]
Whole = Annotated[int, BeforeValidator(whole_as_written)]
Flag = Annotated[bool, BeforeValidator(truth_value)]
Day = Annotated[date, BeforeValidator(day), WithJsonSchema({"type": "string", "pattern": _DAY_PATTERN})]
Owner = Annotated[str, WithJsonSchema({"type": "string", "pattern": _OWNER_PATTERN})]
Owners = Annotated[list[Owner], AfterValidator(owners)]
Limit = Annotated[float | str, BeforeValidator(limit), AfterValidator(limit_as_written)]
Cron = Annotated[str, AfterValidator(cron)]
TimeZone = Annotated[str, AfterValidator(timezone)]
