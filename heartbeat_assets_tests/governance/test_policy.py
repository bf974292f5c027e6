"""Tests of policies: their defaults, the four that ship, and every mistake as a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.policies import policies_in, shipped_policies
from heartbeat_assets.governance.policy import TripwirePolicy


def test_a_policy_needs_only_a_domain_and_a_metric() -> None:
    policy = TripwirePolicy(domain="wholesale", metric="Contract_Rate")
    assert policy.name == "WHOLESALE.contract_rate"
    assert (policy.recent, policy.baseline, policy.min_events, policy.max_drop_pct) == (50, 200, 30, 20)
    assert (policy.direction, policy.action, policy.evidence) == ("higher_is_better", "notify", "test")
    assert (policy.schedule, policy.enabled) == ("0 9 * * 5", False)


def test_the_level_of_a_look_is_alpha_shared_among_the_looks() -> None:
    assert TripwirePolicy(domain="A", metric="b", alpha=0.05, looks=4).level == 0.0125


def test_the_four_policies_that_ship_are_those_of_the_source_and_disabled() -> None:
    assert [(p.name, p.max_drop_pct, p.action, p.enabled) for p in shipped_policies()] == [
        ("WHOLESALE.contract_rate", 20, "throttle", False),
        ("WHOLESALE.offer_accept_rate", 15, "throttle", False),
        ("BUYER_MATCH.match_success", 25, "throttle", False),
        ("CAPITAL.roi_event", 30, "kill_switch", False),
    ]


def test_every_field_has_a_description() -> None:
    assert all(field.description for field in TripwirePolicy.model_fields.values())


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("recent: 20", "policies[0]: min_events: 30 can never be reached with recent 20; set it to 20 or less"),
        ("baseline: 10", "policies[0]: min_events: 30 can never be reached with baseline 10; set it to 10 or less"),
        ("action: stop", "policies[0].action: must be 'throttle', 'kill_switch' or 'notify', not 'stop'"),
        ("max_drop_pct: 0", "policies[0].max_drop_pct: must be at least 0.1, not 0"),
        ("max_drop_pct: '20'", "policies[0].max_drop_pct: must be a number, not '20'"),
        ("looks: 0", "policies[0].looks: must be at least 1, not 0"),
        ("schedule: fridays", "policies[0].schedule: 'fridays' has 1 field; write five"),
        ("enabled: 'no'", "policies[0].enabled: must be true or false, not 'no'"),
        ("max_drop: 5", "policies[0]: unknown field 'max_drop'; did you mean 'max_drop_pct'?"),
    ],
)
def test_a_mistake_is_a_sentence_that_names_its_field(tmp_path: Path, line: str, sentence: str) -> None:
    file = tmp_path / "tripwires.yaml"
    file.write_text(f"policies:\n  - domain: A\n    metric: b\n    {line}\n")
    with pytest.raises(SpecProblem) as raised:
        policies_in(file)
    assert sentence in str(raised.value)


@pytest.mark.parametrize("name", ["", "1st", "a b", "straße"])
def test_a_domain_is_letters_digits_and_underscores(tmp_path: Path, name: str) -> None:
    file = tmp_path / "tripwires.yaml"
    file.write_text(f"policies:\n  - domain: '{name}'\n    metric: b\n", encoding="utf-8")
    with pytest.raises(SpecProblem, match=r"policies\[0\]\.domain: "):
        policies_in(file)


def test_a_metric_with_two_policies_is_a_mistake_however_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "tripwires.yaml"
    file.write_text("policies:\n  - {domain: A, metric: b}\n  - {domain: a, metric: B}\n")
    with pytest.raises(SpecProblem, match=r"policies\[1\]: A\.b has a policy already, policies\[0\]; take one out"):
        policies_in(file)


@pytest.mark.parametrize("text", ["", "- a\n", "a: 1\n---\nb: 2\n"])
def test_a_file_without_a_list_of_policies_says_so(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tripwires.yaml"
    file.write_text(text)
    with pytest.raises(SpecProblem, match="a list `policies`"):
        policies_in(file)
