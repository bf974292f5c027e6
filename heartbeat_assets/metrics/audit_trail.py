"""Proof that the audit trails of metrics are unbroken: every event carries the hash of the one before it.

It must not change anything, nor trust what the database promises; the ledger recomputes each hash.
"""

from __future__ import annotations

from heartbeat_assets.ledger import MetricStore, open_ledger
from heartbeat_assets.metrics.document import Document
from heartbeat_assets.settings import Settings


def verify_trail(settings: Settings, metric_id: str, noted_head: str | None = None) -> Document | None:
    """What is found of the metric's events, None when it has none. `noted_head` is a hash that must be among theirs."""
    store = open_ledger(settings.ledger_url).metrics
    if store.row(metric_id) is None:
        return None
    report = _report(store, metric_id)
    if noted_head is None or not report["unbroken"]:
        return report
    if noted_head in (event.entry_hash for event in store.events(metric_id)):
        return report
    reason = f"no event has the hash {noted_head}: events are missing at the end, or the hash is another metric's"
    return {**report, "unbroken": False, "broken_at": report["entries"] + 1, "reason": reason}


def audit_trails(settings: Settings) -> list[str]:
    """The ids of all metrics that have one, retired ones too."""
    return sorted(open_ledger(settings.ledger_url).metrics.rows())


def verify_trails(settings: Settings) -> list[Document]:
    """What is found of every metric."""
    store = open_ledger(settings.ledger_url).metrics
    return [_report(store, metric_id) for metric_id in audit_trails(settings)]


def _report(store: MetricStore, metric_id: str) -> Document:
    found = store.verify_metric(metric_id)
    return {
        "metric_id": metric_id,
        "unbroken": found.unbroken,
        "entries": found.entries,
        "head_hash": found.head_hash,
        "broken_at": found.broken_at,
        "reason": found.reason,
    }
