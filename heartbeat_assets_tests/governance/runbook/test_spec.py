"""What a runbook's file may say, and how a mistake is told; the schema agrees, and ships as it is generated."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
import yaml

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.runbook.registry import CHECKS
from heartbeat_assets.governance.runbook.runbook_file import checked_runbook
from heartbeat_assets.governance.runbook.schema import SCHEMA_FILE, document_schema, schema_text
from heartbeat_assets_tests.copied_project import ROOT

SHIPPED = ROOT / "heartbeat_assets" / "defs"
WRONG: list[tuple[Any, str]] = [
    ({"check": "env_santy"}, "checks[0] env_santy: there is no check 'env_santy'; did you mean 'env_sanity'?"),
    ({"check": "zzz"}, "checks[0] zzz: there is no check 'zzz'; use go_live_checklist, "),
    ({"id": "a"}, "checks[0] a: give `check: name`, or `function: package.module:name` with an `id`"),
    ({"check": "env_sanity", "function": "a:b"}, "give `check` or `function`, not both"),
    ({"check": "env_sanity", "severity": "ERROR"}, "severity: must be 'BLOCKER', 'WARN' or 'INFO', not 'ERROR'"),
    ({"check": "env_sanity", "variables": {"ENV": True}}, "variables.ENV: must be text; put it in quotes"),
    ({"check": "env_sanity", "varables": {}}, "unknown field 'varables'; did you mean 'variables'?"),
    ({"check": "kpi_events_flowing", "within": "7 days"}, "within: must be a duration such as 90m, 36h or 3d"),
    ({"check": "daemon_running", "timeout_seconds": 0}, "timeout_seconds: must be at least 0.1, not 0"),
    ({"check": "lanes_passing", "lanes": ["A b"]}, "lanes[0]: must be lower-case letters, digits and _"),
    ({"function": "a.b:c"}, "id: is required"),
    ({"function": "a.b:c", "id": "runbook_file"}, "is that of this file's own mistakes; give it another `id`"),
    ({"function": "a.b.c", "id": "x"}, "function: "),
    ("env_sanity", "checks[0]: must be a mapping"),
]


@pytest.mark.parametrize(("entry", "told"), WRONG)
def test_a_mistake_names_the_check_and_the_field(entry: Any, told: str) -> None:
    with pytest.raises(SpecProblem) as caught:
        checked_runbook({"checks": [entry]}, "defs.yaml")
    (problem,) = caught.value.problems
    assert told in problem


@pytest.mark.parametrize("entry", [entry for entry, told in WRONG if "own mistakes" not in told])
def test_the_schema_refuses_the_same_mistakes(entry: Any) -> None:
    assert list(jsonschema.Draft7Validator(document_schema()).iter_errors(document_of(entry))) != []


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(SpecProblem) as caught:
        checked_runbook({"checks": [{"check": "a"}, {"check": "b"}]}, "defs.yaml")
    assert len(caught.value.problems) == 2


def test_an_id_is_there_once() -> None:
    with pytest.raises(SpecProblem, match=r"the id 'env_sanity' is that of checks\[0\] too; give it another `id`"):
        checked_runbook({"checks": [{"check": "env_sanity"}, {"check": "env_sanity"}]}, "defs.yaml")
    twice = [{"check": "env_sanity"}, {"check": "env_sanity", "id": "env_of_jobs"}]
    assert [check.item_id for check in checked_runbook({"checks": twice}, "defs.yaml").items] == [
        "env_sanity",
        "env_of_jobs",
    ]


def test_a_list_of_no_checks_is_a_mistake_and_no_list_is_every_check() -> None:
    with pytest.raises(SpecProblem, match="checks: must have at least one entry"):
        checked_runbook({"checks": []}, "defs.yaml")
    assert [check.item_id for check in checked_runbook({}, "defs.yaml").items] == list(CHECKS)


def test_the_shipped_schema_is_the_generated_one() -> None:
    shipped = (SHIPPED / SCHEMA_FILE).read_text(encoding="utf-8")
    assert shipped == schema_text(), f"run: heartbeat runbook schema > heartbeat_assets/defs/{SCHEMA_FILE}"
    jsonschema.Draft7Validator.check_schema(json.loads(shipped))
    assert '"#/$defs/' not in shipped


def test_the_shipped_runbook_is_valid_by_models_and_schema() -> None:
    text = (SHIPPED / "runbook" / "defs.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    assert list(jsonschema.Draft7Validator(document_schema()).iter_errors(document)) == []
    spec = checked_runbook(document["attributes"], "defs.yaml")
    assert [check.item_id for check in spec.items] == list(CHECKS), "every check there is"
    first, _, _ = text.partition("\n")
    assert first == f"# yaml-language-server: $schema=../{SCHEMA_FILE}"


def test_every_field_is_explained() -> None:
    schema = document_schema()
    models = {"attributes": schema["properties"]["attributes"], **schema["definitions"]}
    unexplained = [
        f"{name}.{field}"
        for name, model in models.items()
        for field, about in model["properties"].items()
        if not about.get("description") and "const" not in about
    ]
    assert unexplained == []


def document_of(entry: Any) -> Any:
    return {"type": "heartbeat_assets.Runbook", "attributes": {"checks": [entry]}}
