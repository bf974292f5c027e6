"""Every statement the ledger runs on the journal, built once, with the names of its parameters.

Each is answered from an index, however long the journal is. It must not run anything.
"""

from __future__ import annotations

from functools import lru_cache

import sqlalchemy as sa

from heartbeat_assets.ledger.journal_schema import journal_event
from heartbeat_assets.ledger.schema import LosslessText

_stream = sa.bindparam("of_stream", type_=sa.Text)
_subject = sa.bindparam("of_subject", type_=sa.Text)
_seq = sa.bindparam("after_seq", type_=sa.BigInteger)
_limit = sa.bindparam("count", type_=sa.BigInteger)
_of_subject = (journal_event.c.stream == _stream, journal_event.c.subject == _subject)

INSERT = sa.insert(journal_event)
"""Takes rows as `journal_rows.journal_row` makes them."""

MARK = sa.select(sa.func.coalesce(sa.func.max(journal_event.c.seq), 0))
"""The newest number."""

IN_LINE = sa.text("""SELECT
      coalesce((SELECT min(one.seq) FROM journal_event AS one
                WHERE EXISTS (SELECT 1 FROM journal_event WHERE seq = 1) AND NOT EXISTS (
                  SELECT 1 FROM journal_event AS following WHERE following.seq = one.seq + 1)), 0),
      coalesce((SELECT max(seq) FROM journal_event), 0)""")
"""The number up to which none is missing, and the newest number. Walks the whole index."""

OF = sa.select(journal_event).where(*_of_subject).order_by(journal_event.c.place)
"""A subject's events in order. Takes `of_stream`, `of_subject`."""

NEWEST_OF = sa.select(journal_event).where(*_of_subject).order_by(journal_event.c.place.desc()).limit(_limit)
"""A subject's newest events, the newest first. Takes `of_stream`, `of_subject`, `count`."""

GET = sa.select(journal_event).where(journal_event.c.seq == sa.bindparam("of_seq", type_=sa.BigInteger))

AFTER = sa.select(journal_event).where(journal_event.c.seq > _seq).order_by(journal_event.c.seq).limit(_limit)
"""The next events. Takes `after_seq`, `count`."""

AFTER_IN = (
    sa.select(journal_event)
    .where(journal_event.c.stream == _stream, journal_event.c.seq > _seq)
    .order_by(journal_event.c.seq)
    .limit(_limit)
)
"""The next events of a stream. Takes `of_stream`, `after_seq`, `count`."""

BETWEEN = (
    sa.select(journal_event)
    .where(
        journal_event.c.stream == _stream,
        journal_event.c.at >= sa.bindparam("since", type_=sa.Text),
        journal_event.c.at < sa.bindparam("until", type_=sa.Text),
    )
    .order_by(journal_event.c.at, journal_event.c.seq)
)
"""The events of a time. Takes `of_stream`, `since`, `until` (not included)."""

CAUSED_BY = (
    sa.select(journal_event)
    .where(journal_event.c.cause == sa.bindparam("of_seq", type_=sa.BigInteger))
    .order_by(journal_event.c.seq)
)
"""The events that name another one as their cause. Takes `of_seq`."""

# One step in the index for each subject, where DISTINCT would walk every row.
_EVERY_SUBJECT = """WITH RECURSIVE every (subject) AS (
      SELECT min(subject) FROM journal_event WHERE stream = :of_stream
      UNION ALL
      SELECT (SELECT min(following.subject) FROM journal_event AS following
              WHERE following.stream = :of_stream AND following.subject > every.subject)
      FROM every WHERE every.subject IS NOT NULL)"""

SUBJECTS = sa.text(f"{_EVERY_SUBJECT} SELECT subject FROM every WHERE subject IS NOT NULL")
"""The subjects of a stream. Takes `of_stream`."""

NEXT_STREAM = (
    sa.select(journal_event.c.stream).where(journal_event.c.stream > _stream).order_by(journal_event.c.stream).limit(1)
)
"""The stream after another one. Takes `of_stream`."""


@lru_cache(maxsize=64)
def newest(kinds: int | None) -> sa.TextualSelect:
    """The newest event of every subject of a stream, of any kind or of so many. Takes `of_stream`, and `kind_0` on."""
    of_kind = [""] if kinds is None else [f" AND newest.kind = :kind_{number}" for number in range(kinds)]
    # One step for each kind: the end of its part of the index.
    places = " UNION ALL ".join(
        "SELECT max(newest.place) AS place FROM journal_event AS newest "
        f"WHERE newest.stream = :of_stream AND newest.subject = every.subject{wanted}"
        for wanted in of_kind
    )
    columns = ", ".join(f"found.{column.name}" for column in journal_event.c)
    return sa.text(f"""{_EVERY_SUBJECT}
    SELECT {columns} FROM every CROSS JOIN journal_event AS found
    WHERE found.stream = :of_stream AND found.subject = every.subject
    AND found.place = (SELECT max(ends.place) FROM ({places}) AS ends)""").columns(
        actor=LosslessText, reason=LosslessText
    )
