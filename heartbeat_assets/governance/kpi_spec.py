"""What the defs.yaml of KPI events says: plain typed models that load without Dagster, and their JSON schema.

The field descriptions are the reference a user reads. It must not read events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from heartbeat_assets.ledger import WrongKpiEvent
from heartbeat_assets.ledger.kpi_records import domain_of, metric_of
from heartbeat_assets.specs.fields import Cron, Day, Flag, Model, Owners
from heartbeat_assets.specs.json_schema import document_of, text_of_schema, tidy
from heartbeat_assets.specs.problems import checked

SCHEMA_FILE = "kpi_events.schema.json"
COMPONENT_TYPE = "heartbeat_assets.KpiEvents"
SERIES = "series"
"""The asset that looks at which series there are."""


def series_name(text: str) -> str:
    """`text` as `DOMAIN.metric`, spelled as the ledger does. Raises ValueError."""
    domain, dot, metric = text.partition(".")
    if not dot:
        raise ValueError(f"{text!r} is no series; write its domain and its metric, as WHOLESALE.contract_rate")
    try:
        return f"{domain_of(domain)}.{metric_of(metric)}"
    except WrongKpiEvent as problem:
        raise ValueError(str(problem)) from problem


SeriesName = Annotated[
    str,
    AfterValidator(series_name),
    WithJsonSchema({"type": "string", "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+$"}),
]


class KpiSchedule(Model):
    """When the day before is worked out by the clock, in UTC."""

    cron: Cron = Field("7 0 * * *", description="When yesterday is worked out, as five cron fields.")
    enabled: Flag = Field(True, description="Whether the schedule runs as soon as Dagster's daemon does.")


class KpiEventsSpec(Model):
    """Series of KPI events, and when their days are worked out."""

    description: str = Field("", description="What these events are and who emits them, for a stranger.")
    owners: Owners = Field(default_factory=list, description="Who owns the assets: e-mail addresses or `team:name`.")
    series: list[SeriesName] = Field(min_length=1, description="The series, each as `DOMAIN.metric`.")
    start: Day = Field(date(2026, 1, 1), description="The first day that has a partition, for example `2026-01-01`.")
    schedule: KpiSchedule = Field(default_factory=KpiSchedule, description="When the day before is worked out.")

    @property
    def by_asset(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Domain and metric of each series by the two parts that its asset's key has, in the order of the file."""
        pairs = [name.partition(".") for name in self.series]
        return {(_part(domain), _part(metric)): (domain, metric) for domain, _, metric in pairs}

    @model_validator(mode="after")
    def _one_an_asset(self) -> Self:
        problems = list(self._clashes())
        if problems:
            raise ValueError(*problems)
        return self

    def _clashes(self) -> Iterator[str]:
        first: dict[tuple[str, str], str] = {}
        for position, name in enumerate(self.series):
            domain, _, metric = name.partition(".")
            other = first.setdefault((_part(domain), _part(metric)), name)
            if name in self.series[:position]:
                yield f"series[{position}]: {name} is there already; take one out"
            elif other != name:
                yield f"series[{position}]: {name} and {other} would be one asset; put one into a folder of its own"


def _part(name: str) -> str:
    """`name` in letters that Dagster takes in a key."""
    return re.sub(r"[^a-z0-9_]", "_", name.lower())


def checked_kpi_events(attributes: Any, file: str) -> KpiEventsSpec:
    """The spec that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake."""
    missing = "attributes: must be a mapping of settings with a list of `series`"
    return checked(KpiEventsSpec, attributes, file, models={"schedule": KpiSchedule}, no_attributes=missing)


def attributes_schema() -> dict[str, Any]:
    """The schema of `attributes`, as Dagster checks them; its parts are under `$defs`."""
    schema = KpiEventsSpec.model_json_schema()
    tidy(schema)
    return schema


def schema_text() -> str:
    """The file that editors read."""
    document = document_of(
        attributes_schema(),
        title="KPI events: the series whose days are worked out",
        component=COMPONENT_TYPE,
        about=f"The component: {COMPONENT_TYPE}.",
    )
    return text_of_schema(document)
