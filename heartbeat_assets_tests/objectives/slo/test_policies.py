"""What OpenSLO's alert conditions come to as burn rules, and what of them is named."""

from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.objectives.slo.resolve import SloSet
from heartbeat_assets_tests.objectives.slo.slo_making import document, written


def with_condition(folder: Path, *, annotations: dict[str, str] | None = None, **condition: Any) -> SloSet:
    """An SLO with one alert policy in line, of this condition."""
    spec = {"severity": condition.pop("severity", "page"), "condition": {"op": "gt", "threshold": 2, **condition}}
    spec["condition"].setdefault("lookbackWindow", "1h")
    named = {"name": "burn", **({"annotations": annotations} if annotations else {})}
    entry = {"kind": "AlertCondition", "metadata": named, "spec": spec}
    policy = {"kind": "AlertPolicy", "metadata": {"name": "policy"}, "spec": {"conditions": [entry]}}
    return written(folder, document(spec={"alertPolicies": [policy]}))


def test_the_short_window_is_a_twelfth_of_the_long_one(tmp_path: Path) -> None:
    (rule,) = with_condition(tmp_path, lookbackWindow="6h").checked().slos[0].rules
    assert (str(rule.long), str(rule.short), rule.factor, rule.severity) == ("6h", "30m", 2, "ERROR")


def test_the_short_window_and_the_least_events_may_be_said(tmp_path: Path) -> None:
    said = {"heartbeat/shortWindow": "10m", "heartbeat/minEvents": "50"}
    (rule,) = with_condition(tmp_path, annotations=said).checked().slos[0].rules
    assert (str(rule.short), rule.min_events) == ("10m", 50)


@pytest.mark.parametrize(
    ("written_as", "severity"), [("Page", "ERROR"), ("sev1", "ERROR"), ("ticket", "WARN"), ("purple", "WARN")]
)
def test_a_severity_is_page_or_ticket(tmp_path: Path, written_as: str, severity: str) -> None:
    found = with_condition(tmp_path, severity=written_as).checked()
    assert found.slos[0].rules[0].severity == severity
    assert any("'purple' is neither page nor ticket" in notice for notice in found.notices) is (written_as == "purple")


def test_a_condition_that_asks_for_a_low_burn_rate_is_named_and_makes_no_rule(tmp_path: Path) -> None:
    found = with_condition(tmp_path, op="lte").checked()
    assert found.slos[0].rules == ()
    assert any("condition.op: 'lte' asks for a burn rate below 2" in notice for notice in found.notices)


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"lookbackWindow": "1M"}, "lookbackWindow: 1M is not always as long"),
        ({"lookbackWindow": "1x"}, "lookbackWindow: '1x' is no duration"),
        ({"lookbackWindow": "1m"}, "the short window 1m must be shorter than lookbackWindow 1m"),
        ({"threshold": -1}, "threshold: must be at least 0"),
        ({"op": "above"}, "op: must be 'lte', 'gte', 'lt' or 'gt', not 'above'"),
        ({"annotations": {"heartbeat/shortWindows": "1m"}}, "did you mean heartbeat/shortWindow?"),
    ],
)
def test_a_condition_that_cannot_be_is_a_mistake(tmp_path: Path, condition: dict[str, Any], sentence: str) -> None:
    found = with_condition(tmp_path, **condition)
    assert found.slos == ()
    assert any(sentence in problem for problem in found.problems), found.problems


def test_the_annotation_stands_for_the_policies(tmp_path: Path) -> None:
    policy = {"alertPolicyRef": "gone"}
    found = written(
        tmp_path, document(annotations={"heartbeat/burnRules": "2% 1h 5m page"}, spec={"alertPolicies": [policy]})
    )
    assert "there is no AlertPolicy called 'gone'" in found.problems[0]


def test_an_slo_without_policies_has_the_rules_of_the_workbook(tmp_path: Path) -> None:
    found = written(tmp_path, document()).checked()
    assert [rule.words for rule in found.slos[0].rules] == ["2% in 1h+5m", "5% in 6h+30m", "10% in 3d+6h"]
    assert written(tmp_path, document(annotations={"heartbeat/burnRules": "none"})).checked().slos[0].rules == ()
