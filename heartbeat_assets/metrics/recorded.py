"""What is recorded of a metric already, so that a retry or a backfill computes only what is missing. It only reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from heartbeat_assets.ledger import MetricStore
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.thresholds import Status


def recorded_ticks(store: MetricStore, file: MetricFile, ticks: Sequence[datetime]) -> dict[datetime, Status]:
    """The status of each of `ticks` (in order) that has a value computed by the query as it is now.

    A tick without data is not among them: it is tried again, and a value then supersedes it.
    """
    values = store.values(file.metric_id, since=ticks[0], until=ticks[-1])
    return {value.tick: value.status for value in values if value.value is not None and value.sql_hash == file.sql_hash}
