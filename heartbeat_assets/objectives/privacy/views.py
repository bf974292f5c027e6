"""A text as it is written, and as somebody or something reads it: without escapes, tags and tricks of spelling.

Every character of a view knows where in the original it comes from. It must not know what is looked for.
"""

from __future__ import annotations

import html
import re
import unicodedata
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["markdown", "html", "json", "svg", "xml", "text"]
KINDS: tuple[str, ...] = get_args(Kind)

_MOST_ROUNDS = 4
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_CODE = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\x([0-9a-fA-F]{2})")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_CONTROL = re.compile(r"\\([/nrt\"])")
_BACKSLASH = re.compile(r"\\([!-/:-@\[-`{-~])")
# Tags that do not part what stands before from what stands behind; every other one does.
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|del|em|font|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|tspan|u|var|"
    r"wbr)(?:\s[^<>]*)?/?>|<!--.*?-->|<!\[CDATA\[|\]\]>",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]*>")
_EMPHASIS = re.compile(r"\*+|`+|(?<![A-Za-z0-9])__?|__?(?![A-Za-z0-9])")
_DEFANGED = re.compile(r"\s?[\[({<]\s*(?:(dot|\.)|(at|@)|(:))\s*[\])}>]\s?", re.IGNORECASE)
_PACKED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/=-])")
_CONTROL_CODES = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class View:
    """A text. `at` and `ends` say for each of its characters from where up to where in the original it comes."""

    text: str
    at: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """From where up to where in the original this part of it stands."""
        return self.at[start], self.ends[end - 1]

    def replaced(self, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> View:
        """What it is when each match of `pattern` is what `by` says. The same object where nothing changed."""
        text: list[str] = []
        at: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = by(match)
            if new == match[0]:
                continue
            start, end = match.span()
            text += [self.text[done:start], new]
            at += [*self.at[done:start], *[self.at[start]] * len(new)]
            ends += [*self.ends[done:start], *[self.ends[end - 1]] * len(new)]
            done = end
        if not done:
            return self
        return View("".join([*text, self.text[done:]]), (*at, *self.at[done:]), (*ends, *self.ends[done:]))


def views(text: str, kind: Kind) -> Iterator[View]:
    """`text` as it is, then as it is read. None is given twice."""
    raw = View(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    yield raw
    read = _plainly_spelled(_decoded(raw))
    if read.text != raw.text:
        yield read
    shown = _plainly_spelled(_decoded(_shown(raw, kind)))
    if shown.text not in (raw.text, read.text):
        yield shown


def _decoded(view: View) -> View:
    """Without escapes of any kind, also those within others."""
    for _ in range(_MOST_ROUNDS):
        before = view.text
        if "&" in view.text:
            view = view.replaced(_ENTITY, lambda match: html.unescape(match[0]))
        if "\\" in view.text:
            view = view.replaced(_CODE, _character)
            view = view.replaced(_CONTROL, lambda match: _CONTROL_CODES.get(match[1], match[1]))
        if "%" in view.text:
            view = view.replaced(_PERCENT, _bytes)
        view = view.replaced(_PACKED, _unpacked)
        if view.text == before:
            break
    return view


def _shown(view: View, kind: Kind) -> View:
    """Without tags, and in Markdown without emphasis: what a reader sees in one piece."""
    if kind == "markdown":
        view = view.replaced(_BACKSLASH, lambda match: match[1])
        view = view.replaced(_EMPHASIS, lambda _: "")
    if kind in ("markdown", "html", "svg", "xml"):
        view = view.replaced(_INLINE, lambda _: "")
        view = view.replaced(_TAG, lambda _: "\n")
    return view


def _plainly_spelled(view: View) -> View:
    """Without invisible characters, with plain forms of wide and ornate ones, and [at] and [.] as they are meant."""
    if not view.text.isascii():
        view = view.replaced(_UNUSUAL, _plain)
    return view.replaced(_DEFANGED, lambda match: "." if match[1] else "@" if match[2] else ":")


_UNUSUAL = re.compile(r"[^\x00-\x7f]")


def _plain(match: re.Match[str]) -> str:
    character = match[0]
    if unicodedata.category(character) == "Cf":
        return ""
    if unicodedata.category(character) == "Pd" or character == "\u2212":
        return "-"
    if unicodedata.category(character) == "Zs":
        return " "
    if character in "\u3002\uff0e\uff61\u2024":
        return "."
    # What grows by it, such as ½ and …, is a sign of its own and no way to write a letter.
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 else character


def _character(match: re.Match[str]) -> str:
    code = int(next(group for group in match.groups() if group), 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else match[0]


def _unpacked(match: re.Match[str]) -> str:
    """What base 64 says, where that is text a person can read; anything else stays as it is."""
    try:
        text = b64decode(match[0] + "=" * (-len(match[0]) % 4)).decode("ascii")
    except ValueError:
        return match[0]
    return text if text.isprintable() else match[0]


def _bytes(match: re.Match[str]) -> str:
    try:
        return bytes.fromhex(match[0].replace("%", "")).decode("utf-8")
    except ValueError:
        return match[0]
