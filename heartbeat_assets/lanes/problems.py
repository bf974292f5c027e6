"""What is wrong with a defs.yaml in sentences that name the item: "kpis[1] clicks: give min or max, not both".

Turns the validation errors of the spec into those sentences. It must not decide what is valid; `spec` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.spec import (
    Availability,
    LaneSpec,
    Partitions,
    Publish,
    Retention,
    Schedule,
    Sensor,
    Window,
)
from heartbeat_assets.lanes.spec_criteria import Condition, Gate, Kpi, Precondition
from heartbeat_assets.lanes.spec_sources import EventsSource, JsonSource, TableSource, WarehouseSource
from heartbeat_assets.telemetry.values import number as written_number

_MODELS: dict[object, type[BaseModel]] = {
    "kpis": Kpi, "gates": Gate, "conditions": Condition, "preconditions": Precondition, "availability": Availability,
    "window": Window, "retention": Retention, "schedule": Schedule, "sensor": Sensor, "partitions": Partitions,
    "publish": Publish,
}  # fmt: skip
_SOURCES: dict[object, type[BaseModel]] = {
    "events": EventsSource, "json": JsonSource, "table": TableSource, "warehouse": WarehouseSource
}  # fmt: skip
# What is wanted, by the validator's name of the error; {..} is filled from what it says about it.
_WANTED = {
    "missing": "is required",
    "string_type": "must be text",
    "string_pattern_mismatch": "must be lower-case letters, digits and _, starting with a letter",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters long",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of names to values",
    "model_type": "must be a mapping of settings",
    "model_attributes_type": "must be a mapping of settings",
    "too_short": "must have at least one entry",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "date_type": "must be a date such as 2026-01-01",
    "date_parsing": "must be a date such as 2026-01-01",
    "date_from_datetime_parsing": "must be a date such as 2026-01-01",
    "date_from_datetime_inexact": "must be a date without a time of day, such as 2026-01-01",
    "union_tag_not_found": f"is required; give {' or '.join(repr(kind) for kind in _SOURCES)}",
    "union_tag_invalid": "must be {expected_tags}",
}
# A name with dots is a place in the digest; its pattern says so.
_WANTED_PLACE = "must be a place in the digest such as coverage.norms_pct, in lower-case letters, digits and _"
_NUMBER_TYPES = ("int_type", "float_type")
_TRUTH_WORDS = ("true", "false", "yes", "no", "on", "off")
_SAID_ALREADY = ("missing", "string_too_short", "too_short", "union_tag_not_found")
NO_ATTRIBUTES = "attributes: must be a mapping of the lane's settings"
_LABELS = ("name", "check", "reason")
_LONGEST_SHOWN = 60


def checked_spec(attributes: Any, file: str) -> LaneSpec:
    """The spec that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake."""
    if not isinstance(attributes, dict):
        raise SpecProblem(file, [NO_ATTRIBUTES])
    try:
        return LaneSpec.model_validate(attributes)
    except ValidationError as invalid:
        problems = [one for error in invalid.errors() for one in sentences(error, attributes)]
        raise SpecProblem(file, problems) from None


def sentences(error: ErrorDetails, attributes: Any) -> Iterator[str]:
    """One validation error as a sentence that names the item; clashes between items as a sentence each."""
    kind, location = error["type"], list(error["loc"])
    if location[:1] == ["sources"] and len(location) > 2 and location[2] in _SOURCES:
        # The validator puts the kind of a source behind its name.
        del location[2]
    if kind == "value_error" and not location:
        yield from error["ctx"]["error"].args
    elif location[-1:] == ["[key]"]:
        # The validator has the name as text only, where it is something else.
        names = _value_at(location[:-2], attributes) or ()
        name = next((name for name in names if name == location[-2] or str(name) == location[-2]), location[-2])
        yield _at(_where(location[:-2], attributes), _about_a_name(error, name))
    elif kind == "invalid_key":
        yield _at(_where(location[:-1], attributes), _about_a_name(error, error.get("input")))
    elif kind == "extra_forbidden":
        yield _at(_where(location[:-1], attributes), _unknown_field(location, attributes))
    else:
        if kind in ("union_tag_not_found", "union_tag_invalid"):
            location.append("kind")
        yield _at(_where(location, attributes), _about_a_value(error, _value_at(location, attributes)))


def _about_a_value(error: ErrorDetails, given: Any) -> str:
    kind = error["type"]
    if kind == "value_error":
        return error["msg"].removeprefix("Value error, ")
    words = {name: str(value) for name, value in error.get("ctx", {}).items()}
    words["expected_tags"] = words.get("expected_tags", "").replace(", ", " or ")
    wanted = _WANTED.get(kind, "has a value that cannot be used").format_map(words)
    if kind == "string_pattern_mismatch" and r"\." in words["pattern"]:
        wanted = _WANTED_PLACE
    if kind in _SAID_ALREADY:
        return wanted
    if given is None:
        return f"{wanted}, but has no value"
    return f"{wanted}, not {_shown(given)}{_about_quotes(kind, given)}"


def _about_quotes(kind: str, given: Any) -> str:
    """What to do where quotes are missing, or make a text of what is none, as the end of a sentence."""
    if kind == "string_type" and not isinstance(given, dict | list):
        return "; put it in quotes"
    as_number = written_number(given) if kind in _NUMBER_TYPES and isinstance(given, str) else None
    if as_number is not None:
        return f"; that is text: write {as_number:g} without quotes"
    if kind == "bool_type" and str(given).lower() in _TRUTH_WORDS:
        return "; that is text: write it without quotes"
    return ""


def _about_a_name(error: ErrorDetails, name: Any) -> str:
    if not isinstance(name, str):
        return f"the name {_shown(name)} must be text; put it in quotes"
    if error["type"] == "value_error":
        return error["msg"].removeprefix("Value error, ")
    wanted = _WANTED.get(error["type"], "cannot be used").format_map(error.get("ctx", {}))
    return f"the name {_shown(name)} {wanted}"


def _unknown_field(location: Sequence[int | str], attributes: Any) -> str:
    *parents, word = location
    known = list(_model_of(parents, attributes).model_fields)
    close = get_close_matches(str(word), known, n=1)
    return f"unknown field {word!r}; " + (f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}")


def _model_of(location: Sequence[int | str], attributes: Any) -> type[BaseModel]:
    if location[:1] == ["sources"]:
        return _SOURCES.get((_value_at(location, attributes) or {}).get("kind"), JsonSource)
    fields = [part for part in location if isinstance(part, str)]
    return _MODELS.get(fields[-1], LaneSpec) if fields else LaneSpec


def _where(location: Sequence[int | str], attributes: Any) -> str:
    """`kpis[1] drilldown_click_rate.max` for ("kpis", 1, "max")."""
    words = ""
    for position, part in enumerate(location, start=1):
        if isinstance(part, int):
            item = _value_at(location[:position], attributes)
            label = next((item[key] for key in _LABELS if key in item), None) if isinstance(item, dict) else None
            words += f"[{part}] {label}" if isinstance(label, str) and label else f"[{part}]"
        else:
            words += f".{part}" if words else part
    return words


def _value_at(location: Sequence[int | str], attributes: Any) -> Any:
    """What the file holds at `location`, or None."""
    value = attributes
    for part in location:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _at(where: str, what: str) -> str:
    return f"{where}: {what}" if where else what


def _shown(value: Any) -> str:
    """`value` as a person wrote it, if that is short."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None:
        return "null"
    text = str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
