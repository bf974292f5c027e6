"""Tests of criteria: KPIs and gates as one idea."""

import pytest

from heartbeat_assets.lanes.criteria import Criterion, named
from heartbeat_assets_tests.lanes.gate_histories import SPEC as GATE_SPEC
from heartbeat_assets_tests.lanes.histories import SPEC as KPI_SPEC


def test_kpis_are_counted_by_their_window_names() -> None:
    found = [(one.field, one.count_name, one.counted_as, one.has_rate) for one in KPI_SPEC.criteria]
    assert found[1] == ("time_to_first_answer_within_threshold", "tfa_violations", "tfa_violation", True)


def test_the_focus_gate_comes_before_the_gates_and_alone_has_a_rate() -> None:
    found = [(one.name, one.count_name, one.has_rate) for one in GATE_SPEC.criteria[:2]]
    assert found == [
        ("focus_gate", "focus_gate_failed", True),
        ("norms_classified_gate", "norms_classified_gate_failed", False),
    ]


@pytest.mark.parametrize("value", [False, None, "true", 1])
def test_a_criterion_is_broken_by_anything_but_true(value: object) -> None:
    assert Criterion("kpi", "a", "a_ok", "a").broken_by({"a_ok": value})


@pytest.mark.parametrize("value", [True, None, "false", 0])
def test_an_optional_criterion_is_broken_by_false_alone(value: object) -> None:
    criterion = Criterion("gate", "a", "a_passed", "a", optional=True)
    assert not criterion.broken_by({"a_passed": value})
    assert not criterion.broken_by({})
    assert criterion.broken_by({"a_passed": False})


def test_a_tally_names_its_criterion() -> None:
    assert named(KPI_SPEC.criteria, "tfa") == KPI_SPEC.criteria[1]
    assert named(KPI_SPEC.criteria, "failed") is None
