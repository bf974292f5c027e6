"""What a digest's figures come to, one by one: KPIs against thresholds, gates by their conditions, preconditions.

Pure: from figures to checks and reasons. It must not read the row of digest.sql; `digest` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.spec_criteria import FOCUS_GATE, FigureBound
from heartbeat_assets.lanes.values import Document, number, rounded


@dataclass
class Outcome:
    """Checks by name in order (None: not known), KPIs without a value, gates that did not pass, failure reasons."""

    checks: Document = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    gates_failed: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def judge_kpis(
    spec: LaneSpec, metrics: Mapping[str, float | None], limits: Mapping[str, float], outcome: Outcome
) -> None:
    """Adds each KPI's check, and what is wrong, to `outcome`."""
    for kpi in spec.kpis:
        value = metrics[kpi.name]
        if value is None:
            outcome.missing.append(kpi.name)
            outcome.checks[kpi.check_name] = False if kpi.missing == "failed" else None
            outcome.reasons += [kpi.missing_reason] if kpi.missing == "failed" else []
        else:
            outcome.checks[kpi.check_name] = kpi.within(value, limits[kpi.threshold_name])
            outcome.reasons += [] if outcome.checks[kpi.check_name] else [kpi.breach_reason]
    for availability in spec.availability:
        outcome.checks[availability.check] = any(metrics[name] is not None for name in availability.any_of)


def judge_gates(spec: LaneSpec, digest: Document, limits: Mapping[str, float], outcome: Outcome, sql_file: str) -> None:
    """Adds each gate, the focus gate and unmet preconditions to `outcome`. Raises SpecProblem for a lost figure."""
    passed: dict[str, bool] = {}
    for gate in spec.gates:
        # Each is looked at, also behind one that does not hold, so that a lost figure is noticed.
        held = [_holds(condition, digest, limits, f"gate {gate.name}", sql_file) for condition in gate.conditions]
        passed[gate.name] = all(held)
    if spec.gates:
        outcome.gates_failed = [name for name, kept in passed.items() if not kept]
        outcome.checks |= {FOCUS_GATE: not outcome.gates_failed, **passed}
    for precondition in spec.preconditions:
        if not _holds(precondition, digest, limits, f"precondition {precondition.reason}", sql_file):
            outcome.reasons.append(precondition.reason)


def figure(digest: Document, place: str) -> Any:
    """What the digest has at `place` ("coverage.norms_pct"). Raises KeyError when there is no such place."""
    value: Any = digest
    for part in place.split("."):
        if not isinstance(value, dict):
            raise KeyError(place)
        value = value[part]
    return value


def _holds(bound: FigureBound, digest: Document, limits: Mapping[str, float], owner: str, sql_file: str) -> bool:
    try:
        found = figure(digest, bound.value)
    except KeyError:
        raise SpecProblem(
            sql_file, [f'returns no column "{bound.value}", which defs.yaml has in {owner}; add it']
        ) from None
    value = rounded(number(found))
    if value is None and found is not None:
        raise SpecProblem(
            sql_file,
            [f'column "{bound.value}" is {type(found).__name__}; {owner} in defs.yaml needs a number or NULL'],
        )
    return value is not None and bound.within(value, limits[bound.threshold_name])
