"""The checks `open_incidents`, `slo_budgets` and `components_ok`: is what users were promised being kept?

They ask what was recorded. They must not measure, judge by rules of their own, or open an incident.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heartbeat_assets.governance.runbook.check import Check, Found, severity_field
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.runbook.item import Severity
from heartbeat_assets.metrics.wording import duration_words
from heartbeat_assets.objectives.incidents import Incident, incidents
from heartbeat_assets.objectives.objectives_file import objectives_in
from heartbeat_assets.objectives.operations_file import operations_in
from heartbeat_assets.objectives.operations_now import operations_now
from heartbeat_assets.objectives.records_days import STREAM
from heartbeat_assets.objectives.slo.budget import State
from heartbeat_assets.objectives.status.facts import SloFact
from heartbeat_assets.objectives.status.gathering import slo_fact
from heartbeat_assets.specs.durations import Duration, duration_of
from heartbeat_assets.specs.fields import Name, Whole, Words


class OpenIncidents(Check):
    """No incident is open that users still feel."""

    check: Literal["open_incidents"] = "open_incidents"
    worst: Whole = Field(
        1, ge=1, le=3, description="Incidents of this severity and worse ones count as the check does; others warn."
    )

    def look(self, context: RunbookContext) -> Found:
        """Asks the journal which incidents are not resolved."""
        still = sorted(
            (one for one in incidents(context.ledger.journal) if not one.is_over), key=lambda one: one.severity
        )
        felt = [one for one in still if one.status != "mitigated"]
        detail = {"open": [_incident(one) for one in still]}
        if not felt:
            told = "; ".join(_told(one) for one in still)
            behind = f" Not felt any more, and not resolved yet: {told}." if still else ""
            return Found(True, f"No incident is felt by users.{behind}", detail)
        fix = f"`heartbeat incident show {felt[0].id}` says what is known and what is left to do."
        said = f"Open: {'; '.join(_told(one) for one in felt)}."
        milder = self.severity == "BLOCKER" and felt[0].severity > self.worst
        return Found(False, said, detail, fix, severity="WARN" if milder else None)


class SloBudgets(Check):
    """Every service objective was judged lately, has error budget left, and burns none fast enough to page somebody."""

    check: Literal["slo_budgets"] = "slo_budgets"
    severity: Severity = severity_field("WARN")
    slos: list[Words] = Field(default_factory=list, description="Names of the SLOs that count; left out: all.")
    states: list[State] = Field(["EXHAUSTED"], description="States of a budget that fail.")
    within: Duration = Field("6h", description="The newest verdict may not be older: 90m, 36h or 7d.")

    def look(self, context: RunbookContext) -> Found:
        """Asks the journal for the newest verdict of each."""
        there = objectives_in(context.settings.defs)
        names = self.slos or [slo.name for _, slo in there.slos()]
        if not names and not there.problems:
            return Found(True, "There is no service objective.", {"slos": {}})
        newest = context.ledger.journal.newest(STREAM)
        facts = {name: slo_fact(newest[name]) if name in newest else None for name in names}
        bad = {name: said for name, fact in facts.items() if (said := self._wrong(fact, context))}
        mistakes = [str(problem) for problem in there.problems]
        states = {name: fact.kind.upper() if fact else "NOT JUDGED" for name, fact in facts.items()}
        detail = {"slos": states, "failing": bad, "mistakes": mistakes}
        if bad or mistakes:
            told = "; ".join([*(f"{name}: {said}" for name, said in bad.items()), *mistakes])
            fix = f"`heartbeat slo show {next(iter(bad))}` has the figures." if bad else "Mend the file."
            return Found(False, told if told.endswith(".") else f"{told}.", detail, fix)
        return Found(True, f"Budget is left of {', '.join(names)}.", detail)

    def _wrong(self, fact: SloFact | None, context: RunbookContext) -> str:
        """What is wrong with an SLO by its newest verdict; '' for nothing."""
        if fact is None:
            return "not judged yet"
        age = context.now - fact.at
        if age > duration_of(self.within):
            return f"what is known of it is {duration_words(age)} old"
        if fact.kind == "problem":
            return f"it cannot be measured: {fact.sentence}"
        if fact.kind.upper() in self.states:
            return fact.sentence
        return f"it burns: {fact.sentence}" if fact.record.get("severity") == "ERROR" else ""


class ComponentsOk(Check):
    """Every component that people use is OK, as it is shown."""

    check: Literal["components_ok"] = "components_ok"
    severity: Severity = severity_field("WARN")
    components: list[Name] = Field(default_factory=list, description="Ids of those that count; left out: all.")
    tolerate: list[Literal["DEGRADED", "NO_DATA"]] = Field(
        default_factory=list, description="States beside OK that pass."
    )

    def look(self, context: RunbookContext) -> Found:
        """Asks how everything stands, without recording it."""
        found, problems = operations_in(context.settings)
        if found is None and not problems:
            return Found(True, "The project has no heartbeat_assets.Operations.", {"components": {}})
        operations = operations_now(context.settings, context.ledger, context.now)
        states = {one.id: str(one.state) for one in operations.components}
        chosen = self.components or list(states)
        bad = {}
        for name in chosen:
            one = operations.component(name)
            if one is None:
                bad[name] = f"there is no component {name}"
            elif one.state != "OK" and one.state not in self.tolerate:
                bad[name] = " ".join([f"{one.name} is {one.state.replace('_', ' ')}.", *one.reasons])
        detail = {"components": states, "failing": bad, "as_of": str(operations.updated_at or "")}
        if bad:
            fix = "`heartbeat status` shows every component and why."
            return Found(False, " ".join(bad.values()), detail, fix)
        return Found(True, f"As they should be: {', '.join(chosen)}.", detail)


def _told(one: Incident) -> str:
    return f"{one.id} (Sev-{one.severity}, {one.status}) {one.title}"


def _incident(one: Incident) -> dict[str, object]:
    since = one.started_at.isoformat(timespec="seconds")
    return {"id": one.id, "severity": one.severity, "status": one.status, "title": one.title, "since": since}
