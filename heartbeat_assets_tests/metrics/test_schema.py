"""The JSON schema of a service that editors complete from: generated, shipped as generated, and true to the models."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from dagster_shared.yaml_utils import parse_yamls_with_source_position

from heartbeat_assets.metrics.schema import SCHEMA_FILE, attributes_schema, document_schema, schema_text
from heartbeat_assets.metrics.service_spec import ServiceSpec
from heartbeat_assets_tests.copied_project import ROOT

SHIPPED = ROOT / "heartbeat_assets" / "defs"
SERVICES = sorted(folder.parent.name for folder in SHIPPED.glob("*/metrics"))
FIRST_LINE = f"# yaml-language-server: $schema=../{SCHEMA_FILE}"


def as_dagster_reads(text: str) -> Any:
    (document,) = parse_yamls_with_source_position(text, "defs.yaml")
    return document.value


def mistakes(document: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(document_schema()).iter_errors(document)]


def test_the_shipped_schema_is_the_generated_one() -> None:
    shipped = (SHIPPED / SCHEMA_FILE).read_text(encoding="utf-8")
    assert shipped == schema_text(), f"run: heartbeat metrics schema > heartbeat_assets/defs/{SCHEMA_FILE}"


def test_the_schema_is_one_that_every_editor_knows() -> None:
    schema = json.loads(schema_text())
    jsonschema.Draft7Validator.check_schema(schema)
    assert '"#/$defs/' not in schema_text()


@pytest.mark.parametrize("service", SERVICES)
def test_shipped_services_are_valid_by_it_and_tell_editors_where_it_is(service: str) -> None:
    text = (SHIPPED / service / "defs.yaml").read_text(encoding="utf-8")
    assert mistakes(as_dagster_reads(text)) == []
    assert text.splitlines()[0] == FIRST_LINE


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
    assert set(models["attributes"]["properties"]) == set(ServiceSpec.model_fields)


@pytest.mark.parametrize(
    "change",
    [
        {"source": {}},
        {"sources": {}},
        {"sources": {"Orders": {"kind": "table", "path": "a.csv"}}},
        {"sources": {"orders": {"kind": "tabel", "path": "a.csv"}}},
        {"schedule": {"cron": 17}},
        {"schedule": {"hourly_cron": "17 * * * *"}},
        {"checks": {"fresh": "fatal"}},
        {"history": {"start": "January"}},
        {"query_seconds": 0},
    ],
)
def test_an_editor_sees_a_mistake_that_one_field_shows(change: dict[str, Any]) -> None:
    attributes = {"sources": {"orders": {"kind": "table", "path": "a.csv"}}}
    document = {"type": "heartbeat_assets.MetricService", "attributes": attributes}
    assert mistakes(document) == []
    assert mistakes({**document, "attributes": attributes | change})


def test_dagster_is_given_the_schema_of_the_attributes() -> None:
    from heartbeat_assets.components.metric_service import ServiceAttributes

    assert ServiceAttributes.model_json_schema() == attributes_schema()
    jsonschema.Draft202012Validator.check_schema(attributes_schema())
