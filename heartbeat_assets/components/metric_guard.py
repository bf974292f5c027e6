"""For assets of your own that rely on metrics: they ask here before they do anything, in whatever run they are.

In the same run a blocking check holds them already; in another one only the ledger knows. It must not judge;
`metrics.holding` does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import dagster as dg

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.ledger import LedgerError, open_ledger
from heartbeat_assets.metrics.catalog import load_catalog
from heartbeat_assets.metrics.holding import Hold, held_sentence, holds_now
from heartbeat_assets.settings import Settings, load_settings


def metrics_holding(metrics: Collection[str], *, settings: Settings | None = None) -> list[Hold]:
    """The checks of the metrics called so that fail at ERROR at this moment; empty when all may be relied on.

    Only a verified metric with an owner can hold anything. `settings` are the project's, looked for from the working
    directory when left out. Raises HeartbeatError for an id that is no metric, LedgerError when nobody can tell.
    """
    if isinstance(metrics, str):
        metrics = [metrics]
    settings = settings or load_settings()
    store = open_ledger(settings.ledger_url).metrics
    return holds_now(load_catalog(settings), store, metrics, datetime.now(UTC))


def metrics_allow(metrics: Collection[str], *, settings: Settings | None = None) -> bool:
    """Whether all the metrics called so may be relied on at this moment. Raises as `metrics_holding` does."""
    return not metrics_holding(metrics, settings=settings)


def require_metrics(metrics: Collection[str], *, settings: Settings | None = None) -> None:
    """Fails the step when one of the metrics called so must not be relied on: call it first in an asset.

    The failure says which metric it is, whose, and since when; it is not retried.
    """
    try:
        holds = metrics_holding(metrics, settings=settings)
    except (HeartbeatError, LedgerError) as problem:
        raise dg.Failure(str(problem), allow_retries=False) from problem
    if holds:
        raise dg.Failure(held_sentence(holds), allow_retries=False)
