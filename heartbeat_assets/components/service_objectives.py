"""ServiceObjectives: OpenSLO documents beside a defs.yaml as Dagster assets, checks, a job and a schedule.

Every build method may be overridden by a subclass. It must not know any SLO: those are data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel, RootModel

from heartbeat_assets.components.objective_assets import objective_assets
from heartbeat_assets.components.objective_group import ObjectivesGroup
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.service import Service, add_service, load_service
from heartbeat_assets.objectives.objectives_file import checked_objectives, objectives_folder, objectives_in
from heartbeat_assets.objectives.objectives_schema import attributes_schema
from heartbeat_assets.settings import Settings, load_settings
from heartbeat_assets.specs.yaml_file import documents_in

# Dagster has no public name for a job over a selection of assets.
Job = Any
GROUP_TAG = "heartbeat/objectives"


class ServiceObjectivesAttributes(RootModel[dict[str, Any]]):
    """The attributes as written; `load` checks them, so that a mistake is one sentence naming file and item."""

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """The schema of service objectives, for editors, `dg check yaml` and the pages Dagster shows of a component."""
        return attributes_schema()


class ServiceObjectives(dg.Component):
    """Service level objectives as OpenSLO documents: an asset each, checked for its error budget and burn rate."""

    def __init__(self, group: ObjectivesGroup) -> None:
        self.group = group

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        return dg.ComponentTypeSpec(
            description="Measures the SLOs of OpenSLO documents: error budgets, burn rates, coverage.",
            tags=["slo", "operations"],
        )

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        return ServiceObjectivesAttributes

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> ServiceObjectives:
        path = Path(context.path)
        file = path / "defs.yaml"
        if file.is_file():
            # Dagster takes the last of two settings of one name; the file is read once more to refuse that.
            documents_in(file)
        written = attributes.root if isinstance(attributes, ServiceObjectivesAttributes) else {}
        folder, problems = objectives_folder(file, checked_objectives(written, str(file)))
        if problems:
            raise problems[0]
        settings = load_settings(path)
        _refuse_clashes(settings.defs, path)
        return cls(ObjectivesGroup(folder, settings, _services(settings)))

    def build_assets(self) -> list[dg.AssetsDefinition]:
        """An asset per SLO."""
        return objective_assets(self.group)

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Everything of the folder, in one group."""
        return self.definitions()

    def definitions(self) -> dg.Definitions:
        """The same without a loading context."""
        assets = self.build_assets()
        keys = [key for asset in assets for key in asset.keys]
        if not keys:
            return dg.Definitions()
        job: Job = dg.define_asset_job(
            f"{self.group.name}_job",
            selection=dg.AssetSelection.assets(*keys),
            executor_def=dg.in_process_executor,
            tags={GROUP_TAG: self.group.name},
            description="Measures every SLO of the folder, and records how it stands.",
        )
        return dg.Definitions(assets=assets, jobs=[job], schedules=[_schedule(self.group, job)])


def _schedule(group: ObjectivesGroup, job: Job) -> dg.ScheduleDefinition:
    when = group.spec.schedule
    return dg.ScheduleDefinition(
        name=f"{group.name}_schedule",
        job=job,
        cron_schedule=when.cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING if when.enabled else dg.DefaultScheduleStatus.STOPPED,
        description="Measures the SLOs by the clock.",
    )


def _services(settings: Settings) -> dict[str, Service]:
    """The metrics services whose files are right; a mistake in another is told where it is loaded itself."""
    services: dict[str, Service] = {}
    for file in sorted(settings.defs.glob("**/defs.yaml")):
        try:
            service = load_service(settings, file)
            if service is not None:
                add_service(services, service)
        except SpecProblem:
            continue
    return services


def _refuse_clashes(defs: Path, folder: Path) -> None:
    """Raises SpecProblem when a document in `folder` has an SLO that another folder of the project has already."""
    for problem in objectives_in(defs).problems:
        if Path(problem.file).is_relative_to(folder):
            raise problem
