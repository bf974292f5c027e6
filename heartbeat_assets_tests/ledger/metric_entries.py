"""Metrics for tests: who changes them, their events, values and benchmarks, and their rows in raw SQL."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from heartbeat_assets.ledger import Actor, Ledger, MetricEvent, NewBenchmark, NewMetricEvent, NewValue
from heartbeat_assets.ledger.chain import event_hash

PERSON = Actor("ada@example.com", "person", "cli")
PROGRAM = Actor("registry", "program", "dagster")

START = datetime(2026, 2, 23, tzinfo=UTC)
HASH = "a" * 64

EVENT_COLUMNS = (
    "metric_id, place, seq, field, before, after, actor, actor_kind, via, reason, at, previous_hash, entry_hash"
)
VALUE_COLUMNS = "metric_id, tick, revision, seq, value, status, computed_at, source_as_of, sql_hash, error"
BENCHMARK_COLUMNS = "metric_id, seq, computed_at, window_days, count, mean, stddev, median, mad, first_tick, last_tick"


def insert(table: str, columns: str) -> str:
    """The statement that inserts one row as it is."""
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join(':' + name for name in columns.split(', '))})"


INSERT_EVENT = insert("metric_event", EVENT_COLUMNS)
INSERT_VALUE = insert("metric_value", VALUE_COLUMNS)
INSERT_BENCHMARK = insert("metric_benchmark", BENCHMARK_COLUMNS)


def change(field: str, after: str | None, reason: str = "because") -> NewMetricEvent:
    """The change of one field."""
    return NewMetricEvent(field, after, reason)


def registration(**fields: str) -> list[NewMetricEvent]:
    """What registers a metric, with the fields that come with it."""
    return [change("registration", "registered"), *(change(field, after) for field, after in fields.items())]


def register(ledger: Ledger, *metric_ids: str, **fields: str) -> None:
    """Registers metrics as the program does, with a service and whatever else is given."""
    events = registration(**{"service": "app", **fields})
    ledger.metrics.append_events_of_many(dict.fromkeys(metric_ids, events), PROGRAM)


def edit(ledger: Ledger, metric_id: str, field: str, after: str | None) -> Sequence[MetricEvent]:
    """A person changes one field."""
    return ledger.metrics.append_events(metric_id, [change(field, after)], PERSON)


def hour(number: int) -> datetime:
    """The tick of an hour."""
    return START + timedelta(hours=number)


def value(metric_id: str, number: int, measured: float | None = 1.5, **fields: Any) -> NewValue:
    """The value of an hour, green, or no data when nothing was measured."""
    given: dict[str, Any] = {
        "metric_id": metric_id,
        "tick": hour(number),
        "value": measured,
        "status": "no_data" if measured is None else "green",
        "computed_at": hour(number) + timedelta(minutes=17, microseconds=3),
        "source_as_of": hour(number) - timedelta(minutes=1),
        "sql_hash": HASH,
        "error": None,
    }
    return NewValue(**{**given, **fields})


def benchmark(metric_id: str, **fields: Any) -> NewBenchmark:
    """A benchmark of two values."""
    given: dict[str, Any] = {
        "metric_id": metric_id,
        "computed_at": hour(48),
        "window_days": 30,
        "count": 2,
        "mean": 0.5,
        "stddev": 0.1,
        "median": 0.5,
        "mad": 0.05,
        "first_tick": hour(0),
        "last_tick": hour(1),
    }
    return NewBenchmark(**{**given, **fields})


def rows_of(raw: sa.Engine, table: str) -> list[dict[str, Any]]:
    """Every stored row of a table of the metrics, in the order of the recording."""
    with raw.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY seq"))]


def next_event(raw: sa.Engine, metric_id: str, **changes: Any) -> dict[str, Any]:
    """A row, hash and all, that the database accepts as the metric's next event, but for `changes`."""
    events = rows_of(raw, "metric_event")
    own = [event for event in events if event["metric_id"] == metric_id]
    row: dict[str, Any] = {
        "metric_id": metric_id,
        "place": len(own) + 1,
        "seq": len(events) + 1,
        "field": "owner",
        "after": "forger@example.com",
        "actor": PERSON.name,
        "actor_kind": "person",
        "via": "cli",
        "reason": "because",
        "at": "2026-02-23T14:31:05.000001+00:00",
        "previous_hash": own[-1]["entry_hash"] if own else "0" * 64,
        **changes,
    }
    now = [event["after"] for event in own if event["field"] == row["field"]]
    row.setdefault("before", now[-1] if now else None)
    return {"entry_hash": event_hash(**{name: row[name] for name in row if name != "entry_hash"}), **row}
