"""The table of the journal as queries see it, beside those of the heartbeats, the metrics and the KPI events.

Created by the migrations, never from here; a test holds the two together. It must not connect.
"""

from __future__ import annotations

import sqlalchemy as sa

from heartbeat_assets.ledger.schema import LosslessText, metadata

_count = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

journal_event = sa.Table(
    "journal_event",
    metadata,
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("place", _count, nullable=False, autoincrement=False),
    sa.Column("seq", _count, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", LosslessText, nullable=False),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("via", sa.Text, nullable=False),
    sa.Column("reason", LosslessText, nullable=False),
    # JSON text, not a JSON type: what is hashed is what is stored.
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("cause", _count),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("entry_hash", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("stream", "subject", "place", name="journal_event_place"),
    sa.UniqueConstraint("seq", name="journal_event_seq"),
    # The newest of some kinds is the state of a switch.
    sa.Index("journal_event_kind", "stream", "subject", "kind", "seq"),
    sa.Index("journal_event_time", "stream", "at", "seq"),
    sa.Index("journal_event_stream", "stream", "seq"),
    # Whether somebody has acted on an event.
    sa.Index("journal_event_cause", "cause", "seq"),
)
