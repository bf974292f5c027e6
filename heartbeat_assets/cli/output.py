"""How commands print: a JSON document for machines, a table for people, progress only on a terminal.

Standard output carries the report and nothing else. It must not know what a report is about.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
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
_COLOURS = {"ok": "green", "degraded": "yellow", "failed": "red"}
_SYMBOLS = {"ok": ("●", "*"), "degraded": ("▲", "^"), "failed": ("◆", "!")}


def emit(document: Any, people: Callable[[], str], as_json: bool | None, out: Path | None = None) -> None:
    """Prints `document`, as the table `people` makes when a person is watching; also writes it to `out`."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if out is not None:
        try:
            write_atomically(out, text + "\n")
        except OSError as problem:
            raise HeartbeatError(f"--out {out}: cannot be written: {problem.strerror or problem}") from problem
    for_machines = not sys.stdout.isatty() if as_json is None else as_json
    click.echo(text if for_machines else people())


def tell(text: str) -> None:
    """A line for people, kept off standard output."""
    click.echo(text, err=True)


def progress() -> Callable[[str], None]:
    """Prints steps of long work while a person is watching; otherwise nothing."""
    return tell if sys.stderr.isatty() else lambda _: None


def state(status: str) -> str:
    """A status as symbol and word, coloured where colour is wanted."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") not in ("utf8", "utf_8")
    symbol = _SYMBOLS.get(status, ("○", "o"))[plain]
    text = f"{symbol} {status}"
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=_COLOURS.get(status))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, numbers to the right."""
    cells = [list(header), *[list(row) for row in rows]]
    widths = [max(len(click.unstyle(row[column])) for row in cells) for column in range(len(header))]
    lines = []
    for row in cells:
        line = "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True))
        lines.append(line.rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _padded(cell: str, width: int) -> str:
    space = " " * (width - len(click.unstyle(cell)))
    numeric = cell[:1].isdigit() and cell.replace(",", "").replace(".", "").rstrip(" s%").isdigit()
    return space + cell if numeric else cell + space


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
