"""The series of a folder as one asset definition of which any part may run: a series is an asset, a day its partition.

One step for all of them, over one connection. It must not work out figures; `governance.daily` does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import dagster as dg

from heartbeat_assets.components import kpi_metadata
from heartbeat_assets.components.asset_basics import about, failing_clearly
from heartbeat_assets.components.registry_asset import ledger_kind
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.governance.daily import DAY, DayFigures, daily_figures
from heartbeat_assets.governance.kpi_spec import KpiEventsSpec
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.settings import Settings

EVENTS_ARRIVE = "events_arrive"
_DAYS_TOLD = 10


@dataclass(frozen=True)
class KpiGroup:
    """One defs.yaml of KPI events, called as its folder."""

    name: str
    spec: KpiEventsSpec
    settings: Settings
    kind: str = "kpi_events"

    def key(self, domain: str, metric: str) -> dg.AssetKey:
        """The key of the asset of a series, given as the parts of `by_asset`."""
        return dg.AssetKey([self.name, domain, metric])


def days_assets(group: KpiGroup) -> dg.AssetsDefinition:
    """The assets of all series."""
    by_key = {group.key(*parts): series for parts, series in group.spec.by_asset.items()}

    @dg.multi_asset(
        name=f"{group.name}_days",
        specs=[_spec(group, key, *series) for key, series in by_key.items()],
        check_specs=[_check_spec(key) for key in by_key],
        partitions_def=dg.DailyPartitionsDefinition(start_date=group.spec.start.isoformat()),
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
        description=f"What {len(by_key)} series of KPI events came to on a day, any part of which may run.",
    )
    def days_of_series(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        selected, checks = set(context.selected_asset_keys), set(context.selected_asset_check_keys)
        days = _days_of_run(context)
        with failing_clearly():
            store = open_ledger(group.settings.ledger_url).events
            for key, (domain, metric) in by_key.items():
                checked = dg.AssetCheckKey(key, EVENTS_ARRIVE) in checks
                if key not in selected and not checked:
                    continue
                figures = list(daily_figures(store, domain, metric, days))
                if key in selected:
                    yield _materialized(group, key, domain, metric, figures, context)
                if checked:
                    yield _arrive(key, f"{domain}.{metric}", figures)

    return days_of_series


def _spec(group: KpiGroup, key: dg.AssetKey, domain: str, metric: str) -> dg.AssetSpec:
    placed = about(group, key.path[-1], {ledger_kind(group)})
    return dg.AssetSpec(
        **{**placed, "key": key, "tags": placed["tags"] | {"heartbeat/domain": key.path[1]}},
        description=f"What the KPI events {domain}.{metric} came to on a day (UTC): how many, how many succeeded, the "
        "mean of values, and how long they took.",
        metadata={"domain": domain, "metric": metric},
    )


def _check_spec(key: dg.AssetKey) -> dg.AssetCheckSpec:
    said = "There is an event on the day. Warns, never blocks: silence may be a holiday, or an emitter that is gone."
    return dg.AssetCheckSpec(EVENTS_ARRIVE, asset=key, description=said)


def _days_of_run(context: dg.AssetExecutionContext) -> list[date]:
    """The days a run is about, oldest first; yesterday for a run of checks alone."""
    if context.has_partition_key or context.has_partition_key_range:
        return sorted(date.fromisoformat(key) for key in context.partition_keys)
    return [datetime.now(UTC).date() - DAY]


def _materialized(
    group: KpiGroup,
    key: dg.AssetKey,
    domain: str,
    metric: str,
    figures: Sequence[DayFigures],
    context: dg.AssetExecutionContext,
) -> dg.MaterializeResult:
    from heartbeat_assets.governance.daily_book import book_file, keep_days

    file = book_file(group.settings.home, domain, metric)
    try:
        kept = keep_days(group.settings.home, domain, metric, figures)
    except OSError as problem:
        raise HeartbeatError(f"{file}: cannot be written: {problem.strerror or problem}") from problem
    for one in figures:
        shown: dict[str, Any] = kpi_metadata.of_day(one, kept, file)
        context.add_asset_metadata(shown, asset_key=key, partition_key=one.day.isoformat())
    return dg.MaterializeResult(asset_key=key)


def _arrive(key: dg.AssetKey, name: str, figures: Sequence[DayFigures]) -> dg.AssetCheckResult:
    silent = [one.day.isoformat() for one in figures if not one.events]
    events = sum(one.events for one in figures)
    said = f"{name}: {events:,} event{'' if events == 1 else 's'}."
    if silent:
        more = f" and {len(silent) - _DAYS_TOLD} more" if len(silent) > _DAYS_TOLD else ""
        said = f"{name}: no event on {', '.join(silent[:_DAYS_TOLD])}{more}. Look whether what emits it still runs."
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=EVENTS_ARRIVE,
        passed=not silent,
        severity=dg.AssetCheckSeverity.WARN,
        description=said,
        metadata={"events": events, "days_without": len(silent)},
    )
