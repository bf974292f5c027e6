"""The asset `registry` of a service: the ledger brought in line with the files, and first values at once.

A mistake in a file fails the check and not the step: it is that file's alone. It must not change thresholds, owners or
verifications; nothing that a program does may.
"""

from datetime import UTC, datetime

import dagster as dg

from heartbeat_assets.components import metric_metadata
from heartbeat_assets.components.asset_basics import AssetOwner, about, asset_key, failing_clearly
from heartbeat_assets.components.metric_run import DAGSTER, Registry, open_registry
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.ledger import NewValue
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.registry import SyncReport, sync
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.welcome import welcome
from heartbeat_assets.metrics.wording import instant_words, number_words

REGISTRY, FILES_READABLE = "registry", "files_readable"


def ledger_kind(owner: AssetOwner) -> str:
    """Where the ledger is, as Dagster shows it."""
    return "postgres" if owner.settings.ledger_url.startswith("postgres") else "sqlite"


def registry_asset(service: Service) -> dg.AssetsDefinition:
    """The registry, whose check `files_readable` warns while a file has a mistake."""
    key = asset_key(service, REGISTRY)

    @dg.asset(
        **about(service, REGISTRY, {ledger_kind(service)}),
        check_specs=[
            dg.AssetCheckSpec(
                FILES_READABLE,
                asset=key,
                description="Every file in `metrics` is a metric that is registered. Warns, never blocks.",
            )
        ],
        description=f"Which metrics {service.name} has: files registered, retired, and unverified when their query "
        "changed. A new file gets its first value and its benchmark at once.",
    )
    def registry_of_service(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with failing_clearly():
            registry, now = open_registry(service), datetime.now(UTC)
            report = sync(registry.catalog, registry.store, actor=DAGSTER, now=now)
            first = _first_values(registry, now, context)
        problems = _problems(registry, report)
        return dg.MaterializeResult(
            metadata=metric_metadata.of_sync(report, first, problems), check_results=[_readable(problems)]
        )

    return registry_of_service


def _first_values(registry: Registry, now: datetime, context: dg.AssetExecutionContext) -> dict[str, str]:
    """Values of the metrics that have none by their present query, in words; whoever it was that registered them."""
    rows, newest = registry.store.rows(), registry.store.newest_values()
    waiting = []
    for file in registry.catalog.of_service(registry.service.name):
        row, values = rows.get(file.metric_id), newest.get(file.metric_id)
        registered = row is not None and row.registration == "registered"
        if registered and (not values or values[-1].sql_hash != file.sql_hash):
            waiting.append(file)
    if not waiting:
        return {}
    ids = {file.metric_id for file in waiting}
    found = welcome(registry.catalog, registry.store, ids, DAGSTER, now, progress=context.log.info)
    return {file.metric_id: _in_words(file, found.values.get(file.metric_id)) for file in waiting}


def _in_words(file: MetricFile, value: NewValue | None) -> str:
    if value is None:
        return "no value yet"
    if value.value is None:
        return f"no data: {value.error or 'its query found nothing to measure'}"
    return f"{number_words(value.value, file.header.unit)} at {instant_words(value.tick)}, {value.status}"


def _problems(registry: Registry, report: SyncReport) -> list[SpecProblem]:
    """What is wrong with files of this service, and why some were refused; those of others are told there."""
    folder = f"{registry.service.metrics_folder}"
    found = {str(one): one for one in (*registry.catalog.problems, *report.refused)}
    return [one for one in found.values() if one.file.startswith(folder)]


def _readable(problems: list[SpecProblem]) -> dg.AssetCheckResult:
    said = "\n".join(str(problem) for problem in problems)
    return dg.AssetCheckResult(
        check_name=FILES_READABLE,
        passed=not problems,
        severity=dg.AssetCheckSeverity.WARN,
        description=said or "Every file is a metric.",
        metadata={"mistakes": len(problems)},
    )
