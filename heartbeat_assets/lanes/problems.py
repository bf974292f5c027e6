"""What is wrong with a lane's defs.yaml in sentences that name the item: "kpis[1] clicks: give min or max, not both".

Tells `specs.problems`, which makes the sentences, what a lane consists of. It must not decide what is valid; `spec`
does.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from heartbeat_assets.lanes.spec import (
    Availability,
    LaneSpec,
    Partitions,
    Publish,
    Retention,
    Schedule,
    Sensor,
    Window,
)
from heartbeat_assets.lanes.spec_criteria import Condition, Gate, Kpi, Precondition
from heartbeat_assets.specs.problems import checked

_MODELS: dict[object, type[BaseModel]] = {
    "kpis": Kpi, "gates": Gate, "conditions": Condition, "preconditions": Precondition, "availability": Availability,
    "window": Window, "retention": Retention, "schedule": Schedule, "sensor": Sensor, "partitions": Partitions,
    "publish": Publish,
}  # fmt: skip
NO_ATTRIBUTES = "attributes: must be a mapping of the lane's settings"


def checked_spec(attributes: Any, file: str) -> LaneSpec:
    """The spec that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake."""
    return checked(LaneSpec, attributes, file, models=_MODELS, no_attributes=NO_ATTRIBUTES)
