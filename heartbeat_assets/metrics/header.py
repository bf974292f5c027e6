"""The header of a metric's file: `-- key: value` lines before the SELECT, read into typed values and written again.

Every mistake names its line and key. It must not read files or look at the SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import timedelta
from typing import Any

from heartbeat_assets.metrics.header_lines import Entry, HeaderLines, Mistake
from heartbeat_assets.metrics.spelling import meant_by
from heartbeat_assets.metrics.thresholds import DIRECTIONS, THRESHOLD_FIELDS, Direction, Thresholds
from heartbeat_assets.metrics.ticks import Every
from heartbeat_assets.specs.durations import duration_of
from heartbeat_assets.telemetry.values import number as written_number

_CODE = re.compile(r"[A-Z0-9]{4}")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_FRESH_WITHIN: dict[Every, str] = {"hour": "3h", "day": "36h"}
_MOST_BENCHMARK_DAYS = 3660
_LONGEST = {"name": 100, "period": 100, "unit": 30}
_LISTS = ("sources", "tags")


@dataclass(frozen=True)
class Header:
    """What a metric says of itself. Its thresholds are provisional: the registry's hold once it is registered."""

    name: str
    code: str
    period: str
    unit: str
    direction: Direction
    description: str
    how_to_read: str
    methodology: str
    sources: tuple[str, ...]
    norm_value: float | None = None
    alert_value: float | None = None
    recovery_value: float | None = None
    tags: tuple[str, ...] = ()
    every: Every = "hour"
    fresh_within: str | None = None
    verify_every: str | None = None
    benchmark_days: int = 30

    @property
    def thresholds(self) -> Thresholds:
        """The provisional thresholds."""
        return Thresholds(self.direction, self.norm_value, self.alert_value, self.recovery_value)

    @property
    def fresh_within_duration(self) -> timedelta:
        """How old the sources may be to count as fresh; 3 hours by default, 36 for a daily metric."""
        return duration_of(self.fresh_within or _FRESH_WITHIN[self.every])

    @property
    def verify_every_duration(self) -> timedelta | None:
        """After which time a verification expires; None for never."""
        return duration_of(self.verify_every) if self.verify_every else None


KEYS = tuple(field.name for field in fields(Header))
REQUIRED = tuple(field.name for field in fields(Header) if field.default is MISSING)


def read_header(
    written: HeaderLines, known_sources: Collection[str] | None = None
) -> tuple[Header | None, list[Mistake]]:
    """The header that `written` says, or None, and all mistakes in it by their lines.

    `known_sources` are the names that `sources` may name; None for any.
    """
    mistakes: list[Mistake] = list(written.mistakes)
    values: dict[str, Any] = {}
    for key, entry in written.entries.items():
        if key not in KEYS:
            mistakes.append(Mistake(entry.line, key, _unknown(key)))
        elif not entry.text:
            mistakes.append(Mistake(entry.line, key, "has no value"))
        else:
            values[key], found = _READERS.get(key, _text)(key, entry)
            mistakes += [Mistake(line, key, sentence) for line, sentence in found]
    mistakes += _missing(written)
    mistakes += _unknown_sources(written, values, known_sources)
    if values.get("direction") is not None:
        limits = {field: values.get(field) for field in THRESHOLD_FIELDS}
        for field, sentence in Thresholds(values["direction"], **limits).problems():
            mistakes.append(Mistake(written.entries[field].line, field, sentence))
    if mistakes:
        return None, sorted(mistakes, key=lambda mistake: mistake.line)
    return Header(**values), []


def header_text(header: Header, width: int = 120) -> str:
    """`header` as the lines of a file, each ended; what is as by default is left out. Reading them gives it back."""
    lines: list[str] = []
    for field in fields(Header):
        value = getattr(header, field.name)
        if field.default is MISSING or value != field.default:
            words = ", ".join(value) if field.name in _LISTS else str(value)
            lines += _wrapped(field.name, words, width)
    return "".join(f"{line}\n" for line in lines)


def _wrapped(key: str, words: str, width: int) -> Iterator[str]:
    line = f"-- {key}:"
    for word in words.split():
        # A line that began with a key's name would look like that key, indented by mistake.
        if len(line) + 1 + len(word) > width and word.removesuffix(":") not in KEYS and line != f"-- {key}:":
            yield line
            line = f"--   {word}"
        else:
            line += f" {word}"
    yield line


