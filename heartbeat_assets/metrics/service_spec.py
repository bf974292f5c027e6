"""What the defs.yaml of a metrics service may say: plain typed models that load without Dagster.

The field descriptions are the reference a user reads. It must not read files.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from heartbeat_assets.sources.row_dates import rows_conflicts
from heartbeat_assets.sources.spec import RowsSource, Source
from heartbeat_assets.specs.fields import Cron, Day, Flag, Model, Name, Owners, Whole

RESERVED_NAMES = ("registry", "benchmark", "scorecard")
"""The assets that every service has beside its sources and metrics."""

Severity = Literal["error", "warn"]


class ServiceSchedule(Model):
    """When the service's metrics are computed by the clock, in UTC."""

    cron: Cron = Field("17 * * * *", description="When hourly metrics are computed, as five cron fields.")
    daily_cron: Cron = Field("17 0 * * *", description="When metrics with `every: day` are computed.")
    benchmark_cron: Cron = Field("23 4 * * *", description="When the benchmarks are worked out.")
    enabled: Flag = Field(True, description="Whether the schedules run as soon as Dagster's daemon does.")


class CheckSeverities(Model):
    """What a failing check of a verified metric is. Those of unverified metrics only ever warn."""

    within_alert: Severity = Field("error", description="error or warn: the value is beyond alert_value.")
    within_norm: Severity = Field("error", description="error or warn: the value is beyond norm_value.")
    fresh: Severity = Field("error", description="error or warn: there is no value, or its sources are old.")


class History(Model):
    """How far back values may be computed."""

    start: Day = Field(date(2026, 1, 1), description="The first day that has partitions, for example `2026-01-01`.")


class ServiceSpec(Model):
    """A service: sources, and how the metrics over them are computed. The metrics are the files in its `metrics`."""

    description: str = Field("", description="What the service's metrics watch and for whom, for a stranger.")
    owners: Owners = Field(default_factory=list, description="E-mail addresses or `team:name`; metrics have their own.")
    sources: dict[Name, Source] = Field(min_length=1, description="What the metrics' SQL reads, each by its name.")
    schedule: ServiceSchedule = Field(default_factory=ServiceSchedule, description="When things run by the clock.")
    checks: CheckSeverities = Field(
        default_factory=CheckSeverities, description="What failing checks of verified metrics are."
    )
    history: History = Field(default_factory=History, description="Since when there are partitions in Dagster.")
    query_seconds: Whole = Field(
        60, ge=1, le=86_400, description="A metric's query that takes longer is stopped; the others go on."
    )

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        problems = [*self._reserved(), *self._rows()]
        if problems:
            raise ValueError(*problems)
        return self

    def _reserved(self) -> Iterator[str]:
        for name, source in self.sources.items():
            if (source.asset or name) in RESERVED_NAMES:
                taken = ", ".join(RESERVED_NAMES)
                yield f"sources.{name}: {source.asset or name!r} is taken: every service has {taken}; choose another"

    def _rows(self) -> Iterator[str]:
        for name, source in self.sources.items():
            if isinstance(source, RowsSource):
                yield from rows_conflicts(name, source)
