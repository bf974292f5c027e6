"""The defs.yaml of tripwires: what it may say, every mistake as a sentence, and one bad file hides no other."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.schema import document_schema, schema_text
from heartbeat_assets.governance.switch import DEFAULT_COOLDOWN
from heartbeat_assets.governance.tripwires_file import (
    TripwiresSet,
    checked_tripwires,
    tripwires_in,
    tripwires_spec_in,
)
from heartbeat_assets.governance.tripwires_spec import RiskPolicy, TripwiresSpec, switch_of
from heartbeat_assets_tests.governance.tripwire_events import policy

HEAD = "type: heartbeat_assets.Tripwires\nattributes:\n"
ONE = HEAD + "  policies:\n    - {domain: wholesale, metric: Contract_Rate, action: throttle, enabled: true}\n"


def written(folder: Path, text: str, name: str = "tripwires") -> Path:
    file = folder / name / "defs.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(SpecProblem) as raised:
        tripwires_spec_in(written(folder, text))
    return raised.value.problems


# --- What it may say --------------------------------------------------------------------------------------


def test_a_file_lists_policies_and_how_what_they_stop_is_handled(tmp_path: Path) -> None:
    spec = tripwires_spec_in(
        written(
            tmp_path,
            ONE + "  description: Offers and contracts.\n  owners: [team:wholesale]\n  risk_policies:\n"
            "    - {engine: global, owner: anna@example.org, cooldown: 48h}\n    - {engine: CAPITAL, dry_run: true}\n",
        )
    )
    assert spec is not None
    assert spec.policy("WHOLESALE.contract_rate") is spec.policies[0]
    assert spec.policy("WHOLESALE.other") is None
    assert [risk.engine for risk in spec.risk_policies] == ["GLOBAL", "CAPITAL"]
    assert spec.risk_policy("WHOLESALE").owner == "anna@example.org"
    assert spec.cooldown_of("WHOLESALE") == timedelta(hours=48)
    assert (spec.cooldown_of("CAPITAL"), spec.risk_policy("CAPITAL").dry_run) == (timedelta(hours=24), True)


def test_without_policies_there_are_the_four_that_ship_and_without_risk_policies_the_defaults(tmp_path: Path) -> None:
    spec = tripwires_spec_in(written(tmp_path, "type: heartbeat_assets.Tripwires\n"))
    assert spec is not None
    assert [(one.name, one.enabled) for one in spec.policies] == [
        ("WHOLESALE.contract_rate", False),
        ("WHOLESALE.offer_accept_rate", False),
        ("BUYER_MATCH.match_success", False),
        ("CAPITAL.roi_event", False),
    ]
    assert spec.risk_policy("ANY") == RiskPolicy(engine="GLOBAL", cooldown="24h", dry_run=False)
    assert spec.cooldown_of("ANY") == DEFAULT_COOLDOWN


def test_a_tripwire_stops_its_domain_everything_or_nothing() -> None:
    stopped = [switch_of(policy(action=action)) for action in ("throttle", "kill_switch", "notify")]
    assert stopped == ["WHOLESALE", "GLOBAL", None]


def test_every_field_has_a_description() -> None:
    for model in (TripwiresSpec, RiskPolicy):
        assert all(field.description for field in model.model_fields.values())


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("  policies:\n    - {domain: A}\n", "policies[0].metric: is required"),
        ("  policies:\n    - {domain: A, metric: b, lvl: 1}\n", "policies[0]: unknown field 'lvl'; "),
        (
            "  policies:\n    - {domain: A, metric: b}\n    - {domain: a, metric: B}\n",
            "policies[1]: A.b has a policy already, policies[0]; take one out",
        ),
        (
            "  policies:\n    - {domain: global, metric: b, action: throttle}\n",
            "policies[0].action: to throttle GLOBAL is to stop everything; write kill_switch if that is meant, else "
            "another domain",
        ),
        (
            "  risk_policies:\n    - {engine: A}\n    - {engine: a}\n",
            "risk_policies[1]: A has a risk policy already, risk_policies[0]; take one out",
        ),
        ("  risk_policies:\n    - {engine: A, owner: Anna}\n", "risk_policies[0]: 'Anna' is neither an e-mail address"),
        (
            "  risk_policies:\n    - {engine: A, cooldown: 24}\n",
            "risk_policies[0].cooldown: must be text, not 24; put it in quotes",
        ),
        (
            "  risk_policies:\n    - {engine: A, cooldown: a day}\n",
            "risk_policies[0].cooldown: must be a duration such as 90m, 36h or 3d, not 'a day'",
        ),
        ("  risk_policies:\n    - {engine: A, cool: 1h}\n", "risk_policies[0]: unknown field 'cool'; did you mean"),
        ("  risk_policies:\n    - {engine: A, dry_run: 'yes'}\n", "risk_policies[0].dry_run: must be true or false"),
        ("  policy: []\n", "unknown field 'policy'; did you mean 'policies'?"),
    ],
)
def test_a_mistake_is_a_sentence_that_names_its_field(tmp_path: Path, lines: str, sentence: str) -> None:
    assert any(sentence in problem for problem in mistakes(tmp_path, HEAD + lines)), sentence


# --- The file around it -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "type: heartbeat_assets.Tripwire\nattributes: {}\n",
            "type: there is no component 'heartbeat_assets.Tripwire'; did you mean 'heartbeat_assets.Tripwires'?",
        ),
        (ONE + "policies: []\n", "policies: stands beside `attributes`; indent it, so that it is under `attributes`"),
        (ONE + "attribute: 1\n", "unknown field 'attribute' beside `attributes`; did you mean 'attributes'?"),
        ("type: heartbeat_assets.Tripwires\nattributes: [a]\n", "attributes: must be a mapping of settings"),
        (ONE + "---\n" + ONE, "holds two of heartbeat_assets.Tripwires; put each into a folder of its own"),
        (ONE.replace("enabled: true", "enabled: true, enabled: false"), "'enabled' is given twice"),
    ],
)
def test_what_nobody_would_look_for_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    assert any(sentence in problem for problem in mistakes(tmp_path, text)), sentence


def test_a_file_of_another_component_holds_none(tmp_path: Path) -> None:
    assert tripwires_spec_in(written(tmp_path, "type: heartbeat_assets.RunPruning\n")) is None


def test_another_component_may_stand_in_the_same_file(tmp_path: Path) -> None:
    spec = tripwires_spec_in(written(tmp_path, "type: heartbeat_assets.RunPruning\n---\n" + ONE))
    assert spec is not None
    assert len(spec.policies) == 1


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    file = written(tmp_path, ONE)
    assert tripwires_spec_in(file) is tripwires_spec_in(file)
    file.write_text(ONE.replace("enabled: true", "enabled: false"))
    spec = tripwires_spec_in(file)
    assert spec is not None
    assert not spec.policies[0].enabled


# --- Every file of a project ------------------------------------------------------------------------------


def test_one_bad_file_hides_no_other(tmp_path: Path) -> None:
    written(tmp_path, ONE, "a")
    written(tmp_path, HEAD + "  policies: 3\n", "b")
    written(tmp_path, "type: heartbeat_assets.RunPruning\n", "c")
    written(tmp_path, ONE.replace("wholesale", "retail"), "deep/d")
    found = tripwires_in(tmp_path)
    assert (list(found.files), list(found.specs)) == (["a", "d"], ["a", "d"])
    assert [(folder, one.name) for folder, one in found.policies()] == [
        ("a", "WHOLESALE.contract_rate"),
        ("d", "RETAIL.contract_rate"),
    ]
    assert [problem.file for problem in found.problems] == [str(tmp_path / "b" / "defs.yaml")]


def test_two_files_with_a_policy_for_one_metric_are_a_mistake(tmp_path: Path) -> None:
    first = written(tmp_path, ONE, "a")
    second = written(tmp_path, ONE, "b")
    found = tripwires_in(tmp_path)
    assert list(found.specs) == ["a"]
    (problem,) = found.problems
    assert (problem.file, problem.problems) == (
        str(second),
        [f"policies[0]: WHOLESALE.contract_rate has a policy already, in {first}; take one out"],
    )


def test_two_folders_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    written(tmp_path, ONE, "x/a")
    written(tmp_path, ONE.replace("wholesale", "retail"), "y/a")
    found = tripwires_in(tmp_path)
    assert len(found.specs) == 1
    assert "tripwires called 'a' are there already" in found.problems[0].problems[0]


def test_a_policy_is_found_by_its_name_in_any_case(tmp_path: Path) -> None:
    written(tmp_path, ONE, "a")
    found = tripwires_in(tmp_path).find(" wholesale.Contract_Rate ")
    assert found is not None
    assert (found[0], found[1].name) == ("a", "WHOLESALE.contract_rate")
    assert tripwires_in(tmp_path).find("wholesale") is None


def test_a_switch_rests_as_long_as_the_most_careful_file_says(tmp_path: Path) -> None:
    for folder, cooldown in (("a", "1h"), ("b", "72h")):
        text = ONE.replace("wholesale", folder) + f"  risk_policies:\n    - {{engine: GLOBAL, cooldown: {cooldown}}}\n"
        written(tmp_path, text, folder)
    assert tripwires_in(tmp_path).cooldown_of("WHOLESALE") == timedelta(hours=72)
    assert TripwiresSet().cooldown_of("WHOLESALE") == DEFAULT_COOLDOWN


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert tripwires_in(tmp_path / "nowhere").specs == {}


# --- The schema that editors read -------------------------------------------------------------------------


def test_the_schema_takes_what_the_models_take_and_refuses_what_they_refuse() -> None:
    check = jsonschema.Draft7Validator(document_schema())
    jsonschema.Draft7Validator.check_schema(document_schema())
    good = yaml.safe_load(ONE + "  risk_policies: [{engine: GLOBAL, cooldown: 36h, dry_run: false}]\n")
    assert not list(check.iter_errors(good))
    checked_tripwires(good["attributes"], "x")
    for bad in ("  risk_policies: [{engine: A, cooldown: soon}]\n", "  policys: []\n", "  owners: [Anna]\n"):
        assert list(check.iter_errors(yaml.safe_load(ONE + bad))), bad
    assert schema_text().endswith("}\n")
