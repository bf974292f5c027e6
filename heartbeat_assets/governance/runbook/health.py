"""The checks `lanes_passing` and `metrics_verified_not_red`: what this project already judges, asked once more.

They must not judge by rules of their own.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.runbook.check import Check, Found, severity_field
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.item import Severity
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.publish import may_publish
from heartbeat_assets.metrics.checks import WITHIN_ALERT
from heartbeat_assets.metrics.holding import findings_now
from heartbeat_assets.specs.fields import Name


class LanesPassing(Check):
    """The newest verdict of every lane lets its report be published."""

    check: Literal["lanes_passing"] = "lanes_passing"
    severity: Severity = severity_field("WARN")
    lanes: list[Name] = Field(default_factory=list, description="The lanes that count; left out: all.")

    def look(self, context: RunbookContext) -> Found:
        """Judges the last rows of each lane in the ledger."""
        unknown = [name for name in self.lanes if name not in context.lanes]
        chosen = {name: one for name, one in context.lanes.items() if not self.lanes or name in self.lanes}
        verdicts = {name: _verdict(context, one) for name, one in chosen.items()}
        verdicts |= dict.fromkeys(unknown, "there is no such lane")
        bad = {name: said for name, said in verdicts.items() if said != "passes"}
        if not verdicts:
            return Found(True, "There is no lane.", {"lanes": {}})
        if bad:
            told = "; ".join(f"{name}: {said}" for name, said in bad.items())
            fix = "`heartbeat lanes` shows them all, `heartbeat window LANE` why one does not pass."
            return Found(False, f"{told}.", {"lanes": verdicts}, fix)
        return Found(True, f"Passing: {', '.join(verdicts)}.", {"lanes": verdicts})


def _verdict(context: RunbookContext, lane: Lane | SpecProblem) -> str:
    if isinstance(lane, SpecProblem):
        return str(lane)
    if not context.ledger.size(lane.name):
        return "no run yet"
    verdict = judge_ledger(lane, now=context.now)
    return "passes" if may_publish(verdict) else f"blocked ({', '.join(verdict.reasons) or verdict.status})"


class MetricsVerifiedNotRed(Check):
    """No verified metric is beyond its alert value."""

    check: Literal["metrics_verified_not_red"] = "metrics_verified_not_red"
    severity: Severity = severity_field("WARN")

    def look(self, context: RunbookContext) -> Found:
        """Holds the newest value of each verified metric against its alert value."""
        store = context.ledger.metrics
        verified = {
            name
            for name, row in store.rows().items()
            if row.verification_state == "verified" and row.registration == "registered"
        }
        findings = findings_now(context.catalog, store, verified, context.now)
        red = {
            name: finding.sentence
            for name, found in findings.items()
            for finding in found
            if finding.check == WITHIN_ALERT and not finding.passed
        }
        detail = {"verified": len(verified), "red": red}
        if red:
            fix = f"`heartbeat metrics show {next(iter(red))}` has its values and who stands behind it."
            return Found(False, " ".join(red.values()), detail, fix)
        if not verified:
            return Found(True, "No metric is verified yet.", detail)
        return Found(True, f"None of {len(verified)} verified metrics is beyond its alert value.", detail)
