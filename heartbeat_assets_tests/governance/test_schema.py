"""The JSON schema of tripwires that editors complete from: true to the models, and every field explained."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from dagster_shared.yaml_utils import parse_yamls_with_source_position

from heartbeat_assets.governance.schema import attributes_schema, document_schema, schema_text
from heartbeat_assets.governance.tripwires_spec import TripwiresSpec
from heartbeat_assets_tests.copied_project import ROOT

SHIPPED = ROOT / "heartbeat_assets" / "defs" / "tripwires" / "defs.yaml"
RATE = {"domain": "WHOLESALE", "metric": "contract_rate"}


def mistakes(document: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(document_schema()).iter_errors(document)]


def test_the_schema_is_one_that_every_editor_knows() -> None:
    jsonschema.Draft7Validator.check_schema(json.loads(schema_text()))
    jsonschema.Draft202012Validator.check_schema(attributes_schema())
    assert '"#/$defs/' not in schema_text()


def test_the_shipped_tripwires_are_valid_by_it() -> None:
    (document,) = parse_yamls_with_source_position(SHIPPED.read_text(encoding="utf-8"), "defs.yaml")
    assert mistakes(document.value) == []


def test_every_field_is_explained_at_every_level() -> None:
    schema = document_schema()
    models = {"attributes": schema["properties"]["attributes"], **schema["definitions"]}
    unexplained = [
        f"{name}.{field}"
        for name, model in models.items()
        for field, about in model["properties"].items()
        if not about.get("description")
    ]
    assert unexplained == []
    assert set(models["attributes"]["properties"]) == set(TripwiresSpec.model_fields)


@pytest.mark.parametrize(
    "change",
    [
        {"policy": []},
        {"policies": {}},
        {"policies": [{"domain": "WHOLESALE"}]},
        {"policies": [RATE | {"action": "stop"}]},
        {"policies": [RATE | {"recent": 0}]},
        {"policies": [RATE | {"enabled": "yes"}]},
        {"policies": [RATE | {"max_drop": 20}]},
        {"risk_policies": [{"engine": "GLOBAL", "cooldown": "a day"}]},
        {"risk_policies": [{"cooldown": "24h"}]},
        {"owners": ["nobody in particular"]},
    ],
)
def test_an_editor_sees_a_mistake_that_one_field_shows(change: dict[str, Any]) -> None:
    document = {"type": "heartbeat_assets.Tripwires", "attributes": {"policies": [RATE]}}
    assert mistakes(document) == []
    assert mistakes({**document, "attributes": {"policies": [RATE]} | change})
