"""The check `go_live_checklist`: what a person must have stated, and what must be installed.

It must not make a statement.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from importlib import metadata
from typing import Literal

from pydantic import Field

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.runbook.check import Check, Found
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.statements import BACKEND_COMPLETE, statement
from heartbeat_assets.specs.fields import Name, Words


class GoLiveChecklist(Check):
    """A person has stated that the backend is complete, and every required pack is there."""

    check: Literal["go_live_checklist"] = "go_live_checklist"
    statements: list[Name] = Field(
        default_factory=lambda: [BACKEND_COMPLETE],
        description="What a person must have declared: `heartbeat runbook declare backend_complete --reason ...`.",
    )
    required_packs: list[Words] = Field(
        default_factory=list,
        description="What must be there: lanes, metrics services or tripwires folders of the project, or installed "
        "Python distributions or modules, each by its name.",
    )

    def look(self, context: RunbookContext) -> Found:
        """Asks the journal for the statements, and looks for the packs."""
        packs = {name: _pack(context, name) for name in self.required_packs}
        missing = [name for name, found in packs.items() if found is None]
        journal = context.ledger.journal if self.statements else None
        made = {name: statement(journal, name) for name in self.statements if journal is not None}
        open_ones = [name for name, said in made.items() if said is None or not said.holds]
        detail = {
            "statements": {
                name: f"{said.actor}, {said.at:%Y-%m-%d}: {said.reason}" if said is not None and said.holds else None
                for name, said in made.items()
            },
            "packs": packs,
        }
        told, fixes = [], []
        if open_ones:
            told.append(f"nobody has declared {', '.join(open_ones)}")
            fixes.append(f'`heartbeat runbook declare {open_ones[0]} --reason "..."`, once it is true')
        if missing:
            told.append(f"missing: {', '.join(missing)}")
            fixes.append(f"install {', '.join(missing)}, or take it out of `required_packs`")
        if told:
            return Found(False, f"Not complete: {'; '.join(told)}.", detail, f"{'; '.join(fixes)}.")
        return Found(True, f"{_declared(detail['statements'])}{_there(len(packs))}", detail)


def asked_statements(checks: Iterable[Check]) -> list[str]:
    """What the checklists among `checks` want declared, each once; where there is none, what one asks by default."""
    lists = [check for check in checks if isinstance(check, GoLiveChecklist)] or [GoLiveChecklist()]
    return list(dict.fromkeys(name for one in lists for name in one.statements))


def _declared(statements: dict[str, str | None]) -> str:
    return " ".join(f"{name} is declared by {said}." for name, said in statements.items())


def _there(packs: int) -> str:
    if not packs:
        return " No pack is required."
    return f" {'The required pack is' if packs == 1 else f'All {packs} required packs are'} there."


def _pack(context: RunbookContext, name: str) -> str | None:
    """What the pack `name` is; None when it is not there, or is there with a mistake."""
    lane = context.lanes.get(name)
    if lane is not None and not isinstance(lane, SpecProblem):
        return "lane"
    if name in context.catalog.services:
        return "metrics service"
    if name in context.tripwires.specs:
        return "tripwires"
    try:
        return f"distribution {metadata.version(name)}"
    except (metadata.PackageNotFoundError, ValueError):
        pass
    try:
        # Of a name with dots this imports what is before the last one: that may fail in any way.
        return "module" if importlib.util.find_spec(name) is not None else None
    except Exception:
        return None
