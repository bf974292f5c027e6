"""What a runbook found, as values to show: an item a check, and the whole as a document or as Markdown.

It must not look at anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Severity = Literal["BLOCKER", "WARN", "INFO"]

_FAILED_MARKS: Mapping[Severity, str] = {"BLOCKER": "❌", "WARN": "⚠️", "INFO": "⚠️"}
# What would begin a tag, or the address of a link, in Markdown, and what would undo that. Backquotes stay: a fix names
# commands. Nothing else, as people read the text too: `p < 0.01` and `policies[0]` are no tag and no link.
_SPECIAL = re.compile(r"\\|<(?=[A-Za-z/!?])|(?<=\])\(")


@dataclass(frozen=True, slots=True)
class Item:
    """One check. `detail` has the figures behind `message`, as plain values; `fix` says what to do, else ""."""

    id: str
    severity: Severity
    ok: bool
    message: str
    detail: dict[str, Any] = field(default_factory=dict)
    fix: str = ""

    @property
    def mark(self) -> str:
        """Passed, or how bad it is."""
        return "✅" if self.ok else _FAILED_MARKS[self.severity]

    def document(self) -> dict[str, Any]:
        """The item as JSON can hold it."""
        return {
            "id": self.id,
            "ok": self.ok,
            "severity": self.severity,
            "message": self.message,
            "detail": self.detail,
            "fix": self.fix,
        }


@dataclass(frozen=True, slots=True)
class Runbook:
    """All items, in the order of the file."""

    generated_at: datetime
    items: tuple[Item, ...]

    @property
    def blockers(self) -> list[Item]:
        """What forbids to go live."""
        return [item for item in self.items if not item.ok and item.severity == "BLOCKER"]

    @property
    def warnings(self) -> list[Item]:
        """What somebody should look at, and that forbids nothing."""
        return [item for item in self.items if not item.ok and item.severity == "WARN"]

    @property
    def info(self) -> list[Item]:
        """The rest: what passes, and what is only told."""
        return [item for item in self.items if item.ok or item.severity == "INFO"]

    @property
    def ok_to_enable_go_live(self) -> bool:
        """Whether no blocker stands."""
        return not self.blockers

    @property
    def worst_first(self) -> list[Item]:
        """Blockers, then warnings, then what is only told, then what passes."""
        told = [item for item in self.info if not item.ok]
        return [*self.blockers, *self.warnings, *told, *(item for item in self.items if item.ok)]

    @property
    def sentence(self) -> str:
        """The answer, before the list."""
        warnings = _counted(len(self.warnings), "warning")
        if self.blockers:
            behind = f" and {warnings}" if self.warnings else ""
            return f"Go-live must not be enabled: {_counted(len(self.blockers), 'blocker')}{behind}."
        return f"Go-live may be enabled{f', with {warnings}' if self.warnings else ''}."

    def document(self) -> dict[str, Any]:
        """The runbook as JSON can hold it."""
        return {
            "generated_at": self.generated_at.isoformat(timespec="seconds"),
            "blockers": [item.document() for item in self.blockers],
            "warnings": [item.document() for item in self.warnings],
            "info": [item.document() for item in self.info],
            "ok_to_enable_go_live": self.ok_to_enable_go_live,
        }

    def markdown(self) -> str:
        """The runbook as a page, a line an item."""
        head = ["# Go-live runbook", "", f"**{self.sentence}**", "", f"{self.generated_at:%Y-%m-%d %H:%M:%S} UTC", ""]
        return "\n".join([*head, *map(_line, self.items)]) + "\n"


def _line(item: Item) -> str:
    fix = "" if item.ok or not item.fix else f" Fix: {_escaped(item.fix)}"
    return f"- {item.mark} {item.id}: {_escaped(item.message)}{fix}"


def _escaped(text: str) -> str:
    """`text` on one line, and as nothing but text."""
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.splitlines()))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
