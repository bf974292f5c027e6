"""A shop with metrics as Dagster definitions, run in this process, and looking at what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from heartbeat_assets.components import MetricService
from heartbeat_assets.ledger import Actor, MetricStore, MetricValue, open_ledger
from heartbeat_assets.metrics.changes import change_metric
from heartbeat_assets.metrics.service import find_service
from heartbeat_assets.metrics.ticks import newest_tick, partition_key, ticks
from heartbeat_assets_tests.components.run_results import QUIET
from heartbeat_assets_tests.metrics.projects import MetricsProject

ANA = Actor("ana@example.org", "person", "cli")
HOUR = timedelta(hours=1)
SERVICE = """type: heartbeat_assets.MetricService
attributes:
  description: Orders of a shop.
  owners: ["team:shop"]
  sources:
    orders:
      {kind: table, path: data/orders.csv, columns: {ordered_at: timestamp, amount: number}, period_column: ordered_at}
"""
LAST_DAY = "FROM orders WHERE ordered_at > $as_of - INTERVAL 24 HOUR AND ordered_at <= $as_of"
COUNT, MEAN = f"SELECT count(*) AS orders {LAST_DAY}", f"SELECT avg(amount) AS mean {LAST_DAY}"


class Shop(MetricsProject):
    """A project with the service `shop` over an order an hour, the newest of a minute ago."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.write_service(yaml=SERVICE)
        self.write_orders()

    def write_orders(self, header: str = "ordered_at,amount", hours: int = 240, amount: str = "10") -> None:
        """An order of `amount` an hour, up to a minute ago."""
        newest = datetime.now(UTC) - timedelta(minutes=1)
        rows = [f"{(newest - hour * HOUR).isoformat()},{amount}" for hour in range(hours)]
        self.write("data/orders.csv", "\n".join([header, *rows]) + "\n")

    @property
    def store(self) -> MetricStore:
        return open_ledger(self.settings.ledger_url).metrics

    def definitions(self, service: str = "shop") -> dg.Definitions:
        """The service's definitions as its files now are."""
        return MetricService(find_service(self.settings, service)).definitions()

    def verify(self, metric_id: str, **changes: Any) -> None:
        """Ana stands behind the metric."""
        wanted = {"owner": "ana@example.org", "verification_state": "verified"} | changes
        change_metric(self.store, metric_id, wanted, actor=ANA, reason="agrees with the books")

    def newest(self, metric_id: str) -> MetricValue:
        (value,) = self.store.values(metric_id, limit=1)
        return value

    @property
    def scorecard(self) -> Path:
        return self.settings.home / "scorecards" / "shop" / "scorecard.md"


def key(name: str) -> dg.AssetKey:
    """The key of an asset of the shop."""
    return dg.AssetKey(["shop", name])


def newest_key(every: str = "hour", back: int = 0) -> str:
    """The newest partition that is over, or the one `back` hours before it."""
    return partition_key(every, newest_tick(every, datetime.now(UTC)) - back * HOUR)  # type: ignore[arg-type]


def newest_ticks(count: int) -> list[datetime]:
    """The newest `count` hourly ticks, oldest first."""
    newest = newest_tick("hour", datetime.now(UTC))
    return list(ticks("hour", newest - (count - 1) * HOUR, newest))


def run(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    assets: Sequence[str] | None = None,
    *,
    partition: str | None = None,
    back: int = 0,
    job: str = "metrics_job",
) -> dg.ExecuteInProcessResult:
    """Runs the job for the newest hour, or only `assets`; for the hours from `back` hours before when given."""
    chosen: dict[str, Any] = {"partition_key": partition or newest_key()}
    if back:
        chosen = {
            "tags": {
                "dagster/asset_partition_range_start": newest_key(back=back),
                "dagster/asset_partition_range_end": newest_key(),
            }
        }
    return definitions.resolve_job_def(f"shop_{job}").execute_in_process(
        instance=instance,
        asset_selection=[key(name) for name in assets] if assets else None,
        raise_on_error=False,
        run_config=QUIET,
        **chosen,
    )


def run_unpartitioned(definitions: dg.Definitions, instance: dg.DagsterInstance, job: str) -> dg.ExecuteInProcessResult:
    """Runs a job that has no partitions."""
    return definitions.resolve_job_def(f"shop_{job}").execute_in_process(
        instance=instance, raise_on_error=False, run_config=QUIET
    )


def materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    """The names of the assets that a run materialized."""
    return {event.asset_key.path[-1] for event in result.get_asset_materialization_events() if event.asset_key}


def metadata_of(result: dg.ExecuteInProcessResult, name: str) -> dict[str, Any]:
    """The metadata of the last materialization of an asset in a run, as plain values."""
    events = [event for event in result.get_asset_materialization_events() if event.asset_key == key(name)]
    return {name: value.value for name, value in events[-1].materialization.metadata.items()}


def checks_of(result: dg.ExecuteInProcessResult, name: str) -> dict[str, dg.AssetCheckEvaluation]:
    """What the checks of an asset found, by their names."""
    return {one.check_name: one for one in result.get_asset_check_evaluations() if one.asset_key == key(name)}
