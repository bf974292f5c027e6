"""The KPI events in the ledger as their callers see them: append, and read the newest or those of a time.

Every method is one short transaction of its own, but for `append_within`. It must not judge an event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from heartbeat_assets.ledger import engine
from heartbeat_assets.ledger import kpi_queries as queries
from heartbeat_assets.ledger.errors import LedgerError, explained
from heartbeat_assets.ledger.kpi_bulk import bulk_rows
from heartbeat_assets.ledger.kpi_records import KpiEvent, KpiEventRefused, KpiSeries, NewKpiEvent, domain_of, metric_of
from heartbeat_assets.ledger.kpi_rows import instant_at, kpi_events_of, kpi_row, microseconds_of
from heartbeat_assets.ledger.location import Location

_BATCH = 2000
MOST = 2**62


class EventStore:
    """The KPI events of an open ledger: `open_ledger(url).events`. Every method raises LedgerError when the
    database cannot do its part, or refuses to.
    """

    def __init__(self, location: Location) -> None:
        self._location = location

    def append(self, events: Sequence[NewKpiEvent], *, recorded_by: str | None = None) -> int:
        """Records `events` in one transaction, all or none, and returns how many. When it returns, they are on
        disk. Raises KpiEventRefused when one of them will never be taken.
        """
        return self._append(events, recorded_by, only_newer=False)

    def append_newer(self, events: Sequence[NewKpiEvent], *, recorded_by: str | None = None) -> int:
        """The same for those of `events` that are newer than what their series has. Two that do this at once come one
        after the other, so that the second records nothing twice.
        """
        return self._append(events, recorded_by, only_newer=True)

    def append_within(self, connection: sa.Connection, events: Sequence[NewKpiEvent]) -> int:
        """Records `events` as a part of the transaction of `connection`, somebody else's to this database."""
        with explained(self._location):
            _insert(connection, events, None)
        return len(events)

    def newest(self, domain: str, metric: str, count: int, *, until: datetime | None = None) -> list[KpiEvent]:
        """Returns the newest `count` events of a series by their time, oldest first; with `until` the newest
        before it.
        """
        before = queries.LAST if until is None else microseconds_of("until", until)
        found = self._rows(queries.NEWEST, domain, metric, until=before, count=max(count, 0))
        return list(kpi_events_of(reversed(found)))

    def between(
        self,
        domain: str,
        metric: str,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        limit: int | None = None,
    ) -> list[KpiEvent]:
        """Returns the events of a series from `since` on and before `until`, oldest first; with `limit` the
        oldest so many.
        """
        first = queries.FIRST if since is None else microseconds_of("since", since)
        last = queries.LAST if until is None else microseconds_of("until", until)
        count = MOST if limit is None else max(limit, 0)
        return list(kpi_events_of(self._rows(queries.BETWEEN, domain, metric, since=first, until=last, count=count)))

    def bulk(self, domain: str, metric: str | None = None, *, null: str) -> Iterator[Sequence[Any]]:
        """Yields every event of a series, or of a whole domain, as a bare row of BULK_COLUMNS, by metric and time;
        `null` stands where there is no value. For a program that counts millions of them itself.
        """
        return bulk_rows(self._location, domain_of(domain), None if metric is None else metric_of(metric), null)

    def series(self) -> list[KpiSeries]:
        """Returns every domain and metric with events, sorted; costs two look-ups for each."""
        with engine.reading(self._location) as connection:
            return list(_walk(connection))

    def mark(self) -> int:
        """Returns the newest number: cheap, and another once anything was recorded. On PostgreSQL an event with
        a smaller number may yet come, from a transaction that is still open.
        """
        with engine.reading(self._location) as connection:
            return int(connection.scalar(queries.MARK) or 0)

    def _append(self, events: Sequence[NewKpiEvent], recorded_by: str | None, *, only_newer: bool) -> int:
        if not events:
            return 0
        try:
            with engine.writing_events(self._location) as connection:
                if only_newer:
                    engine.lock_exclusively(connection, "newer events")
                    newest = {(one.domain, one.metric): one.last_at for one in _walk(connection)}
                    events = [event for event in events if _is_newer(event, newest.get((event.domain, event.metric)))]
                _insert(connection, events, recorded_by)
        except LedgerError as error:
            if isinstance(error.__cause__, exc.IntegrityError | exc.DataError):
                raise KpiEventRefused(str(error)) from error.__cause__
            raise
        return len(events)

    def _rows(self, query: sa.Executable, domain: str, metric: str, **parameters: int) -> list[sa.Row[Any]]:
        wanted = {"of_domain": domain_of(domain), "of_metric": metric_of(metric)}
        with engine.reading(self._location) as connection:
            return list(connection.execute(query, wanted | parameters).all())


def _insert(connection: sa.Connection, events: Sequence[NewKpiEvent], recorded_by: str | None) -> None:
    many = connection.dialect.name == "postgresql"
    for start in range(0, len(events), _BATCH):
        rows = [kpi_row(event, recorded_by) for event in events[start : start + _BATCH]]
        if many:
            connection.execute(queries.INSERT_MANY, {name: [row[name] for row in rows] for name in queries.COLUMNS})
        else:
            connection.execute(queries.INSERT_ONE, rows)


def _is_newer(event: NewKpiEvent, newest: datetime | None) -> bool:
    return event.at is None or newest is None or event.at > newest


def _walk(connection: sa.Connection) -> Iterator[KpiSeries]:
    after = {"of_domain": "", "of_metric": ""}
    while (found := connection.execute(queries.NEXT_SERIES, after).first()) is not None:
        after = {"of_domain": found[0], "of_metric": found[1]}
        first, last = connection.execute(queries.ENDS, after).one()
        yield KpiSeries(found[0], found[1], instant_at(first), instant_at(last))
