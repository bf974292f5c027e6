"""The append-only store of heartbeats and of metrics: many processes write and read it at once, nothing is lost.

SQLite by default, PostgreSQL by URL, with the same code, migrations and guards. The only room that knows
SQLAlchemy. It must not know what a digest, a KPI, a verdict or a threshold is, and must not import any other
room.
"""

from heartbeat_assets.ledger.errors import LedgerError
from heartbeat_assets.ledger.metric_records import (
    Actor,
    Benchmark,
    MetricEvent,
    MetricRow,
    MetricValue,
    NewBenchmark,
    NewMetricEvent,
    NewValue,
    StaleMetric,
)
from heartbeat_assets.ledger.metric_store import MetricStore
from heartbeat_assets.ledger.opening import open_ledger
from heartbeat_assets.ledger.records import AppendResult, Entry, ImportResult, NewEntry, Verification
from heartbeat_assets.ledger.store import Ledger

__all__ = [
    "Actor",
    "AppendResult",
    "Benchmark",
    "Entry",
    "ImportResult",
    "Ledger",
    "LedgerError",
    "MetricEvent",
    "MetricRow",
    "MetricStore",
    "MetricValue",
    "NewBenchmark",
    "NewEntry",
    "NewMetricEvent",
    "NewValue",
    "StaleMetric",
    "Verification",
    "open_ledger",
]
