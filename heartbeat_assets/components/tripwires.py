"""Tripwires: a defs.yaml of policies as Dagster assets, checks, jobs and schedules, and the asset that acts on them.

Every build method may be overridden by a subclass. It must not know any policy: those are data.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel, RootModel

from heartbeat_assets.components.tripwire_assets import look_assets, switches_asset
from heartbeat_assets.components.tripwire_group import TripwireGroup
from heartbeat_assets.components.tripwire_triggers import tripwire_schedules
from heartbeat_assets.governance.schema import attributes_schema
from heartbeat_assets.governance.tripwires_file import checked_tripwires, tripwires_in
from heartbeat_assets.settings import load_settings
from heartbeat_assets.specs.yaml_file import documents_in


class TripwiresAttributes(RootModel[dict[str, Any]]):
    """The attributes as written; `load` checks them, so that a mistake is one sentence naming file and item."""

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """The schema of tripwires, for editors, `dg check yaml` and the pages Dagster shows of a component."""
        return attributes_schema()


class Tripwires(dg.Component):
    """Policies on KPI events: what got worse throttles its domain or stops everything, until a person releases it."""

    def __init__(self, group: TripwireGroup) -> None:
        self.group = group

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        return dg.ComponentTypeSpec(
            description="Compares recent KPI events with those before, and stops what got worse.",
            tags=["kpi", "governance"],
        )

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        return TripwiresAttributes

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> Tripwires:
        folder = Path(context.path)
        file = folder / "defs.yaml"
        if file.is_file():
            # Dagster takes the last of two settings of one name; the file is read once more to refuse that.
            documents_in(file)
        written = attributes.root if isinstance(attributes, TripwiresAttributes) else {}
        group = TripwireGroup(folder.name, checked_tripwires(written, str(file)), folder, load_settings(folder))
        _refuse_clashes(group.settings.defs, file)
        return cls(group)

    def build_assets(self) -> list[dg.AssetsDefinition]:
        """An asset per policy, and the switches."""
        return [*look_assets(self.group), switches_asset(self.group)]

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Everything of the folder, in one group."""
        return self.definitions()

    def definitions(self) -> dg.Definitions:
        """The same without a loading context."""
        assets = self.build_assets()
        built = {key for asset in assets for key in asset.keys}
        schedules = tripwire_schedules(self.group, built)
        return dg.Definitions(assets=assets, schedules=schedules)


def _refuse_clashes(defs: Path, file: Path) -> None:
    """Raises SpecProblem when `file` has a policy that another file of the project has already."""
    for problem in tripwires_in(defs).problems:
        if Path(problem.file) == file:
            raise problem
