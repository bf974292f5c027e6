"""The asset `scorecard` of a service: what lies downstream of its metrics and is published.

In the same run the blocking checks hold it; in any other it asks the ledger itself, since a check of an earlier run
blocks nothing here. It must not judge; `metrics.holding` does.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from heartbeat_assets.components.asset_basics import about, asset_key, failing_clearly
from heartbeat_assets.components.metric_assets import ServiceMetrics
from heartbeat_assets.components.metric_run import open_registry
from heartbeat_assets.metrics.document import Document
from heartbeat_assets.metrics.holding import Hold, held_sentence, holds_now, metrics_of_service
from heartbeat_assets.metrics.scorecard import FILES, MARKS, publish_scorecard, published_at, scorecard_document
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.ticks import LENGTHS
from heartbeat_assets.metrics.wording import instant_words
from heartbeat_assets.releases import releasing

SCORECARD = "scorecard"
# The newest partition alone: what the scorecard shows. Over all of them, each run would list the whole history.
_NEWEST = dg.LastPartitionMapping()


def when_metrics_change() -> dg.AutomationCondition[Any]:
    """Materializes what lies downstream of metrics when they have new values, also in another run.

    It does not wait for blocking checks to pass, as a warning would hold it too: the asset asks the ledger. Nor for
    the newest partition of every metric: some have none yet at the full hour.
    """
    eager = dg.AutomationCondition.eager()
    return eager.without(~dg.AutomationCondition.any_deps_missing())


def scorecard_asset(metrics: ServiceMetrics) -> dg.AssetsDefinition:
    """The last known-good scorecard."""
    service = metrics.service
    ids = [name for every in LENGTHS for name in metrics.ids(every)]

    @dg.asset(
        **about(service, SCORECARD, {"json", "markdown"}),
        deps=[dg.AssetDep(asset_key(service, name), partition_mapping=_NEWEST) for name in ids],
        automation_condition=when_metrics_change(),
        description=f"The metrics of {service.name} as a page: values, statuses, who stands behind them. A verified "
        "metric that fails at ERROR leaves the one before in place.",
    )
    def scorecard_of_service() -> dg.MaterializeResult:
        with failing_clearly(), releasing(service.published):
            registry, now = open_registry(service), datetime.now(UTC)
            ids_now = set(metrics_of_service(registry.store, service.name))
            holds = holds_now(registry.catalog, registry.store, ids_now, now)
            if holds:
                raise dg.Failure(_held(service, holds), allow_retries=False)
            document = scorecard_document(registry.catalog, registry.service, registry.store, now)
            folder = publish_scorecard(registry.service, document)
        return dg.MaterializeResult(metadata=_about(folder, document))

    return scorecard_of_service


def _held(service: Service, holds: list[Hold]) -> str:
    """Which metrics hold it, whose they are and since when, and what stays published."""
    before = published_at(service)
    stays = f"The scorecard of {instant_words(before)} stays published." if before else "Nothing is published yet."
    return f"{held_sentence(holds)} {stays}"


def _about(folder: Path, document: Document) -> dict[str, Any]:
    return {
        "metrics": document["metrics_total"],
        "verified": document["verified"],
        **{status: document["statuses"][status] for status in MARKS},
        "folder": dg.MetadataValue.path(str(folder)),
        "scorecard": dg.MetadataValue.md((folder / FILES[1]).read_text(encoding="utf-8")),
    }
