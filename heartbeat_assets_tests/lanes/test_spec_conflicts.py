"""Tests of spec_conflicts: names in a defs.yaml that clash or point at nothing."""

from typing import Any

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets_tests.lanes.histories import ATTRIBUTES, spec_with

PLAIN = {"window": {}, "availability": [], "publish": {}}


def kpi(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "max": 1, **more}


@pytest.mark.parametrize(
    ("kpis", "problem"),
    [
        ([kpi("a"), kpi("a")], "kpis[1] a: 'a' is already the name of kpis[0] a; give another name"),
        ([kpi("status")], "kpis[0] status: 'status' is already a field of every heartbeat; give another name"),
        ([kpi("max_a"), kpi("a")], "kpis[1] a: 'max_a' is already the name of kpis[0] max_a; give another name"),
        (
            [kpi("a", short_name="x"), kpi("b", short_name="x", window_name="y")],
            "kpis[1] b: 'x_within_threshold' is already the check of kpis[0] a; give another name",
        ),
        (
            [kpi("a", window_name="failed")],
            "kpis[0] a.window_name: 'failed' is already counted in every window; give another",
        ),
        (
            [kpi("malformed")],
            "kpis[0] malformed.window_name: 'malformed' is already counted in every window; give another",
        ),
    ],
)
def test_two_kpis_cannot_share_a_name_anywhere(kpis: list[dict[str, Any]], problem: str) -> None:
    with pytest.raises(SpecProblem) as raised:
        spec_with(**PLAIN, kpis=kpis)

    assert problem in raised.value.problems


@pytest.mark.parametrize("check", ["contract_complete", "unknown_rate_within_threshold", "unknown_rate"])
def test_a_check_of_availability_cannot_hide_another_field(check: str) -> None:
    with pytest.raises(SpecProblem, match=rf"availability\[0\] {check}: '{check}' is already"):
        spec_with(availability=[{"check": check, "any_of": ["unknown_rate"]}])


@pytest.mark.parametrize(
    ("sources", "problem"),
    [
        ({"rollup": {}}, "sources.rollup: digest.sql has a table 'rollup' already; give another name"),
        ({"sources": {}}, "sources.sources: digest.sql has a table 'sources' already; give another name"),
        ({"digest": {}}, "sources.digest: 'digest' is already an asset of every lane; give another `asset`"),
        (
            {"more": {"asset": "telemetry"}},
            "sources.more.asset: 'telemetry' is already the asset of sources.events; give another `asset`",
        ),
    ],
)
def test_a_source_cannot_take_the_name_of_another_table_or_asset(sources: dict[str, Any], problem: str) -> None:
    more = {name: {"kind": "json", "path": "x", **fields} for name, fields in sources.items()}

    with pytest.raises(SpecProblem) as raised:
        spec_with(sources={**ATTRIBUTES["sources"], **more})

    assert raised.value.problems == [problem]


def test_a_source_whose_name_is_taken_may_have_another_asset() -> None:
    more = {"digest": {"kind": "json", "path": "x", "asset": "digest_of_others"}}

    assert spec_with(sources={**ATTRIBUTES["sources"], **more}).sources["digest"].asset == "digest_of_others"


def test_a_rollup_and_a_sensor_need_telemetry() -> None:
    with pytest.raises(SpecProblem) as raised:
        spec_with(sources={"doc": {"kind": "json", "path": "x"}})

    assert raised.value.problems == [
        "rollup_sql: needs exactly one source of kind events; there is none",
        "sensor: needs a source of kind events to watch",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fresh", "its check latest_fresh_ok is another rule's already"),
        ("not_failed", "its check latest_not_failed_ok is another rule's already"),
        ("thresholds", "its check latest_thresholds_ok is another rule's already"),
        ("focus_gate_passed", "its check latest_focus_gate_passed_ok is another rule's already"),
        ("drilldown", "'drilldown' is already the window name of kpis[2] drilldown_click_rate"),
        ("contract_complete", "'contract_complete' is already a field of every heartbeat"),
    ],
)
def test_a_gate_cannot_take_the_name_of_another_rule_or_field(name: str, said: str) -> None:
    with pytest.raises(SpecProblem) as raised:
        spec_with(gates=[{"name": name, "conditions": [{"value": "metrics.unknown_rate", "max": 1}]}])
    assert any(f"gates[0] {name}: {said}" in problem for problem in raised.value.problems)


@pytest.mark.parametrize("check", ["focus_gate", "focus_gate_passed"])
def test_the_gate_of_all_gates_keeps_its_name(check: str) -> None:
    with pytest.raises(SpecProblem, match=rf"availability\[0\] {check}: '{check}' is already that of the gate of all"):
        spec_with(
            gates=[{"name": "known_gate", "conditions": [{"value": "metrics.unknown_rate", "max": 1}]}],
            availability=[{"check": check, "any_of": ["unknown_rate"]}],
        )


def test_a_condition_cannot_be_there_twice() -> None:
    condition = {"value": "metrics.unknown_rate", "max": 1}
    with pytest.raises(SpecProblem, match=r"gates\[0\] known_gate\.conditions\[1\]: is there twice; take one out"):
        spec_with(gates=[{"name": "known_gate", "conditions": [condition, condition]}])


def test_a_partitioned_lane_needs_a_source_that_says_when_its_rows_happened() -> None:
    with pytest.raises(SpecProblem, match="partitions: no source says when its rows happened"):
        spec_with(
            sources={"doc": {"kind": "json", "path": "x"}}, rollup_sql=None, sensor=None,
            partitions={"by": "day", "start": "2026-01-01"},
        )  # fmt: skip


def test_more_entries_than_the_window_has_are_never_there() -> None:
    with pytest.raises(SpecProblem, match=r"window\.limits\.min_entries: 21 runs are never among the last 20"):
        spec_with(window={"last": 20, "limits": {"min_entries": 21}})


def test_an_optional_source_of_rows_needs_its_columns() -> None:
    more = {"orders": {"kind": "table", "path": "orders.csv", "required": False}}
    with pytest.raises(SpecProblem, match=r"sources\.orders: is not required, so list its `columns`"):
        spec_with(sources={**ATTRIBUTES["sources"], **more})
