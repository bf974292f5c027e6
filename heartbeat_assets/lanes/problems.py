"""What is wrong with a defs.yaml in sentences that name the item: "kpis[1] clicks: give min or max, not both".

Turns the validation errors of the spec into those sentences. It must not decide what is valid; `spec` does.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.spec import (
    Availability,
    Kpi,
    LaneSpec,
    Publish,
    Retention,
    Schedule,
    Sensor,
    Window,
)
from heartbeat_assets.lanes.spec_sources import EventsSource, JsonSource

_MODELS: tuple[type[BaseModel], ...] = (
    LaneSpec, Kpi, Window, Retention, Schedule, Sensor, Publish, Availability, EventsSource, JsonSource,
)  # fmt: skip
_FIELDS = sorted({name for model in _MODELS for name in model.model_fields})


def checked_spec(attributes: Any, file: str) -> LaneSpec:
    """The spec that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake."""
    if not isinstance(attributes, dict):
        raise SpecProblem(file, ["attributes: must be a mapping of the lane's settings"])
    try:
        return LaneSpec.model_validate(attributes)
    except ValidationError as invalid:
        raise SpecProblem(file, [sentence(error, attributes) for error in invalid.errors()]) from None


def sentence(error: ErrorDetails, attributes: Any) -> str:
    """One validation error as a sentence that names the item it is about."""
    location = [part for part in error["loc"] if part not in ("events", "json") or _is_key(part, error, attributes)]
    where = _where(location, attributes)
    kind, message = error["type"], error["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return _unknown_word(location, attributes)
    if kind == "missing":
        return f"{where}: is required"
    if kind == "union_tag_not_found":
        return f"{where}: kind is required; give one of events, json"
    if kind == "union_tag_invalid":
        return f"{where}: kind is {error['ctx']['tag']!r}; give one of {error['ctx']['expected_tags']}"
    if kind == "string_pattern_mismatch":
        return f"{where}: {_given(error)} is no name; use lower-case letters, digits and _, starting with a letter"
    if kind == "value_error":
        return f"{where}: {message}" if where else message
    return f"{where}: {message[0].lower()}{message[1:]}" + (f", not {_given(error)}" if _short(error) else "")


def _where(location: list[int | str], attributes: Any) -> str:
    """`kpis[1] drilldown_click_rate.max` for ("kpis", 1, "max")."""
    words, value = "", attributes
    for part in location:
        if part == "[key]":
            continue
        value = _inside(value, part)
        if isinstance(part, int):
            words += f"[{part}]"
            label = value.get("name", value.get("check")) if isinstance(value, dict) else None
            words += f" {label}" if isinstance(label, str) else ""
        else:
            words += f".{part}" if words else str(part)
    return words


def _inside(value: Any, part: int | str) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def _is_key(part: int | str, error: ErrorDetails, attributes: Any) -> bool:
    """Whether `part` is a key of the file rather than the tag pydantic adds for a kind of source."""
    position = error["loc"].index(part)
    value = attributes
    for step in error["loc"][:position]:
        value = _inside(value, step)
    return isinstance(value, dict) and part in value


def _unknown_word(location: list[int | str], attributes: Any) -> str:
    *parents, word = location
    where = _where(parents, attributes)
    close = get_close_matches(str(word), _FIELDS, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "; remove it"
    return f"{where}: unknown field {word!r}{hint}" if where else f"unknown field {word!r}{hint}"


def _short(error: ErrorDetails) -> bool:
    value = error.get("input")
    return isinstance(value, str | int | float | bool) and len(str(value)) <= 60


def _given(error: ErrorDetails) -> str:
    return repr(error.get("input")) if _short(error) else "that"
