"""The check `kpi_events_flowing`: do the series still get events that the tripwires watch?

It must not look into an event.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heartbeat_assets.governance.runbook.check import Check, Found, severity_field
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.item import Severity
from heartbeat_assets.governance.runbook.policies_present import unread
from heartbeat_assets.metrics.wording import duration_words, instant_words
from heartbeat_assets.specs.durations import Duration, duration_of


class KpiEventsFlowing(Check):
    """Every series that an enabled tripwire watches has a new enough event."""

    check: Literal["kpi_events_flowing"] = "kpi_events_flowing"
    severity: Severity = severity_field("WARN")
    within: Duration = Field("7d", description="The newest event may not be older: 90m, 36h or 7d.")

    def look(self, context: RunbookContext) -> Found:
        """Asks for the newest event of each series."""
        limit = duration_of(self.within)
        newest, old = {}, {}
        for policy in context.policies:
            if not policy.enabled:
                continue
            events = context.ledger.events.newest(policy.domain, policy.metric, 1)
            at = events[-1].at if events else None
            newest[policy.name] = at.isoformat(timespec="seconds") if at else None
            if at is None:
                old[policy.name] = "no event yet"
            elif context.now - at > limit:
                old[policy.name] = f"the newest is of {instant_words(at)}, {duration_words(context.now - at)} ago"
        detail = {"within": self.within, "newest": newest}
        if old:
            told = "; ".join(f"{name}: {said}" for name, said in old.items())
            fix = "See whether the code that emits them runs: `heartbeat kpi list` shows when each series had its last."
            return Found(False, f"{told}.", detail, fix)
        if context.tripwires.problems:
            return Found(False, unread(context).strip(), detail, "Mend the file: the message names the field.")
        if not newest:
            return Found(True, "No tripwire is enabled, so no series is waited for.", detail)
        return Found(True, f"Events within {self.within} in {', '.join(newest)}.", detail)
