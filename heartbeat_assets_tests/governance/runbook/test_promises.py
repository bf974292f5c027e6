"""Incidents, error budgets and components in the go-live runbook: what fails, how severely, and what is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heartbeat_assets.ledger import NewJournalEvent
from heartbeat_assets.objectives.incidents import mitigate, open_incident, resolve
from heartbeat_assets_tests.governance.runbook.looking import ANA, DAGSTER, RunbookProject
from heartbeat_assets_tests.own_project import PACKAGE

SLO = """apiVersion: openslo/v1
kind: SLO
metadata: {name: reads-answered}
spec:
  service: shop_app
  indicator:
    metadata: {name: answered}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: prometheus, spec: {query: up}}}
        total: {metricSource: {type: prometheus, spec: {query: all}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
"""
RULE = {"slo": "reads-answered", "burning": "page", "to": "DOWN"}


def write_slo(alone: RunbookProject) -> None:
    alone.write_component("ServiceObjectives", "promises", {})
    alone.own.write(f"{PACKAGE}/defs/promises/reads.openslo.yaml", SLO)


def judge(
    alone: RunbookProject, kind: str = "green", *, severity: str | None = None, age: timedelta = timedelta(0)
) -> None:
    """Records a verdict about the SLO."""
    at = datetime.now(UTC) - age - timedelta(seconds=1)
    body: dict[str, Any] = {"judged_at": at.isoformat(), "severity": severity, "sentence": "half of it is used"}
    alone.ledger.journal.append(NewJournalEvent("objective", "reads-answered", kind, body=body), DAGSTER)


def opened(alone: RunbookProject, severity: int) -> str:
    """Opens an incident, and returns its id."""
    journal = alone.ledger.journal
    return open_incident(journal, title="Reads fail", severity=severity, impact="No page loads.", actor=ANA).id


def test_an_incident_that_is_felt_blocks_and_a_milder_one_warns(alone: RunbookProject) -> None:
    assert alone.item("open_incidents").ok
    mild = opened(alone, 2)
    item = alone.item("open_incidents")
    assert (item.ok, item.severity) == (False, "WARN")
    assert item.message == f"Open: {mild} (Sev-2, open) Reads fail."
    assert f"heartbeat incident show {mild}" in item.fix
    assert alone.item("open_incidents", worst=2).severity == "BLOCKER"
    assert alone.item("open_incidents", severity="INFO").severity == "INFO"
    grave = opened(alone, 1)
    item = alone.item("open_incidents")
    assert (item.ok, item.severity) == (False, "BLOCKER")
    assert [one["id"] for one in item.detail["open"]] == [grave, mild]


def test_an_incident_that_is_not_felt_any_more_passes_and_is_told_until_it_is_resolved(alone: RunbookProject) -> None:
    name, journal = opened(alone, 1), alone.ledger.journal
    mitigate(journal, name, actor=ANA, reason="rolled back")
    item = alone.item("open_incidents")
    assert item.ok
    assert f"not resolved yet: {name} (Sev-1, mitigated)" in item.message
    resolve(journal, name, actor=ANA, reason="quiet for a day", rca="a lost index")
    assert alone.item("open_incidents").message == "No incident is felt by users."


def test_a_budget_fails_while_it_is_not_judged_used_up_burning_or_old(alone: RunbookProject) -> None:
    assert alone.item("slo_budgets").message == "There is no service objective."
    write_slo(alone)
    assert alone.item("slo_budgets").message == "reads-answered: not judged yet."
    judge(alone)
    item = alone.item("slo_budgets")
    assert (item.ok, item.message) == (True, "Budget is left of reads-answered.")
    judge(alone, "exhausted")
    item = alone.item("slo_budgets")
    assert (item.ok, item.severity) == (False, "WARN")
    assert "heartbeat slo show reads-answered" in item.fix
    judge(alone, "yellow", severity="ERROR")
    assert alone.item("slo_budgets").message.startswith("reads-answered: it burns: half of it is used")
    judge(alone, "red")
    assert alone.item("slo_budgets").ok
    assert not alone.item("slo_budgets", states=["RED", "EXHAUSTED"]).ok
    judge(alone, "problem")
    assert "it cannot be measured" in alone.item("slo_budgets").message
    judge(alone, age=timedelta(hours=7))
    assert alone.item("slo_budgets").message == "reads-answered: what is known of it is 7 h old."
    assert alone.item("slo_budgets", within="8h").ok
    assert alone.item("slo_budgets", slos=["gone"]).message == "gone: not judged yet."


def test_a_component_that_is_not_ok_fails_with_its_reason(alone: RunbookProject) -> None:
    assert alone.item("components_ok").ok, "without operations there is nothing to ask"
    rules = [RULE, {"slo": "reads-answered", "state": ["RED"], "to": "DEGRADED"}]
    alone.write_component("Operations", "operations", {"components": [{"id": "api", "name": "API", "rules": rules}]})
    item = alone.item("components_ok")
    assert (item.ok, item.severity, item.detail["components"]) == (False, "WARN", {"api": "NO_DATA"})
    assert item.message.startswith("API is NO DATA.")
    judge(alone)
    assert alone.item("components_ok").message == "As they should be: api."
    judge(alone, "red")
    assert not alone.item("components_ok").ok
    assert alone.item("components_ok", tolerate=["DEGRADED"]).ok
    judge(alone, "red", severity="ERROR")
    assert alone.item("components_ok", tolerate=["DEGRADED"]).message.startswith("API is DOWN. ")
    assert alone.item("components_ok", components=["ape"]).message == "there is no component ape"
    assert alone.ledger.journal.of("component", "api") == [], "looking records nothing"


@pytest.mark.parametrize("check", ["slo_budgets", "components_ok"])
def test_a_file_with_a_mistake_fails_what_needs_it(alone: RunbookProject, check: str) -> None:
    alone.write_component("Operations", "operations", {"components": []})
    alone.write_component("ServiceObjectives", "promises", {"days": 0})
    assert not alone.item(check).ok
