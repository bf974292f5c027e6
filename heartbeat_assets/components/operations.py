"""Operations: a defs.yaml of components, rules, scenarios and contacts as Dagster assets, checks, a job and a schedule.

Every build method may be overridden by a subclass. It must not know any component: those are data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel, RootModel

from heartbeat_assets.components.operations_documents import document_assets
from heartbeat_assets.components.operations_group import OperationsGroup
from heartbeat_assets.components.operations_status import status_asset
from heartbeat_assets.objectives.operations_file import checked_operations, operations_in
from heartbeat_assets.objectives.operations_schema import attributes_schema
from heartbeat_assets.settings import Settings, load_settings
from heartbeat_assets.specs.yaml_file import documents_in


class OperationsAttributes(RootModel[dict[str, Any]]):
    """The attributes as written; `load` checks them, so that a mistake is one sentence naming file and item."""

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """The schema of operations, for editors, `dg check yaml` and the pages Dagster shows of a component."""
        return attributes_schema()


class Operations(dg.Component):
    """How what people use is doing: status, incidents, degraded mode, and the documents that tell it."""

    def __init__(self, group: OperationsGroup) -> None:
        self.group = group

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        return dg.ComponentTypeSpec(
            description="Derives the status of components, and publishes HEARTBEAT.md and a status page.",
            tags=["operations", "slo"],
        )

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        return OperationsAttributes

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> Operations:
        folder = Path(context.path)
        file = folder / "defs.yaml"
        if file.is_file():
            # Dagster takes the last of two settings of one name; the file is read once more to refuse that.
            documents_in(file)
        written = attributes.root if isinstance(attributes, OperationsAttributes) else {}
        group = OperationsGroup(folder.name, checked_operations(written, str(file)), folder, load_settings(folder))
        _refuse_a_second(group.settings, file)
        return cls(group)

    def build_assets(self) -> list[dg.AssetsDefinition]:
        """The status, and the documents."""
        return [status_asset(self.group), *document_assets(self.group)]

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Everything of the folder, in one group."""
        return self.definitions()

    def definitions(self) -> dg.Definitions:
        """The same without a loading context."""
        group, assets = self.group, self.build_assets()
        job = dg.define_asset_job(
            f"{group.name}_job",
            selection=dg.AssetSelection.assets(*(key for asset in assets for key in asset.keys)),
            executor_def=dg.in_process_executor,
            tags={"heartbeat/operations": group.name},
            description="Looks at every component, and publishes the documents.",
        )
        when = group.spec.schedule
        schedule = dg.ScheduleDefinition(
            name=f"{group.name}_schedule",
            job=job,
            cron_schedule=when.cron,
            execution_timezone="UTC",
            default_status=dg.DefaultScheduleStatus.RUNNING if when.enabled else dg.DefaultScheduleStatus.STOPPED,
            description="Looks at every component by the clock, and publishes the documents.",
        )
        return dg.Definitions(assets=assets, jobs=[job], schedules=[schedule])


def _refuse_a_second(settings: Settings, file: Path) -> None:
    """Raises SpecProblem when the project has other operations as well: which ones count is for a person to say."""
    for problem in operations_in(settings)[1]:
        if str(file) in problem.file:
            raise problem
