"""The metrics of a service as one asset definition of which any part may run: a file is an asset, its tick a partition.

One definition and not one each: hundreds of metrics are one step over one connection. It must not compute;
`metric_run` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from heartbeat_assets.components import metric_metadata
from heartbeat_assets.components.asset_basics import about, asset_key, failing_clearly
from heartbeat_assets.components.metric_checks import check_specs
from heartbeat_assets.components.metric_owners import owners_in_ledger, shown_owner
from heartbeat_assets.components.metric_partitions import SINGLE_RUN, partitions_of, ticks_of_run
from heartbeat_assets.components.metric_run import MetricRun, compute, open_registry
from heartbeat_assets.components.source_assets import source_asset_name
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.catalog import load_catalog
from heartbeat_assets.metrics.metric_file import MetricFile, metric_id_problem
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.ticks import LENGTHS, Every

_KINDS = {"sql", "duckdb"}
_NAMES: dict[Every, str] = {"hour": "metrics", "day": "metrics_daily"}


@dataclass(frozen=True)
class ServiceMetrics:
    """The metrics of a service when definitions are loaded: their files, what is wrong with others, who owns them.

    A file with a mistake is an asset as well, which says so: it neither hides the others nor stops the project.
    """

    service: Service
    files: Sequence[MetricFile] = ()
    wrong: Mapping[str, SpecProblem] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

    def ids(self, every: Every) -> list[str]:
        """The ids of the metrics with that cadence; hourly is also what nobody could read the cadence of."""
        found = [file.metric_id for file in self.files if file.header.every == every]
        return sorted(found + (list(self.wrong) if every == "hour" else []))


def load_metrics(service: Service) -> ServiceMetrics:
    """The metrics as their files have them now; what cannot be an asset, for its name, is left out."""
    catalog = load_catalog(service.settings)
    files = catalog.of_service(service.name)
    broken = catalog.broken(service.name)
    wrong = {name: problem for name, problem in broken.items() if metric_id_problem(name) is None}
    return ServiceMetrics(service, files, wrong, owners_in_ledger(service.settings))


def metric_assets(metrics: ServiceMetrics) -> list[dg.AssetsDefinition]:
    """The hourly and the daily metrics, as far as there are any."""
    return [_assets_of(metrics, every) for every in LENGTHS if metrics.ids(every)]


def _assets_of(metrics: ServiceMetrics, every: Every) -> dg.AssetsDefinition:
    service, ids = metrics.service, metrics.ids(every)
    partitions = partitions_of(service, every)
    files = {file.metric_id: file for file in metrics.files}

    @dg.multi_asset(
        name=f"{service.name}_{_NAMES[every]}",
        specs=[
            _spec(metrics, files[name]) if name in files else _broken_spec(service, name, metrics.wrong[name])
            for name in ids
        ],
        partitions_def=partitions,
        check_specs=[spec for name in ids for spec in check_specs(service, name)],
        can_subset=True,
        backfill_policy=SINGLE_RUN,
        description=f"The {'hourly' if every == 'hour' else 'daily'} metrics of {service.name}: {len(ids)} of them, "
        "any part of which may run.",
    )
    def metrics_of_service(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        assets, checks = set(context.selected_asset_keys), set(context.selected_asset_check_keys)
        selected = [key.path[-1] for key in assets]
        with failing_clearly():
            if selected:
                run = compute(service, every, selected, ticks_of_run(context, every), context)
            else:
                # Only checks were asked for: they look at what is recorded.
                run = MetricRun(open_registry(service), {check.asset_key.path[-1] for check in checks}, {}, None)
            yield from run.materializations(context, checks) if selected else run.all_check_results(checks)

    return metrics_of_service


def _spec(metrics: ServiceMetrics, file: MetricFile) -> dg.AssetSpec:
    service, header = metrics.service, file.header
    placed = _placed(service, file.metric_id)
    owner = metrics.owners.get(file.metric_id)
    shown = shown_owner(owner)
    tags = {"heartbeat/code": header.code, **dict.fromkeys(header.tags, ""), **shown.pop("tags", {})}
    return dg.AssetSpec(
        **{**placed, **shown, "tags": placed["tags"] | tags},
        deps=[asset_key(service, source_asset_name(service, source)) for source in header.sources],
        description=f"**{header.name}**, {header.period}. {header.description}\n\n**How to read it.** "
        f"{header.how_to_read}",
        code_version=file.sql_hash,
        metadata=metric_metadata.of_metric_file(service, file) | ({"owner": owner} if owner else {}),
    )


def _broken_spec(service: Service, metric_id: str, problem: SpecProblem) -> dg.AssetSpec:
    return dg.AssetSpec(
        **_placed(service, metric_id),
        description=f"**Its file has a mistake**, so it has no value. {'; '.join(problem.problems)}",
        metadata={"file": dg.MetadataValue.path(problem.file), **metric_metadata.cockpit_link(service, metric_id)},
    )


def _placed(service: Service, metric_id: str) -> dict[str, Any]:
    """Where the asset is. Its owner is the metric's own, not the service's: nobody may seem to stand behind it."""
    return {**about(service, metric_id, _KINDS), "owners": None}
