"""Tests of sentences about gates: which figure broke which bound, as far as the row and defs.yaml tell."""

from __future__ import annotations

from typing import Any

import pytest

from heartbeat_assets.lanes.criteria import named
from heartbeat_assets.lanes.sentences import finding_sentence, why_gate_failed
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets_tests.lanes import histories
from heartbeat_assets_tests.lanes.gate_histories import SPEC, history_of, judged, row_of

GATE = "source_representativity_gate"
FAILED = {f"{GATE}_passed": False, "focus_gate_passed": False, "status": "degraded"}


def why(row: dict[str, Any], gate: str = GATE, spec: LaneSpec = SPEC) -> str:
    criterion = named(spec.criteria, gate)
    assert criterion is not None
    return why_gate_failed(spec, criterion, history_of(row)[0])


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def test_a_broken_bound_is_told_with_its_figure() -> None:
    row = row_of(1, coverage__sources_with_assessments_pct=0.75, totals__sources_total=0)
    assert why(row) == (
        "sources_with_assessments_pct was 0.75, below its minimum 1.00 and sources_total was 0, below its minimum 1"
    )
    verdict = judged(row_of(0), row)
    finding = next(one for one in verdict.findings if one.rule.check == f"max_{GATE}_failed_ok")
    assert finding_sentence(SPEC, finding, 2) == f"{GATE} failed in 1 of the last 2 runs (limit 0): {why(row)}."


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (row_of() | FAILED, "its figures keep the bounds of defs.yaml today; the run had others"),
        (
            without(row_of() | FAILED, "sources_with_assessments_pct", "sources_total"),
            "its figures are not in the row",
        ),
        (without(row_of() | FAILED, "sources_total"), "not all of its figures are in the row"),
        (row_of() | FAILED | {"sources_total": None}, "sources_total had no value"),
        (without(row_of() | FAILED, f"{GATE}_passed"), "the row does not say that it passed"),
    ],
)
def test_what_cannot_be_seen_in_the_row_is_not_claimed(row: dict[str, Any], said: str) -> None:
    assert why(row) == said


def gated_kpi(place: str) -> LaneSpec:
    condition = {"value": place, "max": 0.05, "threshold_as": "gate_max"}
    return histories.spec_with(gates=[{"name": "tight_gate", "conditions": [condition]}])


def test_a_kpi_is_found_in_the_row_and_a_figure_that_is_only_called_like_one_is_not() -> None:
    row = histories.row_of() | {"tight_gate_passed": False}
    told = why(row, "tight_gate", gated_kpi("metrics.unknown_rate"))
    assert told == "unknown_rate was 0.10, above its maximum 0.05"
    assert why(row, "tight_gate", gated_kpi("telemetry.unknown_rate")) == "its figures are not in the row"
