"""The go-live runbook as a page: what stands in the way, worst first. It must not run a check."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from heartbeat_assets.cockpit.views.look import Look
from heartbeat_assets.cockpit.views.page import FormView

_LOOKS = {
    "blocks": Look("◆", "blocks", "red"),
    "warns": Look("▲", "warns", "amber"),
    "note": Look("○", "note", "no_data"),
    "passed": Look("●", "passed", "green"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One check of the runbook."""

    id: str
    state: str
    """`blocks`, `warns`, `note` or `passed`."""
    message: str
    detail: tuple[tuple[str, str], ...] = ()
    """(name, words) of the figures behind the message."""
    fix: str = ""

    @property
    def look(self) -> Look:
        """How that state looks."""
        return _LOOKS[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookView:
    """The page."""

    headline: str
    """May go-live be enabled? In one sentence, that of the runbook itself."""
    ok: bool
    """`ok_to_enable_go_live`."""
    generated_at: datetime | None
    items: tuple[ItemView, ...] = ()
    """What blocks first, then what warns, what is only told, what passes."""
    declared: bool = False
    """Whether somebody stands behind `backend_complete` now."""
    statement: str = ""
    """Who said so last, and why; "" when nobody ever did."""
    statement_at: datetime | None = None
    form: FormView = field(default_factory=FormView)

    def count(self, state: str) -> int:
        """How many items are in a state."""
        return sum(1 for item in self.items if item.state == state)
