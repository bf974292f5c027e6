"""The journal as its callers see it: append what was decided, read it back, prove it whole.

Every method is one short transaction of its own. It must not know what a decision means or act on it: it records
who decided what, and the database refuses what is not theirs to decide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from heartbeat_assets.ledger import engine
from heartbeat_assets.ledger import journal_queries as queries
from heartbeat_assets.ledger.chain import GENESIS
from heartbeat_assets.ledger.errors import LedgerError
from heartbeat_assets.ledger.journal_records import JournalEvent, JournalRefused, NewJournalEvent, StaleSubject
from heartbeat_assets.ledger.journal_rows import body_text, check_new, journal_event_of, journal_row, moment_text
from heartbeat_assets.ledger.journal_verify import verify_journal
from heartbeat_assets.ledger.location import Location
from heartbeat_assets.ledger.metric_records import Actor
from heartbeat_assets.ledger.records import Verification
from heartbeat_assets.ledger.rows import now_text

Decided = TypeVar("Decided")
# How often a decision is taken anew when somebody else was faster.
_TRIES = 50


def again_when_stale(attempt: Callable[[], Decided]) -> Decided:
    """Returns what `attempt` does: looks at a subject, decides, and appends with `if_place`. It is called again when
    somebody else was faster, so that it decides on what they recorded; raises StaleSubject when they always are.
    """
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except StaleSubject:
            continue
    return attempt()


class Journal:
    """The journal of an open ledger: `open_ledger(url).journal`. Every method raises LedgerError when the database
    cannot do its part; one that records raises JournalRefused when a guard is against it.
    """

    def __init__(self, location: Location) -> None:
        self._location = location

    def append(self, event: NewJournalEvent, actor: Actor, *, if_place: int | None = None) -> JournalEvent:
        """Records `event` and returns it as recorded. When it returns, the event is on disk.

        With `if_place` only when the newest event of its subject has that place, 0 meaning that there is none; else
        raises StaleSubject, which carries the newest.
        """
        return self._append([event], actor, if_place)[0]

    def append_all(self, events: Sequence[NewJournalEvent], actor: Actor) -> list[JournalEvent]:
        """Records `events` in their order, all or none, and returns them as recorded."""
        return self._append(events, actor, None) if events else []

    def of(self, stream: str, subject: str, *, limit: int | None = None) -> list[JournalEvent]:
        """Returns the events of a subject, oldest first; with `limit` the newest so many."""
        of_subject: dict[str, Any] = {"of_stream": stream, "of_subject": subject}
        if limit is None:
            return self._events(queries.OF, of_subject)
        return self._events(queries.NEWEST_OF, {**of_subject, "count": max(limit, 0)})[::-1]

    def newest(self, stream: str, *, kinds: Collection[str] | None = None) -> dict[str, JournalEvent]:
        """Returns the newest event of every subject of `stream`, with `kinds` the newest that is of these; a subject
        without one is left out.
        """
        if kinds is not None and not kinds:
            return {}
        wanted = {f"kind_{number}": kind for number, kind in enumerate(kinds or ())}
        with engine.reading(self._location) as connection:
            query = queries.newest(connection.dialect.name, None if kinds is None else len(wanted))
            rows = [dict(row._mapping) for row in connection.execute(query, {"of_stream": stream, **wanted})]
        return {row["subject"]: journal_event_of(row) for row in rows}

    def get(self, seq: int) -> JournalEvent | None:
        """Returns the event with this number, None when there is none."""
        found = self._events(queries.GET, {"of_seq": seq})
        return found[0] if found else None

    def caused_by(self, seq: int) -> list[JournalEvent]:
        """Returns the events that name the one with this number as their cause, in the order of their recording."""
        return self._events(queries.CAUSED_BY, {"of_seq": seq})

    def after(self, seq: int, limit: int = 1000, *, stream: str | None = None) -> list[JournalEvent]:
        """Returns the first `limit` events after number `seq`, of all streams or one, in the order of their
        recording.
        """
        wanted: dict[str, Any] = {"after_seq": seq, "count": max(limit, 0)}
        if stream is None:
            return self._events(queries.AFTER, wanted)
        return self._events(queries.AFTER_IN, {**wanted, "of_stream": stream})

    def between(self, stream: str, since: datetime, until: datetime) -> list[JournalEvent]:
        """Returns the events of `stream` from `since` on and before `until`, oldest first."""
        moments = {"since": moment_text("since", since), "until": moment_text("until", until)}
        return self._events(queries.BETWEEN, {"of_stream": stream, **moments})

    def subjects(self, stream: str) -> list[str]:
        """Returns the subjects of `stream`, sorted; costs one look-up for each."""
        with engine.reading(self._location) as connection:
            return sorted(connection.scalars(queries.SUBJECTS, {"of_stream": stream}))

    def streams(self) -> list[str]:
        """Returns the streams that have an event, sorted; costs one look-up for each."""
        names: list[str] = []
        with engine.reading(self._location) as connection:
            while (
                name := connection.scalar(queries.NEXT_STREAM, {"of_stream": names[-1] if names else ""})
            ) is not None:
                names.append(name)
        return names

    def mark(self) -> int:
        """Returns the newest number: cheap, and another whenever anything was recorded."""
        with engine.reading(self._location) as connection:
            return int(connection.scalar(queries.MARK) or 0)

    def verify(self, stream: str, subject: str, *, noted_head: str | None = None) -> Verification:
        """Walks the chain of the subject's events and recomputes every hash, place and number.

        `noted_head` is a head hash written down earlier, which must still be in the chain: only that shows that the
        newest events were cut off.
        """
        rows = self._rows(queries.OF, {"of_stream": stream, "of_subject": subject})
        return verify_journal(f"{stream}/{subject}", rows, noted_head)

    def first_missing(self) -> int | None:
        """Returns the smallest number that no event has though a later one is there, None when all are there: what
        the chains cannot show of a subject that was taken out whole.
        """
        with engine.reading(self._location) as connection:
            last_in_line, newest = connection.execute(queries.IN_LINE).one()
        return None if last_in_line == newest else int(last_in_line) + 1

    def _append(self, events: Sequence[NewJournalEvent], actor: Actor, if_place: int | None) -> list[JournalEvent]:
        for event in events:
            check_new(event, actor)
        bodies = [body_text(event) for event in events]
        with _refusals(), engine.writing_journal(self._location) as connection:
            if if_place is not None:
                _check_place(connection, events[0], if_place)
            rows = _linked(connection, events, bodies, actor)
            connection.execute(queries.INSERT, rows)
        return [journal_event_of(row) for row in rows]

    def _events(self, query: sa.Executable, wanted: dict[str, Any]) -> list[JournalEvent]:
        return [journal_event_of(row) for row in self._rows(query, wanted)]

    def _rows(self, query: sa.Executable, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        with engine.reading(self._location) as connection:
            return [dict(row._mapping) for row in connection.execute(query, wanted)]


def _linked(
    connection: sa.Connection, events: Sequence[NewJournalEvent], bodies: Sequence[str], actor: Actor
) -> list[dict[str, Any]]:
    """Returns the rows that record `events` right after what is there."""
    seq = int(connection.scalar(queries.MARK) or 0)
    at = now_text()
    heads: dict[tuple[str, str], tuple[int, str]] = {}
    rows: list[dict[str, Any]] = []
    for event, body in zip(events, bodies, strict=True):
        subject = (event.stream, event.subject)
        if subject not in heads:
            newest = _newest_row(connection, event)
            heads[subject] = (0, GENESIS) if newest is None else (newest["place"], newest["entry_hash"])
        place, previous_hash = heads[subject]
        seq += 1
        links = {"seq": seq, "place": place + 1, "previous_hash": previous_hash, "at": at}
        rows.append(journal_row(event, actor, body, links))
        heads[subject] = (place + 1, rows[-1]["entry_hash"])
    return rows


def _check_place(connection: sa.Connection, event: NewJournalEvent, if_place: int) -> None:
    newest = _newest_row(connection, event)
    place = 0 if newest is None else newest["place"]
    if place != if_place:
        raise StaleSubject(
            f"{event.stream} {event.subject}: somebody was faster, its newest event has place {place}, not {if_place}; "
            "look at it again before you decide",
            None if newest is None else journal_event_of(newest),
        )


def _newest_row(connection: sa.Connection, event: NewJournalEvent) -> dict[str, Any] | None:
    wanted = {"of_stream": event.stream, "of_subject": event.subject, "count": 1}
    row = connection.execute(queries.NEWEST_OF, wanted).first()
    return None if row is None else dict(row._mapping)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except LedgerError as error:
        if isinstance(error.__cause__, exc.IntegrityError):
            raise JournalRefused(str(error)) from error.__cause__
        raise
