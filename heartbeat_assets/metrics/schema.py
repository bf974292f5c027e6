"""The JSON schema of a service's defs.yaml, from which editors complete, explain and check what is being typed.

Made from the typed models, so it cannot differ from them. It must not decide what is valid; `service_spec` does.
"""

from __future__ import annotations

from typing import Any

from heartbeat_assets.metrics.service_spec import ServiceSpec
from heartbeat_assets.specs.json_schema import by_kind, document_of, text_of_schema, tidy

SCHEMA_FILE = "service.schema.json"
COMPONENT_TYPE = "heartbeat_assets.MetricService"


def attributes_schema() -> dict[str, Any]:
    """The schema of `attributes`, as Dagster checks them; its parts are under `$defs`."""
    schema = ServiceSpec.model_json_schema()
    tidy(schema)
    sources = schema["properties"]["sources"]
    sources["additionalProperties"] = by_kind(sources["additionalProperties"])
    return schema


def document_schema() -> dict[str, Any]:
    """The schema of the whole file."""
    return document_of(
        attributes_schema(),
        title="A metrics service: sources, and when the metrics over them run",
        component=COMPONENT_TYPE,
        about=f"The component: {COMPONENT_TYPE}.",
    )


def schema_text() -> str:
    """The file that editors read."""
    return text_of_schema(document_schema())
