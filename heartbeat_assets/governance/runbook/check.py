"""What every check of a runbook has: an id, a severity, and a look that finds something.

A check is a model, so that its fields are what a user may write beside it. It must not catch its own faults; `build`
does, for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.item import Severity
from heartbeat_assets.specs.fields import Model, Name


@dataclass(frozen=True)
class Found:
    """What a look found. `severity`, when it is given, takes the place of the check's."""

    ok: bool
    message: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    fix: str = ""
    severity: Severity | None = None


def severity_field(default: Severity) -> Any:
    """The field `severity` of a check that is usually of that severity."""
    return Field(default, description="BLOCKER forbids to go live; WARN and INFO do not.")


class Check(Model):
    """The base of all checks. A subclass gives `check` its one value, and its own fields."""

    check: str
    id: Name = Field("", validate_default=False, description="What the item is called; default: the check's name.")
    severity: Severity = severity_field("BLOCKER")

    @property
    def item_id(self) -> str:
        """What the item is called."""
        return self.id or self.check

    @property
    def asked(self) -> str:
        """What the check asks, in a sentence, before it is looked at."""
        return (type(self).__doc__ or "").strip().split("\n")[0]

    def look(self, context: RunbookContext) -> Found:
        """Looks now. May raise whatever it likes."""
        raise NotImplementedError
