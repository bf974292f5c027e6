"""What OpenSLO documents of every kind are made of: metadata, kinds of values, and the base of each part.

It must not know which kinds of documents there are.
"""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from heartbeat_assets.objectives.slo.durations import duration, fixed_duration
from heartbeat_assets.specs.fields import Model

Operator = Literal["lte", "gte", "lt", "gt"]


def _duration(value: Any) -> Any:
    duration(value)
    return value


def _slice(value: Any) -> Any:
    fixed_duration(value, plain_number="m")
    return value


def _local_time(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is no date with time; write it as 2026-01-01 00:00:00") from None
    if moment.tzinfo is not None:
        raise ValueError(f"{value!r} has a time zone of its own; leave it out, `timeZone` says which")
    return value


def one_of(model: Model, names: tuple[str, ...], *, needed: bool = True) -> None:
    """Raises ValueError unless exactly one of the fields is given (or none, where none is needed)."""
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) > 1:
        raise ValueError(f"gives {' and '.join(given)}; give one of them")
    if needed and not given:
        raise ValueError(f"needs {' or '.join(names)}")


def _label(value: Any) -> Any:
    texts = value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"must be text or a list of texts, not {value!r}; put each in quotes")
    return value


Label = Annotated[str | list[str], BeforeValidator(_label)]
Name = Annotated[str, Field(min_length=1, max_length=255)]
Description = Annotated[str, Field(max_length=1050)]
DurationText = Annotated[str, BeforeValidator(_duration)]
SliceText = Annotated[str | int, BeforeValidator(_slice)]
LocalTime = Annotated[str, AfterValidator(_local_time)]


class Part(Model):
    """Base of every part of a document: a word that the standard does not know is a mistake, told at its place."""

    @model_validator(mode="before")
    @classmethod
    def _known_words(cls, given: Any) -> Any:
        unknown = [str(word) for word in given if word not in cls.model_fields] if isinstance(given, dict) else []
        if unknown:
            raise ValueError("; ".join(_unknown(word, list(cls.model_fields)) for word in unknown))
        return given


def _unknown(word: str, known: list[str]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"unknown field {word!r}; " + (f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}")


class Metadata(Part):
    """What every document says of itself."""

    name: Name
    displayName: str | None = None
    labels: dict[str, Label] | None = None
    annotations: dict[str, str] | None = None


class Described(Part):
    """What every kind may say in `spec`."""

    description: Description | None = None
