"""What is wrong with settings in sentences that name the item: "kpis[1] clicks: give min or max, not both".

Turns the validation errors of any model into those sentences. It must not decide what is valid; the model does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.telemetry.values import number as written_number

Checked = TypeVar("Checked", bound=BaseModel)
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
    "union_tag_invalid": "must be {expected_tags}",
}
# A name with dots is a place in the digest; its pattern says so.
_WANTED_PLACE = "must be a place in the digest such as coverage.norms_pct, in lower-case letters, digits and _"
_NUMBER_TYPES = ("int_type", "float_type")
_TRUTH_WORDS = ("true", "false", "yes", "no", "on", "off")
_SAID_ALREADY = ("missing", "string_too_short", "too_short")
NO_ATTRIBUTES = "attributes: must be a mapping of settings"
_LABELS = ("name", "check", "reason")
_LONGEST_SHOWN = 60


def checked(
    model_class: type[Checked],
    attributes: Any,
    file: str,
    *,
    models: Mapping[object, type[BaseModel]] = MappingProxyType({}),
    no_attributes: str = NO_ATTRIBUTES,
) -> Checked:
    """The `model_class` that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake.

    `models` has the model of each field that holds settings, or a list of them, by the field's name: what an unknown
    word may be instead. A field `sources` holds settings of several kinds, which the model itself knows. Without any
    attributes the mistake is `no_attributes`.
    """
    if not isinstance(attributes, dict):
        raise SpecProblem(file, [no_attributes])
    try:
        return model_class.model_validate(attributes)
    except ValidationError as invalid:
        written = _Written(attributes, model_class, models, _kinds_of_sources(model_class))
        problems = [one for error in invalid.errors() for one in _sentences(error, written)]
        raise SpecProblem(file, problems) from None


@dataclass(frozen=True)
class _Written:
    """What a file holds, and what it was meant to hold; `kinds` are those of its sources."""

    attributes: Any
    model_class: type[BaseModel]
    models: Mapping[object, type[BaseModel]]
    kinds: Mapping[object, type[BaseModel]]

    def at(self, location: Sequence[int | str]) -> Any:
        """What the file holds at `location`, or None."""
        value = self.attributes
        for part in location:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def model_of(self, location: Sequence[int | str]) -> type[BaseModel]:
        """The model of the settings at `location`."""
        if location[:1] == ["sources"] and self.kinds:
            return self.kinds.get((self.at(location) or {}).get("kind"), next(iter(self.kinds.values())))
        fields = [part for part in location if isinstance(part, str)]
        return self.models.get(fields[-1], self.model_class) if fields else self.model_class

    def where(self, location: Sequence[int | str]) -> str:
        """`kpis[1] drilldown_click_rate.max` for ("kpis", 1, "max")."""
        words = ""
        for position, part in enumerate(location, start=1):
            if isinstance(part, int):
                item = self.at(location[:position])
                label = next((item[key] for key in _LABELS if key in item), None) if isinstance(item, dict) else None
                words += f"[{part}] {label}" if isinstance(label, str) and label else f"[{part}]"
            else:
                words += f".{part}" if words else part
        return words


def _kinds_of_sources(model_class: type[BaseModel]) -> dict[object, type[BaseModel]]:
    """The model of each kind of source by its `kind`, as the field `sources` of `model_class` lists them."""
    field = model_class.model_fields.get("sources")
    models = _models_in(field.annotation) if field is not None else []
    kinds = ((get_args(model.model_fields["kind"].annotation), model) for model in models if _has_kind(model))
    return {kind: model for names, model in kinds for kind in names}


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models that `annotation` is made of, in their order."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation] if issubclass(annotation, BaseModel) else []
    return [model for part in get_args(annotation) for model in _models_in(part)]


def _has_kind(model: type[BaseModel]) -> bool:
    return "kind" in model.model_fields


def _sentences(error: ErrorDetails, written: _Written) -> Iterator[str]:
    """One validation error as a sentence that names the item; clashes between items as a sentence each."""
    kind, location = error["type"], list(error["loc"])
    if location[:1] == ["sources"] and len(location) > 2 and location[2] in written.kinds:
        # The validator puts the kind of a source behind its name.
        del location[2]
    if kind == "value_error" and not location:
        yield from error["ctx"]["error"].args
    elif location[-1:] == ["[key]"]:
        # The validator has the name as text only, where it is something else.
        names = written.at(location[:-2]) or ()
        name = next((name for name in names if name == location[-2] or str(name) == location[-2]), location[-2])
        yield _at(written.where(location[:-2]), _about_a_name(error, name))
    elif kind == "invalid_key":
        yield _at(written.where(location[:-1]), _about_a_name(error, error.get("input")))
    elif kind == "extra_forbidden":
        yield _at(written.where(location[:-1]), _unknown_field(location, written))
    elif kind == "union_tag_not_found":
        kinds = " or ".join(repr(kind) for kind in written.kinds)
        yield _at(written.where([*location, "kind"]), f"is required; give {kinds}")
    else:
        location += ["kind"] if kind == "union_tag_invalid" else []
        yield _at(written.where(location), _about_a_value(error, written.at(location)))


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


def _unknown_field(location: Sequence[int | str], written: _Written) -> str:
    *parents, word = location
    known = list(written.model_of(parents).model_fields)
    close = get_close_matches(str(word), known, n=1)
    return f"unknown field {word!r}; " + (f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}")


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
