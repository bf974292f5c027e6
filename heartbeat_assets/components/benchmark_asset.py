"""The asset `benchmark` of a service: what is normal for its metrics, worked out once a day.

Informational: nothing depends on it, least of all a threshold. It must not work anything out; `metrics.benchmark` does.
"""

from datetime import UTC, datetime

import dagster as dg

from heartbeat_assets.components import metric_metadata
from heartbeat_assets.components.asset_basics import about, failing_clearly
from heartbeat_assets.components.metric_run import open_registry
from heartbeat_assets.components.registry_asset import ledger_kind
from heartbeat_assets.metrics.benchmark import refresh_benchmarks
from heartbeat_assets.metrics.service import Service

BENCHMARK = "benchmark"


def benchmark_asset(service: Service) -> dg.AssetsDefinition:
    """The benchmarks, over each metric's own window."""

    @dg.asset(
        **about(service, BENCHMARK, {ledger_kind(service)}),
        description=f"What is normal for the metrics of {service.name}: mean ± standard deviation and median with MAD "
        "over a rolling window. Informational: thresholds are people's.",
    )
    def benchmark_of_service() -> dg.MaterializeResult:
        with failing_clearly():
            registry = open_registry(service)
            rows = registry.store.rows()
            files = {
                file.metric_id: file
                for file in registry.catalog.of_service(service.name)
                if file.metric_id in rows and rows[file.metric_id].registration == "registered"
            }
            found = refresh_benchmarks(files.values(), registry.store, datetime.now(UTC))
        return dg.MaterializeResult(metadata=metric_metadata.of_benchmarks(found, files))

    return benchmark_of_service
