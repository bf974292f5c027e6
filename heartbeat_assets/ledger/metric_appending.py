"""Writing what belongs to metrics, inside a transaction that the caller began with the metrics' lock held.

It must not begin or commit anything itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from heartbeat_assets.ledger import metric_queries as queries
from heartbeat_assets.ledger.chain import GENESIS
from heartbeat_assets.ledger.metric_records import Actor, NewBenchmark, NewMetricEvent, NewValue
from heartbeat_assets.ledger.metric_rows import benchmark_row, check_said, event_row, value_row
from heartbeat_assets.ledger.rows import now_text

_BATCH = 1000

_Item = TypeVar("_Item")


class Current(NamedTuple):
    """What a metric's next event depends on: its newest place and hash, and what its fields have now."""

    place: int
    entry_hash: str
    fields: dict[str, str | None]


class _Recorded(NamedTuple):
    """The newest revision of a tick, as far as the next one depends on it."""

    revision: int
    status: str
    sql_hash: str


def current_of(connection: sa.Connection, metric_ids: Sequence[str]) -> dict[str, Current]:
    """Returns where each of the metrics stands; one without events is at place 0."""
    current = {metric_id: Current(0, GENESIS, {}) for metric_id in metric_ids}
    for batch in _batches(metric_ids):
        wanted = {"wanted": json.dumps(batch)}
        for metric_id, place, field, after, entry_hash in connection.execute(
            queries.CURRENT[connection.dialect.name], wanted
        ):
            known = current[metric_id]
            known.fields[field] = after
            if place > known.place:
                current[metric_id] = Current(place, entry_hash, known.fields)
    return current


def append_changes(
    connection: sa.Connection,
    changes: Mapping[str, Sequence[NewMetricEvent]],
    current: Mapping[str, Current],
    actor: Actor,
) -> list[dict[str, Any]]:
    """Writes those of `changes` that change something, and returns the rows written."""
    seq = connection.execute(queries.MARKS).one()[1]
    at = now_text()
    rows: list[dict[str, Any]] = []
    for metric_id, events in changes.items():
        place, previous_hash, fields = current[metric_id]
        fields = dict(fields)
        for event in events:
            check_said(actor, event)
            before = fields.get(event.field)
            if event.after == before:
                continue
            fields[event.field] = event.after
            seq, place = seq + 1, place + 1
            links = {"seq": seq, "place": place, "previous_hash": previous_hash, "at": at}
            rows.append(event_row(metric_id, event, actor, before, links))
            previous_hash = rows[-1]["entry_hash"]
    for batch in _batches(rows):
        connection.execute(queries.INSERT_EVENT, batch)
    return rows


def append_new_values(connection: sa.Connection, values: Sequence[NewValue]) -> int:
    """Writes those of `values` that are new, or better than what is recorded, and returns how many."""
    seq = first = connection.execute(queries.MARKS).one()[0]
    for batch in _batches(values):
        candidates = [value_row(value) for value in batch]
        recorded = _recorded(connection, candidates)
        rows: list[dict[str, Any]] = []
        for row in candidates:
            key = (row["metric_id"], row["tick"])
            before = recorded.get(key)
            if before is not None and not _is_better(row, before):
                continue
            seq += 1
            revision = 1 if before is None else before.revision + 1
            recorded[key] = _Recorded(revision, row["status"], row["sql_hash"])
            rows.append({**row, "seq": seq, "revision": revision})
        if rows:
            connection.execute(queries.INSERT_VALUE, rows)
    return int(seq - first)


def append_new_benchmarks(connection: sa.Connection, benchmarks: Sequence[NewBenchmark]) -> None:
    """Writes `benchmarks` in their order."""
    newest = connection.execute(queries.MARKS).one()[2]
    for batch in _batches([benchmark_row(benchmark, newest + n) for n, benchmark in enumerate(benchmarks, 1)]):
        connection.execute(queries.INSERT_BENCHMARK, batch)


def _recorded(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> dict[tuple[str, int], _Recorded]:
    wanted = {"wanted": json.dumps([(row["metric_id"], row["tick"]) for row in rows])}
    newest: dict[tuple[str, int], _Recorded] = {}
    for metric_id, tick, *rest in connection.execute(queries.RECORDED[connection.dialect.name], wanted):
        found = _Recorded(*rest)
        known = newest.setdefault((metric_id, tick), found)
        if found.revision > known.revision:
            newest[metric_id, tick] = found
    return newest


def _is_better(row: dict[str, Any], before: _Recorded) -> bool:
    """Tells whether a tick that is recorded gets another revision: never for a mere retry."""
    found_at_last = before.status == "no_data" and row["status"] != "no_data"
    return found_at_last or bool(row["sql_hash"] != before.sql_hash)


def _batches(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
