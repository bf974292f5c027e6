"""The append-only store of heartbeats, metrics, KPI events and decisions: many processes use it, nothing is lost.

SQLite by default, PostgreSQL by URL, with the same code, migrations and guards. The only room that knows
SQLAlchemy. It must not know what a digest, a KPI, a verdict or a threshold is, and must not import any other
room.
"""

from heartbeat_assets.ledger.errors import LedgerError, NoLedger
from heartbeat_assets.ledger.journal_records import JournalEvent, JournalRefused, NewJournalEvent, StaleSubject
from heartbeat_assets.ledger.journal_store import Journal, again_when_stale
from heartbeat_assets.ledger.kpi_records import KpiEvent, KpiEventRefused, KpiSeries, NewKpiEvent, WrongKpiEvent
from heartbeat_assets.ledger.kpi_store import EventStore
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
from heartbeat_assets.ledger.opening import existing_ledger, ledger_at, open_ledger
from heartbeat_assets.ledger.records import AppendResult, Entry, ImportResult, NewEntry, Verification
from heartbeat_assets.ledger.store import Ledger

__all__ = [
    "Actor",
    "AppendResult",
    "Benchmark",
    "Entry",
    "EventStore",
    "ImportResult",
    "Journal",
    "JournalEvent",
    "JournalRefused",
    "KpiEvent",
    "KpiEventRefused",
    "KpiSeries",
    "Ledger",
    "LedgerError",
    "MetricEvent",
    "MetricRow",
    "MetricStore",
    "MetricValue",
    "NewBenchmark",
    "NewEntry",
    "NewJournalEvent",
    "NewKpiEvent",
    "NewMetricEvent",
    "NewValue",
    "NoLedger",
    "StaleMetric",
    "StaleSubject",
    "Verification",
    "WrongKpiEvent",
    "again_when_stale",
    "existing_ledger",
    "ledger_at",
    "open_ledger",
]
