"""MetricService: a service's defs.yaml and its metrics' files as Dagster assets, checks, jobs, schedules and sensors.

It must not know any metric: those are files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel, RootModel

from heartbeat_assets.components.benchmark_asset import benchmark_asset
from heartbeat_assets.components.metric_assets import ServiceMetrics, load_metrics, metric_assets
from heartbeat_assets.components.metric_triggers import metric_schedules, metric_sensors, service_jobs
from heartbeat_assets.components.registry_asset import registry_asset
from heartbeat_assets.components.scorecard_asset import scorecard_asset
from heartbeat_assets.components.source_assets import source_asset
from heartbeat_assets.metrics.schema import attributes_schema
from heartbeat_assets.metrics.service import Service, service_name
from heartbeat_assets.metrics.service_file import checked_service
from heartbeat_assets.settings import load_settings
from heartbeat_assets.specs.yaml_file import documents_in


class ServiceAttributes(RootModel[dict[str, Any]]):
    """The attributes as written; `load` checks them, so that a mistake is one sentence naming file and item."""

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """The schema of a service, for editors, `dg check yaml` and the pages Dagster shows of a component."""
        return attributes_schema()


class MetricService(dg.Component):
    """A service: sources, and a folder of metrics over them, each a SQL file that returns one value."""

    def __init__(self, service: Service) -> None:
        self.service = service

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        return dg.ComponentTypeSpec(
            description="Metrics from SQL files, computed every hour, with history, benchmark, thresholds and owners.",
            tags=["metrics", "data-quality"],
        )

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        return ServiceAttributes

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> MetricService:
        folder = Path(context.path)
        file = folder / "defs.yaml"
        if file.is_file():
            # Dagster takes the last of two settings of one name; the file is read once more to refuse that.
            documents_in(file)
        written = attributes.root if isinstance(attributes, ServiceAttributes) else {}
        spec = checked_service(written, str(file))
        return cls(Service(service_name(folder), spec, folder, load_settings(folder)))

    def build_assets(self, metrics: ServiceMetrics) -> list[dg.AssetsDefinition]:
        """The service's assets, from its sources to its published scorecard."""
        service = self.service
        return [
            *(source_asset(service, name) for name in service.sources),
            registry_asset(service),
            *metric_assets(metrics),
            benchmark_asset(service),
            scorecard_asset(metrics),
        ]

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Everything of the service, in one group."""
        return self.definitions()

    def definitions(self) -> dg.Definitions:
        """The same without a loading context."""
        metrics = load_metrics(self.service)
        assets = self.build_assets(metrics)
        built = {key for asset in assets for key in asset.keys}
        jobs = service_jobs(metrics, built)
        return dg.Definitions(
            assets=assets,
            jobs=jobs.all(),
            schedules=metric_schedules(metrics, jobs),
            sensors=metric_sensors(self.service, jobs, built),
        )
