"""The JSON schema that editors complete from: it is generated, shipped as generated, and agrees with the models."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import pytest
from dagster_shared.yaml_utils import parse_yamls_with_source_position

from heartbeat_assets.lanes.schema import SCHEMA_FILE, attributes_schema, document_schema, schema_text
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets_tests.copied_project import ROOT
from heartbeat_assets_tests.lanes.test_mutations import IDS, MUTATIONS, Mutation, mutated

SHIPPED = ROOT / "heartbeat_assets" / "defs"
LANES = sorted(file.parent.name for file in SHIPPED.glob("*/digest.sql"))
# What one field alone cannot show: that names clash or point at nothing, or what a cron or a token is.
NEEDS_MORE_THAN_A_FIELD = (
    "is already", "has already", "give another", "no KPI", "no such limit", "no such check", "is there twice",
    "is in every heartbeat", "needs ", "`partitions`", "a multiple of", "compared as a token", "an event needs",
    "is a column of every event", "schedule.cron: '", "is no time zone", "is no duration", "write 3600", "a digest",
    "give at least one", "must be a finite number", "the name", "has a part", "every lane with gates",
)  # fmt: skip


def as_dagster_reads(text: str) -> Any:
    """A document as Dagster's own reader of YAML has it; dates stay text."""
    (document,) = parse_yamls_with_source_position(text, "defs.yaml")
    return document.value


@cache
def validator() -> jsonschema.Draft7Validator:
    """The schema as an editor holds it: made once, it judges every document."""
    return jsonschema.Draft7Validator(document_schema())


def mistakes(document: Any) -> list[str]:
    return [error.message for error in validator().iter_errors(document)]


def test_the_shipped_schema_is_the_generated_one() -> None:
    shipped = (SHIPPED / SCHEMA_FILE).read_text(encoding="utf-8")
    assert shipped == schema_text(), f"run: heartbeat lanes schema > heartbeat_assets/defs/{SCHEMA_FILE}"


def test_the_schema_is_one_that_every_editor_knows() -> None:
    schema = json.loads(schema_text())
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert '"#/$defs/' not in schema_text()


@pytest.mark.parametrize("lane", LANES)
def test_shipped_lanes_are_valid_by_the_schema(lane: str) -> None:
    text = (SHIPPED / lane / "defs.yaml").read_text(encoding="utf-8")
    assert mistakes(as_dagster_reads(text)) == []


def test_a_shipped_lane_tells_editors_where_its_schema_is() -> None:
    first, _, _ = (SHIPPED / "citizen_product" / "defs.yaml").read_text(encoding="utf-8").partition("\n")
    assert first == "# yaml-language-server: $schema=../lane.schema.json"
    assert (SHIPPED / "citizen_product" / first.partition("=")[2]).resolve() == SHIPPED / SCHEMA_FILE


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
    assert set(models["attributes"]["properties"]) == set(LaneSpec.model_fields)


def test_what_dagster_itself_understands_in_the_file_is_allowed() -> None:
    document = as_dagster_reads((SHIPPED / "citizen_product" / "defs.yaml").read_text(encoding="utf-8"))
    beside = {"requirements": {"env": ["SHOP_URL"]}, "template_vars_module": "shop.words", "post_processing": {}}
    assert mistakes({**document, **beside}) == []
    assert mistakes({**document, "schedule": {"cron": "@daily"}})


@pytest.mark.parametrize(("lane", "mutation"), MUTATIONS, ids=IDS)
def test_an_editor_sees_every_mistake_that_one_field_shows(lane: str, mutation: Mutation) -> None:
    seen = mistakes(as_dagster_reads(mutated(lane, mutation)))
    assert seen or any(words in mutation["said"] for words in NEEDS_MORE_THAN_A_FIELD)


def test_a_mistake_in_a_source_is_told_of_the_kind_that_was_meant() -> None:
    source = {"kind": "json", "path": "a.json", "colums": {}}
    document = {"type": "heartbeat_assets.HeartbeatLane", "attributes": {"sources": {"a": source}}}
    (error,) = validator().iter_errors(document)
    assert list(error.absolute_path) == ["attributes", "sources", "a"]
    assert "'colums' was unexpected" in error.message


def test_dagster_is_given_the_schema_of_the_attributes() -> None:
    from heartbeat_assets.components.heartbeat_lane import LaneAttributes

    schema = LaneAttributes.model_json_schema()
    assert schema == attributes_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["kpis"]["items"] == {"$ref": "#/$defs/Kpi"}
    assert schema["$defs"]["Kpi"]["properties"]["max"]["description"].startswith("The value may not be above")
