"""The JSON schema of a tripwires' defs.yaml, from which editors complete, explain and check what is being typed.

Made from the typed models, so it cannot differ from them. It must not decide what is valid; `tripwires_spec` does.
"""

from __future__ import annotations

from typing import Any

from heartbeat_assets.governance.tripwires_spec import TripwiresSpec
from heartbeat_assets.specs.json_schema import document_of, text_of_schema, tidy

SCHEMA_FILE = "tripwires.schema.json"
COMPONENT_TYPE = "heartbeat_assets.Tripwires"


def attributes_schema() -> dict[str, Any]:
    """The schema of `attributes`, as Dagster checks them; its parts are under `$defs`."""
    schema = TripwiresSpec.model_json_schema()
    tidy(schema)
    return schema


def document_schema() -> dict[str, Any]:
    """The schema of the whole file."""
    return document_of(
        attributes_schema(),
        title="Tripwires: when events count as a regression, and how what they stop is handled",
        component=COMPONENT_TYPE,
        about=f"The component: {COMPONENT_TYPE}.",
    )


def schema_text() -> str:
    """The file that editors read."""
    return text_of_schema(document_schema())
