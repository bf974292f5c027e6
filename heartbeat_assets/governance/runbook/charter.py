"""The check `heimdall_charter_present`: is it written down what automation may do by itself, and who answers for it?

It must not judge the text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field

from heartbeat_assets.governance.runbook.check import Check, Found
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.specs.fields import Words

_LINE = r"^[ \t>*_-]*{}[*_]*[ \t]*:[*_]*[ \t]*([^\s*_].*?)[*_ \t\r]*$"


class HeimdallCharterPresent(Check):
    """There is a charter that says what automation may do by itself, with its version and its owner."""

    check: Literal["heimdall_charter_present"] = "heimdall_charter_present"
    file: Words = Field(
        "charter.md", description="The charter, a Markdown file beside this defs.yaml, or a path in the project."
    )

    def look(self, context: RunbookContext) -> Found:
        """Reads the file; `Version:` and `Owner:` stand on lines of their own."""
        path = self._path(context)
        fix = f"Write {path.name} with a line `Version: 1`, a line `Owner: name@example.org`, and what may be done."
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as problem:
            return Found(False, f"{path}: cannot be read: {problem.strerror}.", {"file": str(path)}, fix)
        except UnicodeDecodeError:
            return Found(False, f"{path}: is not UTF-8 text.", {"file": str(path)}, fix)
        found = {name: _value(text, name) for name in ("version", "owner")}
        detail = {"file": str(path), **found}
        if not _body(text):
            return Found(False, f"{path}: says nothing.", detail, fix)
        missing = [name for name, value in found.items() if value is None]
        if missing:
            return Found(False, f"{path}: has no line with its {' and its '.join(missing)}.", detail, fix)
        return Found(True, f"Version {found['version']}, of {found['owner']}.", detail)

    def _path(self, context: RunbookContext) -> Path:
        beside = context.folder / self.file
        return beside if beside.exists() or Path(self.file).name == self.file else context.settings.project / self.file


def _value(text: str, name: str) -> str | None:
    match = re.search(_LINE.format(name), text, re.IGNORECASE | re.MULTILINE)
    return match[1] if match else None


def _body(text: str) -> str:
    """What the text says beside headings and those two lines."""
    named = re.compile("|".join(_LINE.format(name) for name in ("version", "owner")), re.IGNORECASE)
    lines = (line for line in text.splitlines() if not line.startswith("#") and not named.match(line))
    return "".join(lines).strip()
