"""The JSON schema of a runbook's defs.yaml, from which editors complete, explain and check what is being typed.

Made from the typed models, so it cannot differ from them. It must not decide what is valid; `spec` does.
"""

from __future__ import annotations

from typing import Any

from heartbeat_assets.governance.runbook.check import Check
from heartbeat_assets.governance.runbook.registry import CHECKS, OWN
from heartbeat_assets.governance.runbook.spec import RunbookSpec
from heartbeat_assets.specs.json_schema import document_of, text_of_schema, tidy

SCHEMA_FILE = "runbook.schema.json"
COMPONENT_TYPE = "heartbeat_assets.Runbook"


def attributes_schema() -> dict[str, Any]:
    """The schema of `attributes`, as Dagster checks them; its parts are under `$defs`."""
    schema = RunbookSpec.model_json_schema()
    classes: dict[str, type[Check]] = {**CHECKS, "function": OWN}
    models = {name: model.model_json_schema() for name, model in classes.items()}
    for name, model in models.items():
        model["properties"]["check"] = {"const": name}
        schema["$defs"] |= model.pop("$defs", {})
    del models["function"]["properties"]["check"]
    schema["$defs"] |= {f"check_{name}": model for name, model in models.items()}
    checks = schema["properties"]["checks"]
    checks.pop("anyOf")
    schema["properties"]["checks"] = {**checks, "type": "array", "minItems": 1, "items": _entry(list(CHECKS))}
    tidy(schema)
    return schema


def _entry(names: list[str]) -> dict[str, Any]:
    """One of the checks by its name, or a function, so that a mistake is told of the one that was meant."""
    known = [
        {
            "if": {"required": ["check"], "properties": {"check": {"const": name}}},
            "then": {"$ref": f"#/$defs/check_{name}"},
        }
        for name in names
    ]
    return {
        "type": "object",
        "oneOf": [{"required": ["check"]}, {"required": ["function"]}],
        "properties": {"check": {"enum": names, "description": "Which check."}},
        "allOf": [*known, {"if": {"required": ["function"]}, "then": {"$ref": "#/$defs/check_function"}}],
    }


def document_schema() -> dict[str, Any]:
    """The schema of the whole file."""
    return document_of(
        attributes_schema(),
        title="A go-live runbook: what must be in order before anything acts by itself",
        component=COMPONENT_TYPE,
        about=f"The component: {COMPONENT_TYPE}.",
    )


def schema_text() -> str:
    """The file that editors read."""
    return text_of_schema(document_schema())
