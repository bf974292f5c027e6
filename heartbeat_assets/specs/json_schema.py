"""JSON schemas of defs.yaml files, made from the typed models: what editors complete, explain and check by.

It must not know what a lane or a service says in its file.
"""

from __future__ import annotations

import json
from typing import Any

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


def document_of(attributes_schema: dict[str, Any], *, title: str, component: str, about: str) -> dict[str, Any]:
    """The schema of a whole file whose `attributes` have that schema, in the draft that every editor knows.

    `about` says what `type` may be, `component` being what it is usually.
    """
    attributes = json.loads(json.dumps(attributes_schema).replace('"#/$defs/', '"#/definitions/'))
    definitions = attributes.pop("$defs")
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "required": ["type", "attributes"],
        "properties": {
            "type": {
                "type": "string",
                "default": component,
                "examples": [component],
                "description": about,
            },
            "attributes": attributes,
            **_OF_DAGSTER,
        },
        "definitions": definitions,
    }


def text_of_schema(schema: dict[str, Any]) -> str:
    """The file that editors read."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def by_kind(union: dict[str, Any]) -> dict[str, Any]:
    """One of several models by the field `kind`, so that a mistake is told of the one that was meant."""
    models = union["discriminator"]["mapping"]
    return {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": list(models), "description": "What the source is."}},
        "allOf": [
            {"if": {"required": ["kind"], "properties": {"kind": {"const": kind}}}, "then": {"$ref": model}}
            for kind, model in models.items()
        ],
    }


def tidy(schema: Any) -> None:
    """Removes what only repeats the field's name, and says of a mapping's names and of its values apart."""
    if isinstance(schema, list):
        for item in schema:
            tidy(item)
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
        tidy(item)
