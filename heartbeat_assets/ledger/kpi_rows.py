"""Between KPI events and table rows: what a new row holds, and what a stored row says. It must not run a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from heartbeat_assets.ledger.errors import LedgerError
from heartbeat_assets.ledger.kpi_records import KpiEvent, NewKpiEvent
from heartbeat_assets.ledger.schema import given_text, stored_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def kpi_row(event: NewKpiEvent, recorded_by: str | None) -> dict[str, Any]:
    """Returns the row that records `event`, but for its number."""
    assert event.at is not None
    return {
        "domain": event.domain,
        "metric": event.metric,
        "success": None if event.success is None else int(event.success),
        "value": event.value,
        "duration_ms": event.duration_ms,
        "actor": None if event.actor is None else stored_text(event.actor),
        "correlation_id": None if event.correlation_id is None else stored_text(event.correlation_id),
        "detail": None if event.detail is None else stored_text(event.detail),
        "at": (event.at - _EPOCH) // _MICROSECOND,
        "recorded_by": None if recorded_by is None else stored_text(recorded_by),
    }


def kpi_events_of(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[KpiEvent]:
    """Yields the event that each row holds, its columns in the order of the fields of KpiEvent."""
    for seq, domain, metric, success, value, duration_ms, actor, correlation_id, detail, at, recorded_by in rows:
        yield KpiEvent(
            seq,
            domain,
            metric,
            None if success is None else bool(success),
            value,
            duration_ms,
            None if actor is None else given_text(actor),
            None if correlation_id is None else given_text(correlation_id),
            None if detail is None else given_text(detail),
            instant_at(at),
            None if recorded_by is None else given_text(recorded_by),
        )


def instant_at(microseconds: int) -> datetime:
    """The instant so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def microseconds_of(name: str, instant: datetime) -> int:
    """The microseconds from 1970 to `instant`. Raises LedgerError for a time without zone."""
    if instant.tzinfo is None:
        raise LedgerError(f"{name}: {instant} has no time zone; hand in times in UTC")
    return (instant - _EPOCH) // _MICROSECOND
