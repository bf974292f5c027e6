"""The JSON schema of an operations' defs.yaml, from which editors complete, explain and check what is being typed.

Made from the typed models, so it cannot differ from them. It must not decide what is valid; `operations_spec` does.
"""

from __future__ import annotations

from typing import Any

from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.specs.json_schema import document_of, text_of_schema, tidy

SCHEMA_FILE = "operations.schema.json"
COMPONENT_TYPE = "heartbeat_assets.Operations"


def attributes_schema() -> dict[str, Any]:
    """The schema of `attributes`, as Dagster checks them; its parts are under `$defs`."""
    schema = OperationsSpec.model_json_schema()
    tidy(schema)
    return schema


def document_schema() -> dict[str, Any]:
    """The schema of the whole file."""
    return document_of(
        attributes_schema(),
        title="Operations: components, incidents, degraded mode, contacts",
        component=COMPONENT_TYPE,
        about=f"The component: {COMPONENT_TYPE}.",
    )


def schema_text() -> str:
    """The file that editors read."""
    return text_of_schema(document_schema())
