"""The file of operations: what it may say, every mistake as a sentence with its field, and exactly one in a project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.objectives.operations_file import checked_operations, operations_in, the_operations
from heartbeat_assets.objectives.operations_schema import SCHEMA_FILE, document_schema, schema_text
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets_tests.copied_project import SHIPPED_DEFS
from heartbeat_assets_tests.own_project import PACKAGE, OwnProject, own_project
from heartbeat_assets_tests.test_documented import fields_not_in, fields_of

SHIPPED = SHIPPED_DEFS / "operations" / "defs.yaml"
API = {"id": "api", "name": "API"}
RULE = {"metric": "delay", "above": 5, "to": "DOWN"}
SCENARIO = {
    "id": "A", "title": "It is slow", "symptoms": [{"text": "people wait"}], "actions": ["Wait."],
    "rollback": {"text": "When it is fast."},
}  # fmt: skip
SUGGESTION = {"id": "down", "title": "It is down", "severity": 1, "impact": "Nobody can work."}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnProject]:
    yield from own_project(tmp_path, monkeypatch)


def problems(**attributes: Any) -> list[str]:
    with pytest.raises(SpecProblem) as found:
        checked_operations({"components": [API], **attributes}, "defs.yaml")
    return found.value.problems


def with_rule(**rule: Any) -> dict[str, Any]:
    return {"components": [{**API, "rules": [rule]}]}


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"components": []}, "components: must have at least one entry"),
        ({"components": [{"id": "API", "name": "API"}]}, "components[0] API.id: must be lower-case letters"),
        ({"components": [API, API]}, "components[1]: api is there already, components[0]; take one out"),
        (with_rule(to="DOWN"), "name one of slo, metric, lane, schedule"),
        (with_rule(metric="delay", lane="shop", above=1, to="DOWN"), "not metric and lane"),
        (with_rule(metric="delay", to="DOWN"), "metric: say what is asked of it: status, above, below"),
        (with_rule(metric="delay", state=["RED"], to="DOWN"), "state is asked of a slo, not of a metric"),
        (with_rule(slo="reads", state=["CRIMSON"], to="DOWN"), "state[0]: must be 'GREEN', 'YELLOW', 'RED'"),
        (with_rule(metric="delay", above="5", to="DOWN"), "above: must be a number"),
        (with_rule(metric="delay", above=5, to="OK"), "to: must be 'DEGRADED' or 'DOWN'"),
        (with_rule(metric="delay", abov=5, to="DOWN"), "unknown field 'abov'; did you mean 'above'?"),
        (with_rule(lane="shop", older_than="1 day", to="DOWN"), "must be a duration such as 90m"),
        (with_rule(schedule="any", missed=0, to="DOWN"), "missed: must be at least 1"),
        ({"scenarios": [{**SCENARIO, "symptoms": []}]}, "symptoms: must have at least one entry"),
        ({"scenarios": [SCENARIO, SCENARIO]}, "scenarios[1]: A is there already"),
        ({"suggestions": [SUGGESTION]}, "give either `component` or `when`"),
        ({"suggestions": [{**SUGGESTION, "component": "web"}]}, "there is no component 'web' here; there is api"),
        ({"suggestions": [{**SUGGESTION, "component": "api", "severity": 4}]}, "severity: must be at most 3"),
        ({"personal_data": {"patterns": {"agent": "("}}}, "'(' is no regular expression"),
        ({"sla": [{"severity": 1, "acknowledge": "soon", "mitigate": "4h"}]}, "must be as 15m, 4h, 1 business day"),
        ({"kpis": ["a", "a"]}, "kpis[1]: a is there already, kpis[0]; take one out"),
        ({"settle": "10 minutes"}, "settle: must be a duration"),
        ({"schedule": {"cron": "* * *"}}, "schedule.cron: '* * *' has 3 fields"),
        ({"contact": {}}, "unknown field 'contact'; did you mean 'contacts'?"),
    ],
)
def test_a_mistake_is_a_sentence_that_names_the_field(attributes: dict[str, Any], sentence: str) -> None:
    found = problems(**attributes)
    assert any(sentence in one for one in found), found


def test_little_is_enough_and_the_rest_has_defaults() -> None:
    spec = checked_operations({"components": [API]}, "defs.yaml")
    assert [level.severity for level in spec.terms.levels()] == [1, 2, 3]
    assert (spec.settle, spec.stale_after, spec.schedule.cron, spec.allowed) == ("10m", "3h", "*/10 * * * *", ())
    with_mail = checked_operations({"components": [API], "contacts": {"support_email": "help@a.example"}}, "defs.yaml")
    assert with_mail.allowed == ("help@a.example",)


def test_a_project_has_one_and_two_are_named(own: OwnProject) -> None:
    assert operations_in(own.settings) == (None, [])
    with pytest.raises(SpecProblem, match=r"operations/defs\.yaml: there is no heartbeat_assets\.Operations"):
        the_operations(own.settings)
    text = yaml.safe_dump({"type": "heartbeat_assets.Operations", "attributes": {"components": [API]}})
    first = own.write(f"{PACKAGE}/defs/operations/defs.yaml", text)
    assert the_operations(own.settings).file == first
    second = own.write(f"{PACKAGE}/defs/other/defs.yaml", text)
    with pytest.raises(SpecProblem, match="a project has one") as found:
        the_operations(own.settings)
    assert str(first) in str(found.value)
    assert str(second) in str(found.value)


def test_a_broken_file_is_told_and_that_of_another_component_is_not(own: OwnProject) -> None:
    own.write(f"{PACKAGE}/defs/operations/defs.yaml", "type: heartbeat_assets.Operations\nattributes: [\n")
    own.write(f"{PACKAGE}/defs/shop/defs.yaml", "type: heartbeat_assets.HeartbeatLane\nattributes: [\n")
    found, told = operations_in(own.settings)
    assert found is None
    assert [Path(one.file).parent.name for one in told] == ["operations"]


def test_the_shipped_file_and_schema_fit() -> None:
    spec = the_operations_shipped()
    assert [one.id for one in spec.scenarios] == ["A", "B", "C"]
    names = ["API Read", "API Write", "SSE Stream", "Background Jobs", "Console/Admin"]
    assert [one.name for one in spec.components] == names
    shipped = (SHIPPED_DEFS / SCHEMA_FILE).read_text(encoding="utf-8")
    assert shipped == schema_text(), f"run: heartbeat component schema > heartbeat_assets/defs/{SCHEMA_FILE}"
    assert SHIPPED.read_text(encoding="utf-8").splitlines()[0] == f"# yaml-language-server: $schema=../{SCHEMA_FILE}"


def test_every_field_is_on_the_page_and_its_example_is_right() -> None:
    text = (SHIPPED_DEFS.parents[1] / "docs" / "status.md").read_text(encoding="utf-8")
    assert fields_not_in(text, list(fields_of(OperationsSpec))) == []
    example = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])
    assert checked_operations(example["attributes"], "docs/status.md").title == "Marketplace"


def the_operations_shipped() -> Any:
    document = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    jsonschema.validate(document, json.loads(schema_text()))
    return checked_operations(document["attributes"], str(SHIPPED))


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(document_schema())
