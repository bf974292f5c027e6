"""Tests of outcome: what a digest's figures come to. KPIs are tested with the digest, gates here."""

from typing import Any

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.digest import build_digest, checked_thresholds, failed_digest
from heartbeat_assets_tests.lanes.gate_histories import FIGURES, GATES, NOW, SPEC, digest_of, spec_with
from heartbeat_assets_tests.lanes.histories import spec_with as kpi_spec_with


def test_every_gate_passed_is_ok() -> None:
    digest = digest_of()
    assert digest["checks"] == {"focus_gate": True, **dict.fromkeys(GATES, True)}
    assert digest["focus_gate"] == {"passed": True, "failed_gates": []}
    assert (digest["status"], digest["failure_reasons"]) == ("ok", [])


@pytest.mark.parametrize(
    ("figure", "value", "gates"),
    [
        ("coverage__norms_classified_pct", 0.799999, ["norms_classified_gate"]),
        ("coverage__fragments_with_irlc_pct", 0.59, ["fragments_irlc_gate"]),
        ("coverage__fragments_with_accountability_pct", 0.0, ["fragments_accountability_gate"]),
        ("coverage__right_categories_with_data_pct", 0.99, ["rights_with_data_gate"]),
        ("coverage__sources_with_assessments_pct", 0.5, ["source_representativity_gate"]),
        ("totals__sources_total", 0, ["source_representativity_gate", "source_dual_coverage_gate"]),
        ("totals__scopes_total", 0, ["scope_representativity_gate", "scope_dual_coverage_gate"]),
        ("totals__accountability_edges_total", 0, ["accountability_primary_evidence_gate"]),
        ("coverage__norms_classified_pct", None, ["norms_classified_gate"]),
    ],
)
def test_a_gate_fails_when_one_of_its_conditions_does(figure: str, value: Any, gates: list[str]) -> None:
    digest = digest_of(**{figure: value})
    assert digest["focus_gate"] == {"passed": False, "failed_gates": gates}
    assert (digest["status"], digest["failure_reasons"]) == ("degraded", [])


def test_a_figure_equal_to_its_bound_passes() -> None:
    assert digest_of(coverage__norms_classified_pct=0.8)["status"] == "ok"


def test_a_precondition_that_does_not_hold_fails_the_digest_with_its_reason() -> None:
    digest = digest_of(totals__assessments_total=0)
    assert (digest["status"], digest["failure_reasons"]) == ("failed", ["no_assessments"])


def test_a_column_that_a_gate_needs_and_the_query_lost_is_named_with_the_gate() -> None:
    row = {name: value for name, value in FIGURES.items() if name != "coverage.norms_classified_pct"}
    with pytest.raises(SpecProblem, match=r'returns no column "coverage\.norms_classified_pct".*norms_classified_gate'):
        build_digest(SPEC, row, generated_at=NOW)


def test_a_lost_column_is_named_even_behind_a_condition_that_does_not_hold() -> None:
    row = FIGURES | {"coverage.sources_with_assessments_pct": 0.0}
    del row["totals.sources_total"]
    with pytest.raises(SpecProblem, match=r"totals\.sources_total"):
        build_digest(SPEC, row, generated_at=NOW)


def test_a_figure_that_is_text_is_refused_by_name() -> None:
    with pytest.raises(SpecProblem, match=r'column "coverage\.norms_classified_pct" is str; gate norms_'):
        digest_of(coverage__norms_classified_pct="most")


def test_a_recorded_figure_cannot_take_the_name_of_a_field_of_every_heartbeat() -> None:
    with pytest.raises(SpecProblem, match="'status' is already a field of every heartbeat; rename it"):
        digest_of(totals__status=3)


def test_a_recorded_section_without_a_column_is_named() -> None:
    spec = spec_with(recorded=["totals", "coverage", "costs"])
    with pytest.raises(SpecProblem, match='returns no column "costs'):
        build_digest(spec, FIGURES, generated_at=NOW)


def test_a_threshold_of_a_condition_may_be_replaced_by_name() -> None:
    limits = checked_thresholds(SPEC, {"min_norms_classified_pct": "0.4"})
    row = FIGURES | {"coverage.norms_classified_pct": 0.5}
    digest = build_digest(SPEC, row, generated_at=NOW, thresholds=limits)
    assert digest["status"] == "ok"
    assert digest["thresholds"]["min_norms_classified_pct"] == 0.4


def test_a_lane_may_have_kpis_and_gates_at_once() -> None:
    gate = {"name": "busy_gate", "conditions": [{"value": "telemetry.sessions_total", "min": 10}]}
    spec = kpi_spec_with(gates=[gate])
    kpis = {"unknown_rate": 0.1, "time_to_first_answer_seconds": 3.0, "drilldown_click_rate": 0.5}
    digest = build_digest(spec, {**kpis, "telemetry.sessions_total": 9}, generated_at=NOW)
    assert digest["status"] == "degraded"
    assert digest["checks"]["contract_complete"] is False
    checks = [rule.check for rule in spec.rules({"max_busy_gate_failed": 0})]
    assert checks[-6:] == [
        "max_busy_gate_failed_ok", "latest_not_failed_ok", "latest_contract_complete_ok", "latest_thresholds_ok",
        "latest_focus_gate_passed_ok", "latest_busy_gate_ok",
    ]  # fmt: skip


def test_a_run_that_could_compute_nothing_knows_no_gate_and_says_why() -> None:
    digest = failed_digest(SPEC, generated_at=NOW, reasons=["source_legal_norms_missing"], error="no such file")
    assert digest["checks"] == dict.fromkeys(["focus_gate", *GATES])
    assert (digest["status"], digest["failure_reasons"]) == ("failed", ["source_legal_norms_missing"])
    assert digest["error"] == "no such file"


def test_recorded_figures_are_rounded_to_six_decimals_with_halves_to_even() -> None:
    digest = digest_of(coverage__fragments_with_dual_coverage_pct=1 / 128, totals__norms_total=7)
    assert digest["coverage"]["fragments_with_dual_coverage_pct"] == 0.007812
    assert digest["totals"]["norms_total"] == 7
