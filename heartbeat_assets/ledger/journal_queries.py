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
_FIRST = """(SELECT {0}.subject FROM journal_event AS {0}
              WHERE {0}.stream = :of_stream AND {0}.subject > {1} ORDER BY {0}.subject LIMIT 1)"""
_EVERY_SUBJECT = f"""WITH RECURSIVE every (subject) AS (
      SELECT {_FIRST.format("oldest", "''")}
      UNION ALL
      SELECT {_FIRST.format("following", "every.subject")} FROM every WHERE every.subject IS NOT NULL)"""

SUBJECTS = sa.text(f"{_EVERY_SUBJECT} SELECT subject FROM every WHERE subject IS NOT NULL")
"""The subjects of a stream. Takes `of_stream`."""

NEXT_STREAM = (
    sa.select(journal_event.c.stream).where(journal_event.c.stream > _stream).order_by(journal_event.c.stream).limit(1)
)
"""The stream after another one. Takes `of_stream`."""


@lru_cache(maxsize=64)
def newest(dialect: str, kinds: int | None) -> sa.TextualSelect:
    """The newest event of every subject of a stream, of any kind or of so many. Takes `of_stream`, and `kind_0` on."""
    of_subject = "FROM journal_event AS newest WHERE newest.stream = :of_stream AND newest.subject = every.subject"
    if kinds is None:
        seq = f"SELECT newest.seq {of_subject} ORDER BY newest.place DESC LIMIT 1"
    else:
        # One step for each kind: the end of its part of the index. Asked for as a range and put in the order of the
        # index, since PostgreSQL may else believe that walking all numbers backwards is as good.
        ends = (
            f"SELECT (SELECT newest.seq {of_subject} AND newest.kind >= :kind_{n} AND newest.kind <= :kind_{n} "
            "ORDER BY newest.kind DESC, newest.seq DESC LIMIT 1) AS seq"
            for n in range(kinds)
        )
        seq = f"SELECT max(ends.seq) FROM ({' UNION ALL '.join(ends)}) AS ends"
    shown = ", ".join(f"found.{column.name}" for column in journal_event.c)
    joined = f"journal_event AS found WHERE found.seq = ({seq})"
    if dialect == "postgresql":
        # OFFSET 0: each subject is looked up for itself, whatever the database believes of the size of the table.
        joined = f"LATERAL (SELECT {shown} FROM {joined} OFFSET 0) AS found"
    return sa.text(f"{_EVERY_SUBJECT} SELECT {shown} FROM every CROSS JOIN {joined}").columns(
        actor=LosslessText, reason=LosslessText
    )
