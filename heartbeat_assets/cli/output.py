"""How commands print: a JSON document for machines, a table for people, progress only on a terminal.

Standard output carries the report and nothing else. It must not know what a report is about.
"""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import click

from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.files import write_atomically

json_option = click.option(
    "--json/--table",
    "as_json",
    default=None,
    help="Print the JSON document, or the table for people; default: the table on a terminal, else JSON.",
)
WIDTH = 100
_NARROWEST = 24
_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?: ?(?:%|s))?")
_COLOURS = {"ok": "green", "degraded": "yellow", "failed": "red", "green": "green", "amber": "yellow", "red": "red"}
_COLOURS |= {"triggered": "red", "problem": "red", "engaged": "red", "inconclusive": "yellow", "released": "green"}
_COLOURS |= {"yellow": "yellow", "exhausted": "red"}
_GOOD, _WARNING, _BAD = ("●", "*"), ("▲", "^"), ("◆", "!")
_SYMBOLS = {
    "ok": _GOOD, "degraded": _WARNING, "failed": _BAD,
    "green": _GOOD, "amber": _WARNING, "red": _BAD,
    "triggered": _BAD, "problem": _BAD, "inconclusive": _WARNING, "engaged": _BAD, "released": _GOOD,
    "yellow": _WARNING, "exhausted": _BAD,
}  # fmt: skip


def emit(document: Any, people: Callable[[], str], as_json: bool | None, out: Path | None = None) -> None:
    """Prints `document`, as the table `people` makes when a person is watching; also writes it to `out`."""
    if out is not None:
        try:
            write_atomically(out, _json_text(document, "utf-8") + "\n")
        except OSError as problem:
            raise HeartbeatError(f"--out {out}: cannot be written: {problem.strerror or problem}") from problem
    encoding = sys.stdout.encoding or "utf-8"
    for_machines = not sys.stdout.isatty() if as_json is None else as_json
    # What the terminal has no letter for becomes a question mark, never an error.
    click.echo(
        _json_text(document, encoding) if for_machines else people().encode(encoding, "replace").decode(encoding)
    )


def _json_text(document: Any, encoding: str) -> str:
    """`document` as JSON that can be written in `encoding`: as it is where possible, else escaped."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(document, indent=2)
    return text


def tell(text: str) -> None:
    """A line for people, kept off standard output."""
    click.echo(text, err=True)


def progress() -> Callable[[str], None]:
    """Prints steps of long work while a person is watching; otherwise nothing."""
    return tell if sys.stderr.isatty() else lambda _: None


def state(status: str, word: str = "") -> str:
    """A status as symbol and word (its own, or `word` in its place), coloured where colour is wanted."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") not in ("utf8", "utf_8")
    symbol = _SYMBOLS.get(status, ("○", "o"))[plain]
    text = f"{symbol} {word or status}"
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=_COLOURS.get(status))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; one of numbers alone stands to the right. The last one is wrapped where it
    gets too wide, and where that does not suffice, the widest of the others.
    """
    cells = [list(header), *[list(row) for row in rows]]
    widths, numeric = _widths(cells), [_of_numbers(column[1:]) for column in zip(*cells, strict=True)]
    lines = []
    for place, row in enumerate(cells):
        first, *more = zip_longest(*map(_pieces, row, widths), fillvalue="")
        right = numeric if place else [False] * len(row)
        lines.append("  ".join(map(_padded, first, widths, right)).rstrip())
        lines += ["  ".join(map(str.ljust, rest, widths)).rstrip() for rest in more]
    lines.insert(1, "  ".join("-" * width for width in widths).rstrip())
    return "\n".join(lines)


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    widths = [max(map(shown_width, column)) for column in zip(*cells, strict=True)]
    gaps = 2 * (len(widths) - 1)
    over = sum(widths[:-1]) + gaps + min(widths[-1], _NARROWEST) - WIDTH
    # Colours would be torn apart.
    plain = [place for place in range(len(widths) - 1) if not any("\x1b" in row[place] for row in cells)]
    if over > 0 and plain:
        widest = max(plain, key=lambda place: widths[place])
        narrowest = max(_NARROWEST, shown_width(cells[0][widest]))
        widths[widest] = min(widths[widest], max(narrowest, widths[widest] - over))
    widths[-1] = min(widths[-1], max(_NARROWEST, WIDTH - sum(widths[:-1]) - gaps))
    return widths


def _pieces(cell: str, width: int) -> list[str]:
    """The lines of a cell."""
    fits = shown_width(cell) <= width and "\n" not in cell
    return [cell] if fits else textwrap.wrap(cell, width) or [""]


def wrapped(text: str, indent: str = "") -> str:
    """`text` in lines of at most 100 columns, each behind `indent`; what has no blank in it is not broken."""
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def shown_width(text: str) -> int:
    """How many columns `text` takes, its colours aside."""
    return len(click.unstyle(text))


def _of_numbers(column: Sequence[str]) -> bool:
    """Whether all that stands in it are numbers, bare or with `%` or `s`; those with other units read as words."""
    told = [cell for cell in column if cell]
    return bool(told) and all(_NUMBER.fullmatch(cell) for cell in told)


def _padded(cell: str, width: int, right: bool) -> str:
    space = " " * (width - shown_width(cell))
    return space + cell if right else cell + space


def pairs(option: str, given: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE options as a mapping. Raises UsageProblem for one without `=` or given twice."""
    found: dict[str, str] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not equals or not name or not value:
            raise UsageProblem(f"{option} {item}: write NAME=VALUE")
        if name in found:
            raise UsageProblem(f"{option} {name}: given twice")
        found[name] = value
    return found
