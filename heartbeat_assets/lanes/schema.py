"""The JSON schema of a lane's defs.yaml, from which editors complete, explain and check what is being typed.

Made from the typed models, so it cannot differ from them. It must not decide what is valid; `spec` does.
"""

from __future__ import annotations

import json
from typing import Any

from heartbeat_assets.lanes.rules import DEGRADED, FAILED, INCOMPLETE
from heartbeat_assets.lanes.spec import LaneSpec

SCHEMA_FILE = "lane.schema.json"
COMPONENT_TYPE = "heartbeat_assets.HeartbeatLane"
_LIMITS: dict[str, dict[str, Any]] = {
    f"max_{state}{suffix}": {"type": kind, "description": f"{what} among the last N{share}."}
    for state, what in (
        (FAILED, "So many failed runs may be"),
        (DEGRADED, "So many degraded runs may be"),
        (INCOMPLETE, "So many runs with a KPI missing or broken may be"),
    )
    for suffix, kind, share in (("", "integer", ""), ("_rate_pct", "number", ", in percent"))
} | {
    "min_entries": {"type": "integer", "description": "So many runs must be there for a verdict."},
    "max_age": {"type": ["string", "number"], "description": "The newest run may not be older: 90m, 36h or 2d."},
}
# What Dagster itself understands in the file, beside `type` and `attributes`.
_OF_DAGSTER = {
    "template_vars_module": {"type": "string", "description": "Dagster: module with template variables."},
    "requirements": {
        "type": "object",
        "additionalProperties": False,
        "description": "Dagster: what must be there for the component to load.",
        "properties": {
            "env": {"type": "array", "items": {"type": "string"}, "description": "Environment variables that are used."}
        },
    },
    "post_processing": {"type": "object", "description": "Dagster: changes to the assets that were made."},
}


def attributes_schema() -> dict[str, Any]:
    """The schema of `attributes`, as Dagster checks them; its parts are under `$defs`."""
    schema = LaneSpec.model_json_schema()
    _tidy(schema)
    limits = schema["$defs"]["Window"]["properties"]["limits"]
    limits |= {"properties": _LIMITS, "additionalProperties": {"type": "number"}}
    for bound in ("Kpi", "Condition", "Precondition"):
        model = schema["$defs"][bound]
        model["oneOf"] = [{"required": ["max"]}, {"required": ["min"]}]
        for side in ("max", "min"):
            model["properties"][side] = {"type": "number", "description": model["properties"][side]["description"]}
    sources = schema["properties"]["sources"]
    sources["additionalProperties"] = _by_kind(sources["additionalProperties"]["discriminator"]["mapping"])
    return schema


def document_schema() -> dict[str, Any]:
    """The schema of the whole file, in the draft that every editor knows."""
    attributes = json.loads(json.dumps(attributes_schema()).replace('"#/$defs/', '"#/definitions/'))
    definitions = attributes.pop("$defs")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A lane: sources, KPIs or gates, and what the last runs may miss",
        "type": "object",
        "additionalProperties": False,
        "required": ["type", "attributes"],
        "properties": {
            "type": {
                "type": "string",
                "default": COMPONENT_TYPE,
                "examples": [COMPONENT_TYPE],
                "description": f"The component: {COMPONENT_TYPE}, or a subclass of your own.",
            },
            "attributes": attributes,
            **_OF_DAGSTER,
        },
        "definitions": definitions,
    }


def schema_text() -> str:
    """The file that editors read."""
    return json.dumps(document_schema(), indent=2, ensure_ascii=False) + "\n"


def _by_kind(models: dict[str, str]) -> dict[str, Any]:
    """One of several models by the field `kind`, so that a mistake is told of the one that was meant."""
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(models), "description": "What the source is."}},
        "allOf": [
            {"if": {"required": ["kind"], "properties": {"kind": {"const": kind}}}, "then": {"$ref": model}}
            for kind, model in models.items()
        ],
    }


def _tidy(schema: Any) -> None:
    """Removes what only repeats the field's name, and says of a mapping's names and of its values apart."""
    if isinstance(schema, list):
        for item in schema:
            _tidy(item)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("title"), str):
        del schema["title"]
    if "default" in schema and schema["default"] is None:
        del schema["default"]
    if "patternProperties" in schema:
        # Said this way, a name that is no text at all is not compared with the pattern, which would fail.
        ((pattern, value),) = schema.pop("patternProperties").items()
        schema["additionalProperties"] = value
        schema["propertyNames"] = {"pattern": pattern, **schema.get("propertyNames", {})}
    for item in schema.values():
        _tidy(item)
