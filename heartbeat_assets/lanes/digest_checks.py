"""The checks of a digest in words: what each asks for, what was found, and the reason when it did not pass.

For Dagster, JUnit and whoever else shows them. It must not decide anything; the digest has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from heartbeat_assets.lanes.heartbeat import check_names
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.report import gate_rows, gates_summary, kpi_rows, with_unit
from heartbeat_assets.lanes.sentences import value_text
from heartbeat_assets.lanes.spec_criteria import FOCUS_GATE, Gate, Kpi
from heartbeat_assets.lanes.values import Document


@dataclass(frozen=True)
class DigestCheck:
    """One check: whether it passed (None: not known), the sentence of what was found, and its reason when it failed.

    `value` and `limit` are those of a KPI.
    """

    name: str
    passed: bool | None
    found: str
    reason: str
    value: float | None = None
    limit: float | None = None


def asked(lane: Lane, name: str) -> str:
    """What the check `name` of a digest asks for."""
    for kpi in lane.spec.kpis:
        if kpi.check_name == name:
            return f"{kpi.name} is {kpi.edge} {with_unit(kpi, kpi.threshold)} in this run."
    for availability in lane.spec.availability:
        if availability.check == name:
            return f"At least one of {', '.join(availability.any_of)} is known."
    for gate in lane.spec.gates:
        if gate.name == name:
            return f"{gate.description} Passes with {_conditions(gate)}.".strip()
    if name == FOCUS_GATE:
        return "Every gate passed in this run."
    return "Every KPI is known and the status is ok."


def digest_checks(lane: Lane, digest: Document) -> Iterator[DigestCheck]:
    """The checks of `digest` in their order."""
    kpis = {kpi.check_name: (kpi, value, limit) for kpi, value, limit, _ in kpi_rows(lane, digest)}
    gates = {gate.name: figures for gate, figures, _ in gate_rows(lane, digest)}
    of_any = {one.check: one.any_of for one in lane.spec.availability}
    for name in check_names(lane.spec):
        passed = digest["checks"].get(name)
        if name in kpis:
            kpi, value, limit = kpis[name]
            reason = kpi.missing_reason if value is None else kpi.breach_reason
            yield DigestCheck(name, passed, _kpi_found(kpi, value, limit), reason, value, limit)
        elif name in gates:
            yield DigestCheck(name, passed, f"{gates[name]}.", f"{name}_failed")
        elif name == FOCUS_GATE:
            yield DigestCheck(name, passed, f"{gates_summary(lane, digest)}.", f"{name}_failed")
        elif name in of_any:
            some = "At least one" if passed else "None"
            yield DigestCheck(name, passed, f"{some} of {', '.join(of_any[name])} is known.", f"{name}_failed")
        else:
            yield DigestCheck(name, passed, _complete_found(digest), "contract_incomplete")


def _conditions(gate: Gate) -> str:
    return " and ".join(f"{one.value} {one.edge} {value_text(one.threshold)}" for one in gate.conditions)


def _kpi_found(kpi: Kpi, value: float | None, limit: float) -> str:
    known = "has" if value is None else "is"
    return f"{kpi.name} {known} {with_unit(kpi, value)}; its {kpi.extreme} is {with_unit(kpi, limit)}."


def _complete_found(digest: Document) -> str:
    missing = ", ".join(digest.get("missing_metrics") or [])
    return f"The digest's status is {digest['status']}{f', without {missing}' if missing else ''}."
