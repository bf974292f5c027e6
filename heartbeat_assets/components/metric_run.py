"""One run of a service's metrics: computed by the core, and what Dagster is told of each.

It must not define assets or decide what is computed when.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg

from heartbeat_assets.components import metric_metadata
from heartbeat_assets.components.asset_basics import asset_key
from heartbeat_assets.components.metric_checks import check_result
from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.ledger import Actor, MetricStore, MetricValue, open_ledger
from heartbeat_assets.metrics.catalog import Catalog, load_catalog
from heartbeat_assets.metrics.compute import ComputeReport, compute_metrics
from heartbeat_assets.metrics.holding import findings_now
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.state import MetricState, state_of
from heartbeat_assets.metrics.ticks import Every

DAGSTER = Actor("dagster", "program", "dagster")
"""Who registers, computes and unverifies in a run."""

_FAILURES_TOLD = 20
# Where nothing else says why a partition has no value.
_NO_VALUE = "no value was recorded for this tick"


@dataclass(frozen=True)
class Registry:
    """The files and the ledger as a run finds them, which may be newer than the loaded definitions."""

    service: Service
    catalog: Catalog
    store: MetricStore


def open_registry(service: Service) -> Registry:
    """The registry at this moment. Raises HeartbeatError when defs.yaml is wrong by now, or LedgerError."""
    catalog = load_catalog(service.settings)
    current = catalog.services.get(service.name)
    if current is None:
        raise problem_of_service(service, catalog)
    return Registry(current, catalog, open_ledger(service.settings.ledger_url).metrics)


def problem_of_service(service: Service, catalog: Catalog) -> HeartbeatError:
    """Why the service is not in the catalog."""
    file = str(service.folder / "defs.yaml")
    for problem in catalog.problems:
        if problem.file == file:
            return problem
    return SpecProblem(file, ["holds no service any more; reload the code location"])


def compute(
    service: Service,
    every: Every,
    ids: Collection[str],
    ticks: Mapping[str, datetime],
    context: dg.AssetExecutionContext,
) -> MetricRun:
    """Computes the metrics `ids` at `ticks`, by partition, and logs what has no data."""
    registry = open_registry(service)
    report = compute_metrics(
        registry.catalog,
        registry.service,
        registry.store,
        actor=DAGSTER,
        every=every,
        ticks=list(ticks.values()),
        only=set(ids),
        progress=context.log.info,
    )
    run = MetricRun(registry, ids, ticks, report)
    failures = [f"{name}: {error}" for name, error in sorted(report.failures.items())]
    if failures:
        more = f"\nand {len(failures) - _FAILURES_TOLD} more" if len(failures) > _FAILURES_TOLD else ""
        told = "\n".join(failures[:_FAILURES_TOLD])
        context.log.error(f"{len(failures)} of {len(ids)} metrics have no data:\n{told}{more}")
    for name in run.gone:
        context.log.warning(f"{name} is skipped: it was retired after the definitions were loaded; reload them")
    return run


class MetricRun:
    """What came of a run, as Dagster is told it; `gone` are metrics that left since the definitions were loaded."""

    def __init__(
        self, registry: Registry, ids: Collection[str], ticks: Mapping[str, datetime], report: ComputeReport | None
    ) -> None:
        self._service, self._ticks = registry.service, ticks
        self._catalog, self._store, self._report = registry.catalog, registry.store, report
        rows = registry.store.rows()
        self._states: dict[str, MetricState] = {name: state_of(rows[name]) for name in ids if name in rows}
        self.gone = sorted(name for name in ids if self._is_gone(name))
        self._ids = sorted(set(ids) - set(self.gone))
        self._newest = {name: values[-1] for name, values in registry.store.newest_values().items() if values}
        self._refused = {} if report is None else _refusals(report)
        self._findings = findings_now(self._catalog, self._store, self._ids, datetime.now(UTC), refused=self._refused)

    def _is_gone(self, metric_id: str) -> bool:
        file = self._catalog.files.get(metric_id)
        if file is not None:
            return file.service != self._service.name
        return metric_id not in self._catalog.broken(self._service.name)

    def materializations(
        self, context: dg.AssetExecutionContext, checks: Collection[dg.AssetCheckKey]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """Each metric with a value per partition, and its `checks`."""
        for name in self._ids:
            key = asset_key(self._service, name)
            values = self._values_of(name)
            for partition, tick in self._ticks.items():
                context.add_asset_metadata(self._about(name, values.get(tick)), asset_key=key, partition_key=partition)
            yield dg.MaterializeResult(asset_key=key)
            # Not within the result: Dagster would evaluate each of them twice, which counts with a thousand metrics.
            yield from self.check_results(name, checks)

    def all_check_results(self, checks: Collection[dg.AssetCheckKey]) -> Iterator[dg.AssetCheckResult]:
        """What each of `checks` finds, where nothing was computed."""
        for name in self._ids:
            yield from self.check_results(name, checks)

    def check_results(self, name: str, checks: Collection[dg.AssetCheckKey]) -> Iterator[dg.AssetCheckResult]:
        """Those of the metric's three checks that are among `checks`; about its newest value, whatever was computed."""
        key = asset_key(self._service, name)
        for finding in self._findings.get(name, ()):
            if dg.AssetCheckKey(key, finding.check) in checks:
                file, state = self._catalog.files.get(name), self._states.get(name)
                yield check_result(key, finding, file, state, self._newest.get(name))

    def _values_of(self, name: str) -> dict[datetime, MetricValue]:
        """The values at the run's ticks as the ledger has them, those that were there before too."""
        ticks = sorted(self._ticks.values())
        newest = self._newest.get(name)
        if newest is not None and ticks == [newest.tick]:
            return {newest.tick: newest}
        return {value.tick: value for value in self._store.values(name, since=ticks[0], until=ticks[-1])}

    def _about(self, name: str, value: MetricValue | None) -> metric_metadata.Metadata:
        refused = self._refused.get(name)
        if value is None or refused is not None:
            skipped = {} if self._report is None else self._report.skipped
            return metric_metadata.of_no_value(refused or skipped.get(name) or _NO_VALUE)
        newest = self._newest.get(name)
        # Of the past, today's thresholds and owner say nothing.
        now = newest is not None and newest.tick == value.tick
        return metric_metadata.of_value(value, self._states.get(name) if now else None)


def _refusals(report: ComputeReport) -> dict[str, str]:
    """Why files were not registered, by the ids they are named after."""
    return {problem.file.rpartition("/")[2].removesuffix(".sql"): str(problem) for problem in report.synced.refused}