def _unknown(key: str) -> str:
    if key.lower() == "crosscheck":
        return "comes before the SELECT; put it and its query below that"
    meant = meant_by(key, KEYS)
    if meant:
        return f"is no key of a metric; did you mean {meant!r}?"
    return f"is no key of a metric; there are {', '.join(KEYS)}. A text that goes on in the next line is indented there"


def _missing(written: HeaderLines) -> Iterator[Mistake]:
    """What is required and not there, and what stands where it is not read."""
    for key in KEYS:
        if key in written.entries:
            continue
        if key in written.indented:
            sentence = f"is indented, so it belongs to the key before; begin the line with `-- {key}:`"
            yield Mistake(written.indented[key], key, sentence)
        elif key in written.behind:
            sentence = f"comes after the header, which ended with line {written.last}; move it up into it"
            yield Mistake(written.behind[key], key, sentence)
        elif key in REQUIRED and written.entries:
            yield Mistake(written.last, key, f"is required; add a line `-- {key}: ...` to the header")


def _unknown_sources(
    written: HeaderLines, values: dict[str, Any], known_sources: Collection[str] | None
) -> Iterator[Mistake]:
    if known_sources is None or not values.get("sources"):
        return
    for item, line in written.entries["sources"].items():
        if item and item not in known_sources:
            meant = meant_by(item, known_sources)
            instead = f"did you mean {meant!r}?" if meant else f"there is {', '.join(known_sources) or 'none'}"
            yield Mistake(line, "sources", f"the service has no source {item!r}; {instead}")


Found = tuple[Any, list[tuple[int, str]]]


def _text(key: str, entry: Entry) -> Found:
    most = _LONGEST.get(key)
    if most is not None and len(entry.text) > most:
        return None, [(entry.line, f"must be at most {most} characters long, not {len(entry.text)}")]
    return entry.text, []


def _code(_: str, entry: Entry) -> Found:
    if _CODE.fullmatch(entry.text):
        return entry.text, []
    return None, [(entry.line, f"must be 4 characters out of A-Z and 0-9, such as ANSW, not {entry.text!r}")]


def _one_of(choices: Collection[str]) -> Callable[[str, Entry], Found]:
    def chosen(_: str, entry: Entry) -> Found:
        if entry.text in choices:
            return entry.text, []
        meant = meant_by(entry.text, choices)
        hint = f"; did you mean {meant!r}?" if meant else ""
        return None, [(entry.line, f"must be {' or '.join(choices)}, not {entry.text!r}{hint}")]

    return chosen


def _number(_: str, entry: Entry) -> Found:
    value = written_number(entry.text)
    if value is None:
        return None, [(entry.line, f"must be a finite number such as 0.85, not {entry.text!r}")]
    # Adding nothing turns -0.0, which is equal to 0.0 but written otherwise, into it.
    return value + 0.0, []


def _days(_: str, entry: Entry) -> Found:
    if re.fullmatch(r"[0-9]{1,4}", entry.text) and 1 <= int(entry.text) <= _MOST_BENCHMARK_DAYS:
        return int(entry.text), []
    return None, [(entry.line, f"must be a whole number from 1 to {_MOST_BENCHMARK_DAYS}, not {entry.text!r}")]


def _duration(_: str, entry: Entry) -> Found:
    try:
        duration_of(entry.text)
    except ValueError as problem:
        return None, [(entry.line, str(problem))]
    return entry.text, []


def _whole_days(key: str, entry: Entry) -> Found:
    text, mistakes = _duration(key, entry)
    if text is not None and not text.endswith("d"):
        return None, [(entry.line, f"must be given in days, such as 90d, not {entry.text!r}")]
    return text, mistakes


def _list(key: str, entry: Entry) -> Found:
    mistakes: list[tuple[int, str]] = []
    items: list[str] = []
    for item, line in entry.items():
        if not item:
            mistakes.append((line, "has a comma too many"))
        elif item in items:
            mistakes.append((line, f"{item!r} is given twice; take one out"))
        elif key == "tags" and not _TAG.fullmatch(item):
            mistakes.append((line, f"{item!r} is no tag; write at most 63 letters, digits, '_', '-' and '.'"))
        items.append(item)
    return tuple(items), mistakes


_READERS: dict[str, Callable[[str, Entry], Found]] = {
    "code": _code,
    "direction": _one_of(DIRECTIONS),
    "sources": _list,
    "norm_value": _number,
    "alert_value": _number,
    "recovery_value": _number,
    "tags": _list,
    "every": _one_of(("hour", "day")),
    "fresh_within": _duration,
    "verify_every": _whole_days,
    "benchmark_days": _days,
}
