"""The lines of a metric's file cut into header, query and crosscheck, each key with the lines its text is in.

It must not know what a key means; `header` does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

_KEY = re.compile(r"--[ \t]?([^\s:][^:]{0,59}?)[ \t]*:(.*)", re.DOTALL)
_GOES_ON = re.compile(r"--(?:[ ]{2,}|[ ]*\t\s*)(\S.*)", re.DOTALL)
_INDENTED_KEY = re.compile(r"([a-z_]+)[ \t]*:")


class Mistake(NamedTuple):
    """What is wrong in a line of a metric's file; `key` is empty where it is about no key."""

    line: int
    key: str
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}{', ' if self.key else ''}{self.key}: {self.sentence}"


@dataclass
class Entry:
    """The text of one key: its pieces, each with its line in the file. `line` is that of the key."""

    line: int
    pieces: list[tuple[int, str]]

    @property
    def text(self) -> str:
        """The whole text, every run of blanks and line ends as one blank."""
        return " ".join(piece for _, piece in self.pieces if piece)

    def items(self) -> Iterator[tuple[str, int]]:
        """The items of a list written with commas, each with the line it begins in."""
        text, starts, lines = "", [], []
        for line, piece in self.pieces:
            if piece:
                text += " " if text else ""
                starts.append(len(text))
                lines.append(line)
                text += piece
        commas = [-1, *(place for place, sign in enumerate(text) if sign == ","), len(text)]
        for before, after in pairwise(commas):
            item = text[before + 1 : after]
            begin = before + 1 + len(item) - len(item.lstrip())
            # An empty item has no place of its own: its line is that of the comma before it.
            at = begin if item.strip() else max(before, 0)
            yield item.strip(), lines[max(bisect_right(starts, at) - 1, 0)]


@dataclass
class HeaderLines:
    """A header as it is written: its keys in their order, and what is wrong with the form of its lines.

    `indented` and `behind` are the lines of known keys that stand where they are not read: in a line that goes on
    with another key, and in a comment after the header. `last` is the header's last line, 0 without a header.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    indented: dict[str, int] = field(default_factory=dict)
    behind: dict[str, int] = field(default_factory=dict)
    last: int = 0


def cut_header(lines: Sequence[str], keys: Collection[str]) -> HeaderLines:
    """The header at the beginning of `lines`: comment lines up to the first that is none; blank lines before it count
    as nothing. `keys` are those that are known.
    """
    header = HeaderLines()
    first = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    number = first
    current: Entry | None = None
    while number < len(lines) and lines[number].lstrip().startswith("--"):
        current = _add_line(header, number + 1, lines[number].strip(), current, keys)
        number += 1
    header.last = number
    if not header.entries and not header.mistakes:
        sentence = "the header is missing; begin the file with `-- name: ...`"
        header.mistakes.append(Mistake(min(first + 1, len(lines)), "", sentence))
    _look_behind(header, lines, keys)
    return header


def _add_line(
    header: HeaderLines, number: int, line: str, current: Entry | None, keys: Collection[str]
) -> Entry | None:
    """Reads one comment line into `header`; returns the entry that an indented next line goes on with."""
    goes_on = _GOES_ON.fullmatch(line)
    if goes_on:
        if current is None:
            sentence = "is indented, but there is no key before it; begin with `-- name: ...`"
            header.mistakes.append(Mistake(number, "", sentence))
            return None
        current.pieces.append((number, " ".join(goes_on[1].split())))
        key = _INDENTED_KEY.match(goes_on[1])
        if key and key[1] in keys:
            header.indented.setdefault(key[1], number)
        return current
    match = _KEY.fullmatch(line)
    if match is None:
        if line.strip("-").strip():
            sentence = (
                f"{_short(line)} is neither `-- key: value` nor indented by two blanks, as a line that goes on; "
                "a comment on the query comes after a blank line"
            )
            header.mistakes.append(Mistake(number, "", sentence))
        return current
    key_name, entry = " ".join(match[1].split()), Entry(number, [(number, " ".join(match[2].split()))])
    if key_name in header.entries:
        first = header.entries[key_name].line
        header.mistakes.append(Mistake(number, key_name, f"is given twice, first in line {first}; take one out"))
    else:
        header.entries[key_name] = entry
    return entry


def _look_behind(header: HeaderLines, lines: Sequence[str], keys: Collection[str]) -> None:
    """Notes known keys in the comments between the header and the query."""
    for number in range(header.last, len(lines)):
        line = lines[number].strip()
        if line and not line.startswith("--"):
            return
        match = _KEY.fullmatch(line)
        if match and match[1] in keys:
            header.behind.setdefault(match[1], number + 1)


def _short(line: str) -> str:
    return repr(line if len(line) <= 60 else f"{line[:60]}...")
