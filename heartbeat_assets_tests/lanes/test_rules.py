"""Tests of rules: the window rules of a lane as data, in the contract's order."""

from typing import Any

import pytest

from heartbeat_assets.lanes.criteria import Criterion
from heartbeat_assets.lanes.rules import Rule, rules_for

KPIS = [
    Criterion("kpi", "unknown_rate", "unknown_rate_within_threshold", "unknown_rate"),
    Criterion("kpi", "time_to_first_answer_seconds", "time_to_first_answer_within_threshold", "tfa"),
]
IN_ORDER = [
    ("window_nonempty_ok", "empty_window", None),
    ("malformed_entries_ok", "malformed_entries_present", None),
    ("max_failed_ok", "max_failed_exceeded", "max_failed"),
    ("max_failed_rate_ok", "max_failed_rate_exceeded", "max_failed_rate_pct"),
    ("max_degraded_ok", "max_degraded_exceeded", "max_degraded"),
    ("max_degraded_rate_ok", "max_degraded_rate_exceeded", "max_degraded_rate_pct"),
    ("max_contract_incomplete_ok", "max_contract_incomplete_exceeded", "max_contract_incomplete"),
    ("max_contract_incomplete_rate_ok", "max_contract_incomplete_rate_exceeded", "max_contract_incomplete_rate_pct"),
    ("max_unknown_rate_violations_ok", "max_unknown_rate_violations_exceeded", "max_unknown_rate_violations"),
    (
        "max_unknown_rate_violation_rate_ok",
        "max_unknown_rate_violation_rate_exceeded",
        "max_unknown_rate_violation_rate_pct",
    ),
    ("max_tfa_violations_ok", "max_tfa_violations_exceeded", "max_tfa_violations"),
    ("max_tfa_violation_rate_ok", "max_tfa_violation_rate_exceeded", "max_tfa_violation_rate_pct"),
    ("latest_not_failed_ok", "latest_status_failed", None),
    ("latest_contract_complete_ok", "latest_contract_incomplete", None),
    ("latest_thresholds_ok", "latest_threshold_violation", None),
    ("min_entries_ok", "too_few_entries", "min_entries"),
    ("latest_fresh_ok", "latest_stale", "max_age"),
]


def rules(limits: dict[str, Any], **severity: Any) -> list[Rule]:
    return rules_for(KPIS, limits, severity)


def test_checks_reasons_and_limits_have_the_names_and_the_order_of_the_contract() -> None:
    limits = {name: 1 for _, _, name in reversed(IN_ORDER) if name}

    assert [(rule.check, rule.reason, rule.limit_name) for rule in rules(limits)] == IN_ORDER


def test_a_limit_that_is_not_set_makes_no_rule() -> None:
    assert [rule.check for rule in rules({"max_tfa_violations": 2})] == [
        "window_nonempty_ok", "malformed_entries_ok", "max_tfa_violations_ok",
        "latest_not_failed_ok", "latest_contract_complete_ok", "latest_thresholds_ok",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "limit"),
    [
        ("max_failed", 0, 0), ("max_failed", "3", 3), ("max_failed", 2.0, 2),
        ("max_failed_rate_pct", "33.3333", 33.3333), ("min_entries", "4", 4),
        ("max_age", 90, 90), ("max_age", "90", 90), ("max_age", "90s", 90), ("max_age", "1.5 h", 5400),
        ("max_age", "2d", 172800), ("max_age", "1w", 604800), ("max_age", "30m", 1800),
    ],
)  # fmt: skip
def test_a_limit_may_be_written_as_a_number_or_as_text(name: str, value: Any, limit: float) -> None:
    rule = next(rule for rule in rules({name: value}) if rule.limit_name == name)

    assert rule.limit == limit


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (
            "max_drilldown_violations",
            0,
            "max_drilldown_violations: this lane has no such limit; it may have max_failed",
        ),
        ("max_faild", 0, "max_faild: this lane has no such limit; did you mean 'max_failed'?"),
        ("max_failed", 0.5, "max_failed: counts rows, so it must be a whole number, not 0.5"),
        ("max_failed", "x", "max_failed: 'x' is not a finite number"),
        ("max_failed", "inf", "max_failed: 'inf' is not a finite number"),
        ("max_failed_rate_pct", float("nan"), "max_failed_rate_pct: nan is not a finite number"),
        ("max_failed", -1, "max_failed: must be at least 0, not -1"),
        ("max_failed_rate_pct", 100.5, "max_failed_rate_pct: must be between 0 and 100, not 100.5"),
        ("max_age", "0h", "max_age: '0h' is no duration"),
        ("max_age", -5, "max_age: -5 is no duration"),
        ("max_age", "1h30", "max_age: '1h30' is no duration"),
    ],
)
def test_a_limit_that_means_nothing_is_refused(name: str, value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        rules({name: value})


def test_a_rule_blocks_unless_it_is_turned_into_a_warning() -> None:
    found = {rule.check: rule.blocks for rule in rules({"max_failed": 0}, max_failed_ok="warn")}

    assert [check for check, blocks in found.items() if not blocks] == ["max_failed_ok"]


def test_gates_have_a_count_each_and_the_focus_gate_a_rate_too() -> None:
    gates = [
        Criterion("focus_gate", "focus_gate", "focus_gate_passed", "focus_gate"),
        Criterion("gate", "paid_gate", "paid_gate_passed", "paid_gate"),
    ]
    limits = dict.fromkeys(("max_failed", "max_focus_gate_failed", "max_focus_gate_failed_rate_pct"), 0)
    found = rules_for(gates, {**limits, "max_paid_gate_failed": 0}, {})
    assert [(rule.check, rule.reason) for rule in found] == [
        ("window_nonempty_ok", "empty_window"),
        ("malformed_entries_ok", "malformed_entries_present"),
        ("max_failed_ok", "max_failed_exceeded"),
        ("max_focus_gate_failed_ok", "max_focus_gate_failed_exceeded"),
        ("max_focus_gate_failed_rate_ok", "max_focus_gate_failed_rate_exceeded"),
        ("max_paid_gate_failed_ok", "max_paid_gate_failed_exceeded"),
        ("latest_not_failed_ok", "latest_status_failed"),
        ("latest_focus_gate_passed_ok", "latest_focus_gate_failed"),
        ("latest_paid_gate_ok", "latest_paid_gate_failed"),
    ]


@pytest.mark.parametrize("name", ["max_degraded", "max_contract_incomplete", "max_paid_gate_failed_rate_pct"])
def test_a_lane_of_gates_alone_has_no_such_limit(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: this lane has no such limit"):
        rules_for([Criterion("gate", "paid_gate", "paid_gate_passed", "paid_gate")], {name: 0}, {})
