"""The metrics in the ledger as their callers see them: events, state, values, benchmarks.

Every method is one or more short transactions of its own. It must not know what a threshold means, or decide
whether a change is wise: it records who changed what, and the database refuses what is not theirs to change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from heartbeat_assets.ledger import engine
from heartbeat_assets.ledger import metric_queries as queries
from heartbeat_assets.ledger.location import Location
from heartbeat_assets.ledger.metric_appending import (
    append_changes,
    append_new_benchmarks,
    append_new_values,
    current_of,
)
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
from heartbeat_assets.ledger.metric_rows import (
    benchmark_of,
    check_metric_id,
    event_of,
    state_of,
    values_of,
    whole_seconds,
)
from heartbeat_assets.ledger.metric_verify import verify_events
from heartbeat_assets.ledger.records import Verification

_BY_METRIC_TICK_REVISION = itemgetter(0, 1, 9)


class MetricStore:
    """The metrics of an open ledger: `open_ledger(url).metrics`. Every method raises LedgerError when the
    database cannot do its part, or refuses to.
    """

    def __init__(self, location: Location) -> None:
        self._location = location

    def append_events(
        self, metric_id: str, events: Sequence[NewMetricEvent], actor: Actor, *, if_place: int | None = None
    ) -> list[MetricEvent]:
        """Records the `events` that change something, all or none, and returns them as recorded.

        With `if_place` only when the newest event of the metric has that place, 0 meaning that there is none;
        else raises StaleMetric, which carries what the metric is now.
        """
        check_metric_id(metric_id)
        with engine.writing_metrics(self._location) as connection:
            current = current_of(connection, [metric_id])
            place = current[metric_id].place
            if if_place is not None and if_place != place:
                raise StaleMetric(
                    f"metric {metric_id!r} was changed meanwhile: its newest change has place {place}, not "
                    f"{if_place}; look at it again before you change it",
                    _state(connection, metric_id),
                )
            rows = append_changes(connection, {metric_id: events}, current, actor)
        return [event_of(row) for row in rows]

    def append_events_of_many(self, events: Mapping[str, Sequence[NewMetricEvent]], actor: Actor) -> int:
        """Records the events of many metrics that change something, all or none; returns how many."""
        for metric_id in events:
            check_metric_id(metric_id)
        with engine.writing_metrics(self._location) as connection:
            return len(append_changes(connection, events, current_of(connection, list(events)), actor))

    def events(self, metric_id: str) -> list[MetricEvent]:
        """Returns every event of the metric, oldest first."""
        return [event_of(row) for row in self._records(queries.EVENTS, of_metric=metric_id)]

    def events_after(self, seq: int, limit: int = 1000) -> list[MetricEvent]:
        """Returns the first `limit` events of all metrics after number `seq`, in the order of their recording."""
        return [event_of(row) for row in self._records(queries.EVENTS_AFTER, after_seq=seq, count=limit)]

    def row(self, metric_id: str) -> MetricRow | None:
        """Returns what the metric is now, None when it has no events."""
        with engine.reading(self._location) as connection:
            return _state(connection, metric_id)

    def rows(self) -> dict[str, MetricRow]:
        """Returns what every metric is now by its id, retired ones too."""
        return {row["metric_id"]: state_of(row) for row in self._records(queries.STATES)}

    def verify_metric(self, metric_id: str) -> Verification:
        """Walks the chain of the metric's events and recomputes every hash, place and former value."""
        return verify_events(metric_id, self._records(queries.EVENTS, of_metric=metric_id))

    def append_values(self, values: Sequence[NewValue]) -> int:
        """Records the values that are new, all or none, and returns how many.

        A tick that has a value gets another revision only when the SQL is another, or when there was no data
        and now there is: a retry changes nothing.
        """
        for metric_id in {value.metric_id for value in values}:
            check_metric_id(metric_id)
        with engine.writing_metrics(self._location) as connection:
            return append_new_values(connection, values)

    def values(
        self,
        metric_id: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> list[MetricValue]:
        """Returns the metric's values from `since` to `until`, both included, oldest first and the newest
        revision of each tick; with `limit` the newest so many of them.
        """
        if limit is not None and limit < 1:
            return []
        first = queries.FIRST_TICK if since is None else whole_seconds(since, up=True)
        last = queries.LAST_TICK if until is None else whole_seconds(until, up=False)
        with engine.reading(self._location) as connection:
            if limit is not None:
                nth = {"of_metric": metric_id, "until": last, "skip": limit - 1}
                first = max(first, connection.scalar(queries.NTH_TICK, nth) or first)
            found = connection.execute(queries.VALUES, {"of_metric": metric_id, "since": first, "until": last})
            return _newest_revisions(found.all()).get(metric_id, [])

    def newest_values(self, count: int = 1) -> dict[str, list[MetricValue]]:
        """Returns for every metric with values those of its newest `count` ticks, oldest first."""
        if count < 1:
            return {}
        with engine.reading(self._location) as connection:
            found = connection.execute(queries.NEWEST_VALUES[connection.dialect.name], {"skip": count - 1})
            return _newest_revisions(sorted(found.all(), key=_BY_METRIC_TICK_REVISION))

    def values_after(self, seq: int, limit: int = 5000) -> list[MetricValue]:
        """Returns the first `limit` values of all metrics after number `seq`, in the order of their recording."""
        return list(values_of(self._rows(queries.VALUES_AFTER, after_seq=seq, count=limit)))

    def append_benchmarks(self, benchmarks: Sequence[NewBenchmark]) -> None:
        """Records `benchmarks`, all or none."""
        for benchmark in benchmarks:
            check_metric_id(benchmark.metric_id)
        with engine.writing_metrics(self._location) as connection:
            append_new_benchmarks(connection, benchmarks)

    def newest_benchmarks(self) -> dict[str, Benchmark]:
        """Returns the newest benchmark of every metric that has one."""
        return {row["metric_id"]: benchmark_of(row) for row in self._records(queries.NEWEST_BENCHMARKS)}

    def benchmarks(self, metric_id: str) -> list[Benchmark]:
        """Returns every benchmark of the metric, oldest first."""
        return [benchmark_of(row) for row in self._records(queries.BENCHMARKS, of_metric=metric_id)]

    def marks(self) -> tuple[int, int, int]:
        """Returns the newest number of the values, the events and the benchmarks: cheap, and another whenever
        anything was recorded.
        """
        with engine.reading(self._location) as connection:
            values, events, benchmarks = connection.execute(queries.MARKS).one()
        return values, events, benchmarks

    def _rows(self, query: sa.Executable, **parameters: str | int) -> list[sa.Row[Any]]:
        with engine.reading(self._location) as connection:
            return list(connection.execute(query, parameters).all())

    def _records(self, query: sa.Executable, **parameters: str | int) -> list[dict[str, Any]]:
        return [dict(row._mapping) for row in self._rows(query, **parameters)]


def _state(connection: sa.Connection, metric_id: str) -> MetricRow | None:
    row = connection.execute(queries.STATE, {"of_metric": metric_id}).first()
    return None if row is None else state_of(dict(row._mapping))


def _newest_revisions(rows: Sequence[sa.Row[Any]]) -> dict[str, list[MetricValue]]:
    """Sorts `rows`, which come in order of metric, tick and revision, by metric, and keeps the last of a tick."""
    metrics: dict[str, list[MetricValue]] = {}
    for value in values_of(rows):
        values = metrics.setdefault(value.metric_id, [])
        # The first revision has none before it, whatever its tick.
        if value.revision > 1 and values and values[-1].tick == value.tick:
            values.pop()
        values.append(value)
    return metrics
