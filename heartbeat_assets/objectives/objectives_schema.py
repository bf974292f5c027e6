"""The JSON schema of a defs.yaml of service objectives, from which editors complete, explain and check what is typed.

Made from the typed models, so it cannot differ from them. It must not decide what is valid; `objectives_spec` does.
"""

from __future__ import annotations

from typing import Any

from heartbeat_assets.objectives.objectives_spec import ObjectivesSpec
from heartbeat_assets.specs.json_schema import document_of, text_of_schema, tidy

SCHEMA_FILE = "objectives.schema.json"
COMPONENT_TYPE = "heartbeat_assets.ServiceObjectives"


def attributes_schema() -> dict[str, Any]:
    """The schema of `attributes`, as Dagster checks them; its parts are under `$defs`."""
    schema = ObjectivesSpec.model_json_schema()
    tidy(schema)
    return schema


def document_schema() -> dict[str, Any]:
    """The schema of the whole file."""
    return document_of(
        attributes_schema(),
        title="Service objectives: how the OpenSLO documents beside the file are measured and checked",
        component=COMPONENT_TYPE,
        about=f"The component: {COMPONENT_TYPE}.",
    )


def schema_text() -> str:
    """The file that editors read."""
    return text_of_schema(document_schema())
