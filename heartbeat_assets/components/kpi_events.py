"""KpiEvents: a defs.yaml that lists series of KPI events as Dagster assets by day, their checks, a job and a schedule.

It must not know any series: those are data.
"""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import BaseModel, RootModel

from heartbeat_assets.components.kpi_days_assets import KpiGroup, days_assets
from heartbeat_assets.components.kpi_series_asset import series_asset
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.daily import DAY
from heartbeat_assets.governance.kpi_spec import attributes_schema, checked_kpi_events
from heartbeat_assets.settings import load_settings
from heartbeat_assets.specs.fields import NAME_PATTERN
from heartbeat_assets.specs.yaml_file import documents_in


class KpiEventsAttributes(RootModel[dict[str, Any]]):
    """The attributes as written; `load` checks them, so that a mistake is one sentence naming file and item."""

    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
        """The schema of KPI events, for editors, `dg check yaml` and the pages Dagster shows of a component."""
        return attributes_schema()


class KpiEvents(dg.Component):
    """Series of KPI events that product code emits: what each of their days came to."""

    def __init__(self, group: KpiGroup) -> None:
        self.group = group

    @classmethod
    def get_spec(cls) -> dg.ComponentTypeSpec:
        return dg.ComponentTypeSpec(
            description="Counts, rates, means and durations of KPI events, day by day.", tags=["kpi", "governance"]
        )

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        return KpiEventsAttributes

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> KpiEvents:
        folder = Path(context.path)
        file = folder / "defs.yaml"
        if file.is_file():
            # Dagster takes the last of two settings of one name; the file is read once more to refuse that.
            documents_in(file)
        if not re.fullmatch(NAME_PATTERN, folder.name):
            sentence = f"the folder's name {folder.name!r} must be lower-case letters, digits and _; rename it"
            raise SpecProblem(str(file), [sentence])
        written = attributes.root if isinstance(attributes, KpiEventsAttributes) else {}
        return cls(KpiGroup(folder.name, checked_kpi_events(written, str(file)), load_settings(folder)))

    def build_assets(self) -> list[dg.AssetsDefinition]:
        """An asset per series, and one that looks at which series there are."""
        return [days_assets(self.group), series_asset(self.group)]

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Everything of the folder, in one group."""
        return self.definitions()

    def definitions(self) -> dg.Definitions:
        """The same without a loading context."""
        assets = self.build_assets()
        job = dg.define_asset_job(
            f"{self.group.name}_job",
            selection=dg.AssetSelection.assets(*(key for asset in assets for key in asset.keys)),
            executor_def=dg.in_process_executor,
            tags={"heartbeat/kpi_events": self.group.name},
            description="Works out a day of the KPI events, and looks for series that nobody has listed.",
        )
        return dg.Definitions(assets=assets, jobs=[job], schedules=[_schedule(self.group, job)])


def _schedule(group: KpiGroup, job: Any) -> Any:
    """Asks, at each tick of the clock, for the day before."""
    when = group.spec.schedule
    status = dg.DefaultScheduleStatus.RUNNING if when.enabled else dg.DefaultScheduleStatus.STOPPED

    @dg.schedule(
        job=job,
        name=f"{group.name}_schedule",
        cron_schedule=when.cron,
        execution_timezone="UTC",
        default_status=status,
        description="Works out what the KPI events of yesterday came to.",
    )
    def yesterday_of_group(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        yesterday = (context.scheduled_execution_time.astimezone(UTC) - DAY).date()
        if yesterday < group.spec.start:
            return dg.SkipReason(f"The days begin with {group.spec.start}; none of them is over yet.")
        return dg.RunRequest(partition_key=yesterday.isoformat())

    return yesterday_of_group
