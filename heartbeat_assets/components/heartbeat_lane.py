"""HeartbeatLane: a lane's defs.yaml and SQL as Dagster assets, checks, a job, a schedule and sensors.

Every build method may be overridden by a subclass. It must not know any KPI: those are data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel, RootModel

from heartbeat_assets.components.lane_assets import (
    compacted_asset,
    digest_asset,
    heartbeat_asset,
    published_asset,
)  # fmt: skip
from heartbeat_assets.components.lane_checks import window_checks
from heartbeat_assets.components.lane_scaffolder import LaneScaffolder
from heartbeat_assets.components.lane_triggers import automation_sensor, file_sensor, lane_job, lane_schedule
from heartbeat_assets.components.source_assets import source_asset
from heartbeat_assets.lanes.lane import Lane, lane_name
from heartbeat_assets.lanes.problems import checked_spec
from heartbeat_assets.lanes.schema import attributes_schema
from heartbeat_assets.settings import load_settings
from heartbeat_assets.specs.yaml_file import documents_in


class LaneAttributes(RootModel[dict[str, Any]]):
    """The attributes as written; `load` checks them, so that a mistake is one sentence naming file and item."""

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """The schema of a lane, for editors, `dg check yaml` and the pages Dagster shows of a component."""
        return attributes_schema()


@dg.scaffold_with(LaneScaffolder)
class HeartbeatLane(dg.Component):
    """A lane: SQL that returns one row of KPIs, and a contract on what the last N runs may miss."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        return dg.ComponentTypeSpec(
            description="KPIs from SQL, recorded as heartbeats and judged over the last N runs before publishing.",
            tags=["kpi", "data-quality"],
        )

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        return LaneAttributes

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> HeartbeatLane:
        folder = Path(context.path)
        file = folder / "defs.yaml"
        if file.is_file():
            # Dagster takes the last of two settings of one name; the file is read once more to refuse that.
            documents_in(file)
        written = attributes.root if isinstance(attributes, LaneAttributes) else {}
        spec = checked_spec(written, str(file))
        return cls(Lane(lane_name(spec, folder), spec, folder, load_settings(folder)))

    def build_assets(self) -> list[dg.AssetsDefinition]:
        """The lane's assets, from its sources to its published report."""
        lane = self.lane
        sources = [source_asset(lane, name) for name in lane.spec.sources]
        return [
            *sources,
            digest_asset(lane),
            heartbeat_asset(lane),
            compacted_asset(lane),
            published_asset(lane),
        ]

    def build_checks(self) -> list[dg.AssetChecksDefinition]:
        """The window rules as asset checks on the heartbeat."""
        return [window_checks(self.lane)]

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Everything of the lane, in one group."""
        return self.definitions()

    def definitions(self) -> dg.Definitions:
        """The same without a loading context, for running a lane from the terminal."""
        job = lane_job(self.lane)
        schedule, sensor = lane_schedule(self.lane, job), file_sensor(self.lane, job)
        return dg.Definitions(
            assets=self.build_assets(),
            asset_checks=self.build_checks(),
            jobs=[job],
            schedules=[schedule] if schedule else [],
            sensors=[automation_sensor(self.lane), *([sensor] if sensor else [])],
        )
