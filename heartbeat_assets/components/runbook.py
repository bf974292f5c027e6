"""Runbook: a defs.yaml of checks as the Dagster asset `go_live`, a check an item, with its job and schedule.

It must not look at anything itself; `governance.runbook` does, and neither the asset nor a check stops what is behind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel, RootModel

from heartbeat_assets.components.runbook_asset import GO_LIVE, go_live_asset
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.runbook.runbook_file import RunbookFile, checked_runbook
from heartbeat_assets.governance.runbook.schema import attributes_schema
from heartbeat_assets.governance.runbook.spec import RunbookSpec
from heartbeat_assets.settings import Settings, load_settings
from heartbeat_assets.specs.fields import NAME_PATTERN
from heartbeat_assets.specs.yaml_file import documents_in


class RunbookAttributes(RootModel[dict[str, Any]]):
    """The attributes as written; `load` checks them, so that a mistake is one sentence naming file and item."""

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """The schema of a runbook, for editors, `dg check yaml` and the pages Dagster shows of a component."""
        return attributes_schema()


@dataclass(frozen=True)
class RunbookGroup:
    """One runbook, called as its folder."""

    name: str
    spec: RunbookSpec
    folder: Path
    settings: Settings

    @property
    def kind(self) -> str:
        """What its asset is tagged as."""
        return "runbook"

    @property
    def file(self) -> RunbookFile:
        """The same as `build_runbook` takes it."""
        return RunbookFile(self.spec, self.folder)


class Runbook(dg.Component):
    """What must be in order before anything acts by itself: a list of checks, looked at every day."""

    def __init__(self, group: RunbookGroup) -> None:
        self.group = group

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        """What Dagster's pages say of the component."""
        return dg.ComponentTypeSpec(
            description="A go-live runbook: an asset with a check for everything that must be in order.",
            tags=["governance", "runbook"],
        )

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """The attributes of a file."""
        return RunbookAttributes

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> Runbook:
        """The component of the folder that is loaded. Raises SpecProblem with a sentence per mistake."""
        folder = Path(context.path)
        file = folder / "defs.yaml"
        if file.is_file():
            # Dagster takes the last of two settings of one name; the file is read once more to refuse that.
            documents_in(file)
        written = attributes.root if isinstance(attributes, RunbookAttributes) else {}
        spec = checked_runbook(written, str(file))
        if not re.fullmatch(NAME_PATTERN, folder.name):
            said = f"the folder's name {folder.name!r} cannot be a runbook's; use lower-case letters, digits and _"
            raise SpecProblem(str(file), [said])
        return cls(RunbookGroup(folder.name, spec, folder, load_settings(folder)))

    def build_assets(self) -> list[dg.AssetsDefinition]:
        """The asset `go_live`."""
        return [go_live_asset(self.group, self.group.file)]

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Everything of the runbook, in one group."""
        return self.definitions()

    def definitions(self) -> dg.Definitions:
        """The same without a loading context."""
        group = self.group
        job = dg.define_asset_job(
            f"{group.name}_job",
            selection=dg.AssetSelection.assets(dg.AssetKey([group.name, GO_LIVE])),
            executor_def=dg.in_process_executor,
            tags={"heartbeat/runbook": group.name},
            description="Looks at every check of the go-live runbook.",
        )
        enabled = group.spec.schedule.enabled
        schedule = dg.ScheduleDefinition(
            name=f"{group.name}_schedule",
            job=job,
            cron_schedule=group.spec.schedule.cron,
            execution_timezone="UTC",
            default_status=dg.DefaultScheduleStatus.RUNNING if enabled else dg.DefaultScheduleStatus.STOPPED,
            description="Looks at the go-live runbook by the clock.",
        )
        return dg.Definitions(assets=self.build_assets(), jobs=[job], schedules=[schedule])
