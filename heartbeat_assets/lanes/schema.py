"""The JSON schema of a lane's defs.yaml, from which editors complete, explain and check what is being typed.

Made from the typed models, so it cannot differ from them. It must not decide what is valid; `spec` does.
"""

from __future__ import annotations

from typing import Any

from heartbeat_assets.lanes.rules import DEGRADED, FAILED, INCOMPLETE
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.specs.json_schema import by_kind, document_of, text_of_schema, tidy

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


def attributes_schema() -> dict[str, Any]:
    """The schema of `attributes`, as Dagster checks them; its parts are under `$defs`."""
    schema = LaneSpec.model_json_schema()
    tidy(schema)
    limits = schema["$defs"]["Window"]["properties"]["limits"]
    limits |= {"properties": _LIMITS, "additionalProperties": {"type": "number"}}
    for bound in ("Kpi", "Condition", "Precondition"):
        model = schema["$defs"][bound]
        model["oneOf"] = [{"required": ["max"]}, {"required": ["min"]}]
        for side in ("max", "min"):
            model["properties"][side] = {"type": "number", "description": model["properties"][side]["description"]}
    sources = schema["properties"]["sources"]
    sources["additionalProperties"] = by_kind(sources["additionalProperties"])
    return schema


def document_schema() -> dict[str, Any]:
    """The schema of the whole file."""
    return document_of(
        attributes_schema(),
        title="A lane: sources, KPIs or gates, and what the last runs may miss",
        component=COMPONENT_TYPE,
        about=f"The component: {COMPONENT_TYPE}, or a subclass of your own.",
    )


def schema_text() -> str:
    """The file that editors read."""
    return text_of_schema(document_schema())
