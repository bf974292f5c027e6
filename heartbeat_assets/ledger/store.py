"""The ledger as its callers see it: append, import, read, verify.

Every method is one or more short transactions of its own, so a Ledger may be used from several threads and,
after a fork, in the child. It must not look inside a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from heartbeat_assets.ledger import engine, queries
from heartbeat_assets.ledger.appending import append_entry, head_of_lane, write_batches
from heartbeat_assets.ledger.journal_store import Journal
from heartbeat_assets.ledger.kpi_store import EventStore
from heartbeat_assets.ledger.location import Location
from heartbeat_assets.ledger.metric_store import MetricStore
from heartbeat_assets.ledger.records import AppendResult, Entry, ImportResult, NewEntry, Verification
from heartbeat_assets.ledger.rows import check_entry, check_lane, entry_of
from heartbeat_assets.ledger.verify import verify_chain


class Ledger:
    """An open ledger; `open_ledger` makes one. Every method raises LedgerError when the database cannot do
    its part.
    """

    def __init__(self, location: Location) -> None:
        self._location = location
        self.url = location.printable
        """The ledger's address, safe to print."""
        self.metrics = MetricStore(location)
        """What the ledger keeps of metrics."""
        self.events = EventStore(location)
        """The KPI events."""
        self.journal = Journal(location)
        """What people and programs decided."""

    def __repr__(self) -> str:
        return f"Ledger({self.url!r})"

    def append(self, lane: str, entry: NewEntry, *, dagster_run_id: str | None = None) -> AppendResult:
        """Records `entry` at the end of `lane`, unless its key is there already.

        When this returns, the entry is on disk. After an error it is safe to append again: the key decides.
        """
        check_lane(lane)
        check_entry(entry)
        with engine.writing(self._location, lane) as connection:
            return append_entry(connection, lane, entry, dagster_run_id)

    def append_at(
        self, lane: str, entry: NewEntry, size: int, *, dagster_run_id: str | None = None
    ) -> AppendResult | None:
        """Records `entry` as `append` does when `lane` has just `size` entries; else does nothing and returns None.

        For an entry that depends on what is there: read, make it, and begin again when somebody was faster.
        """
        check_lane(lane)
        check_entry(entry)
        with engine.writing(self._location, lane) as connection:
            if head_of_lane(connection, lane).place != size:
                return None
            return append_entry(connection, lane, entry, dagster_run_id)

    def import_entries(
        self, lane: str, entries: Iterable[NewEntry], *, dagster_run_id: str | None = None
    ) -> ImportResult:
        """Records all of `entries`, in order, or none; those whose key is there already count as duplicates.

        Reads `entries` as it goes and holds few in memory. Other writers wait until it is done, so `entries`
        must not write to the ledger. An exception raised by `entries` passes through, and nothing is
        recorded.
        """
        check_lane(lane)
        with engine.writing(self._location, lane) as connection:
            before = head_of_lane(connection, lane)
            read, after = write_batches(connection, lane, before, entries, dagster_run_id)
        appended = after.place - before.place
        return ImportResult(read, appended, read - appended, before.place, after.place)

    def last(self, lane: str, count: int, *, before_place: int | None = None) -> list[Entry]:
        """Returns the newest `count` entries, oldest first; with `before_place`, the newest before that
        place.
        """
        if count < 0:
            raise ValueError(f"count is {count}: ask for 0 entries or more")
        before = queries.BEYOND if before_place is None else before_place
        rows = self._rows(queries.WINDOW, of_lane=lane, before=before, count=count)
        return [entry_of(row) for row in reversed(rows)]

    def head(self, lane: str) -> Entry | None:
        """Returns the newest entry of `lane`, None when it has none."""
        newest = self.last(lane, 1)
        return newest[0] if newest else None

    def size(self, lane: str) -> int:
        """Returns the number of entries in `lane`, without counting them."""
        with engine.reading(self._location) as connection:
            return head_of_lane(connection, lane).place

    def find(self, lane: str, entry_key: str) -> Entry | None:
        """Returns the entry of `lane` with this key, None when there is none."""
        rows = self._rows(queries.WITH_KEY, of_lane=lane, key=entry_key)
        return entry_of(rows[0]) if rows else None

    def entries(self, lane: str, *, after_place: int = 0, batch: int = 1000) -> Iterator[Entry]:
        """Yields the entries of `lane` after `after_place` in order, including those appended meanwhile.

        Reads `batch` rows at a time, and holds no transaction in between.
        """
        if batch < 1:
            raise ValueError(f"batch is {batch}: read at least 1 entry at a time")
        for row in self._walk(lane, after_place, batch):
            yield entry_of(row)

    def lines(self, lane: str, *, after_place: int = 0, batch: int = 2000) -> Iterator[list[str | bytes]]:
        """Yields the lines of `lane` after `after_place` in order, up to `batch` in a list, for reading a long
        history fast: text where a line is clean UTF-8, else its bytes.

        Like `entries`, it reads what is appended meanwhile too and holds no transaction in between.
        """
        if batch < 1:
            raise ValueError(f"batch is {batch}: read at least 1 line at a time")
        while True:
            wanted = {"of_lane": lane, "after": after_place, "until": queries.BEYOND, "count": batch}
            with engine.reading(self._location) as connection:
                rows = connection.execute(queries.LINES, wanted).all()
            if rows:
                yield [raw if text is None else text for _, text, raw in rows]
            if len(rows) < batch:
                return
            after_place = rows[-1].place

    def verify(self, lane: str, *, noted_head: str | None = None) -> Verification:
        """Walks the chain of `lane` as it is when this starts, and recomputes every hash, place and count.

        `noted_head` is a head hash written down earlier, which must still be in the chain: only that shows
        that the newest rows were cut off.
        """
        until = self.size(lane)
        return verify_chain(lane, self._walk(lane, 0, 1000, until), noted_head)

    def lanes(self) -> list[str]:
        """Returns the names of the lanes that have an entry, sorted; costs one look-up per lane."""
        names: list[str] = []
        with engine.reading(self._location) as connection:
            after = {"of_lane": ""}
            while (name := connection.scalar(queries.NEXT_LANE, after)) is not None:
                names.append(name)
                after = {"of_lane": name}
        return sorted(names)

    def close(self) -> None:
        """Closes this process's idle connections. The ledger may be used again; that opens new ones."""
        engine.close(self._location)

    def _rows(self, query: sa.Select[*tuple[Any, ...]], **parameters: str | int) -> list[sa.Row[Any]]:
        with engine.reading(self._location) as connection:
            return list(connection.execute(query, parameters))

    def _walk(self, lane: str, after: int, batch: int, until: int = queries.BEYOND) -> Iterator[sa.Row[Any]]:
        while True:
            rows = self._rows(queries.FOLLOWING, of_lane=lane, after=after, until=until, count=batch)
            yield from rows
            if len(rows) < batch:
                return
            after = rows[-1].place
