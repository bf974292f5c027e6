"""Between the records of metrics and table rows: what a new row holds, and what a stored row says.

It checks what the database cannot: time zones and names. It must not run a query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row

from heartbeat_assets.ledger.chain import event_hash
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
)
from heartbeat_assets.ledger.schema import given_text, stored_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)
_NAME_LETTERS = 200


def check_metric_id(metric_id: str) -> None:
    """Raises LedgerError when `metric_id` cannot name a metric."""
    if not metric_id.strip() or stored_text(metric_id) != metric_id or len(metric_id) > _NAME_LETTERS:
        raise LedgerError(f"{metric_id!r} cannot name a metric: use 1 to {_NAME_LETTERS} letters without NUL")


def check_said(actor: Actor, event: NewMetricEvent) -> None:
    """Raises LedgerError when an event does not say who made it, or why."""
    if not actor.name.strip():
        raise LedgerError(f"a change of {event.field} has no actor: say who makes it")
    if not event.reason.strip():
        raise LedgerError(f"a change of {event.field} has no reason: say why it is made")


def event_row(
    metric_id: str, event: NewMetricEvent, actor: Actor, before: str | None, links: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns the row that records `event`, its hash included. `links` are seq, place, previous_hash and
    at.
    """
    signed: dict[str, Any] = {
        **links,
        "metric_id": metric_id,
        "field": event.field,
        "before": before,
        "after": event.after,
        "actor": actor.name,
        "actor_kind": actor.kind,
        "via": actor.via,
        "reason": event.reason,
    }
    return {**signed, "entry_hash": event_hash(**signed)}


def event_of(row: Mapping[str, Any]) -> MetricEvent:
    """Returns the event that a row holds, made by `event_row` or read from the table."""
    try:
        return MetricEvent(**{**row, "at": datetime.fromisoformat(row["at"])})
    except (TypeError, ValueError) as error:
        raise LedgerError(
            f"event {row['place']} of metric {row['metric_id']!r} cannot be read ({error}): it was tampered with"
        ) from error


def state_of(row: Mapping[str, Any]) -> MetricRow:
    """Returns the state that a row of the view metric_state holds."""
    try:
        return MetricRow(**{**row, "changed_at": datetime.fromisoformat(row["changed_at"])})
    except (TypeError, ValueError) as error:
        raise LedgerError(
            f"the state of metric {row['metric_id']!r} cannot be read ({error}): its events were tampered with"
        ) from error


def value_row(value: NewValue) -> dict[str, Any]:
    """Returns the row that records `value`, but for its seq and revision."""
    what = f"a value of metric {value.metric_id!r}"
    if value.tick.microsecond:
        raise LedgerError(f"{what}: its tick {value.tick} is not a whole second")
    return {
        "metric_id": value.metric_id,
        "tick": _since_1970(what, value.tick, _SECOND),
        "value": None if value.value is None else float(value.value),
        "status": value.status,
        "computed_at": _since_1970(what, value.computed_at, _MICROSECOND),
        "source_as_of": None if value.source_as_of is None else _since_1970(what, value.source_as_of, _MICROSECOND),
        "sql_hash": value.sql_hash,
        "error": None if value.error is None else stored_text(value.error),
    }


def values_of(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[MetricValue]:
    """Yields the value that each row holds, its columns in the order of the fields of MetricValue."""
    # Thousands of values share their times, and making one costs more than the rest of the row.
    times: dict[int | None, Any] = {None: None}
    for metric_id, tick, value, status, computed_at, source_as_of, sql_hash, error, seq, revision in rows:
        ticked_at = tick * 1_000_000
        for time in (ticked_at, computed_at, source_as_of):
            if time not in times:
                times[time] = _from_1970(time)
        yield MetricValue(
            metric_id,
            times[ticked_at],
            value,
            status,
            times[computed_at],
            times[source_as_of],
            sql_hash,
            None if error is None else given_text(error),
            seq,
            revision,
        )


def benchmark_row(benchmark: NewBenchmark, seq: int) -> dict[str, Any]:
    """Returns the row that records `benchmark`."""
    what = f"a benchmark of metric {benchmark.metric_id!r}"
    first, last = benchmark.first_tick, benchmark.last_tick
    return {
        "metric_id": benchmark.metric_id,
        "seq": seq,
        "computed_at": _since_1970(what, benchmark.computed_at, _MICROSECOND),
        "window_days": benchmark.window_days,
        "count": benchmark.count,
        "mean": benchmark.mean,
        "stddev": benchmark.stddev,
        "median": benchmark.median,
        "mad": benchmark.mad,
        "first_tick": None if first is None else _since_1970(what, first, _SECOND),
        "last_tick": None if last is None else _since_1970(what, last, _SECOND),
    }


def benchmark_of(row: Mapping[str, Any]) -> Benchmark:
    """Returns the benchmark that a row holds."""
    first, last = row["first_tick"], row["last_tick"]
    times = {
        "computed_at": _from_1970(row["computed_at"]),
        "first_tick": None if first is None else _from_1970(first * 1_000_000),
        "last_tick": None if last is None else _from_1970(last * 1_000_000),
    }
    return Benchmark(**{**row, **times})


def whole_seconds(instant: datetime, *, up: bool) -> int:
    """Returns the whole second since 1970 next to `instant`: not before it when `up`, else not after it."""
    microseconds = _since_1970("the range of values", instant, _MICROSECOND)
    return -(-microseconds // 1_000_000) if up else microseconds // 1_000_000


def _since_1970(what: str, instant: datetime, unit: timedelta) -> int:
    if instant.tzinfo is None:
        raise LedgerError(f"{what}: {instant} has no time zone; hand in times in UTC")
    return (instant - _EPOCH) // unit


def _from_1970(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
