"""The tables of the metrics as queries see them, beside the one of the heartbeats.

Created by the migrations, never from here; a test holds the two together. It must not connect.
"""

from __future__ import annotations

import sqlalchemy as sa

from heartbeat_assets.ledger.schema import LosslessText, metadata

_count = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_number: sa.types.TypeEngine[float] = sa.REAL().with_variant(sa.DOUBLE_PRECISION(), "postgresql")

metric_event = sa.Table(
    "metric_event",
    metadata,
    sa.Column("metric_id", sa.Text, nullable=False),
    sa.Column("place", _count, nullable=False, autoincrement=False),
    sa.Column("seq", _count, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("before", LosslessText),
    sa.Column("after", LosslessText),
    sa.Column("actor", LosslessText, nullable=False),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("via", sa.Text, nullable=False),
    sa.Column("reason", LosslessText, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("entry_hash", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("metric_id", "place", name="metric_event_place"),
    sa.UniqueConstraint("seq", name="metric_event_seq"),
    # The newest event of a field is the field's value.
    sa.Index("metric_event_field", "metric_id", "field", "place"),
)

# There are millions of rows. So times are whole numbers, ticks in seconds and the others in microseconds since
# 1970, and the error, though any text, is no LosslessText: asking a type for each row would be half the cost.
metric_value = sa.Table(
    "metric_value",
    metadata,
    sa.Column("metric_id", sa.Text, nullable=False),
    sa.Column("tick", _count, nullable=False, autoincrement=False),
    sa.Column("revision", _count, nullable=False, autoincrement=False),
    sa.Column("seq", _count, nullable=False),
    sa.Column("value", _number),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("computed_at", _count, nullable=False),
    sa.Column("source_as_of", _count),
    sa.Column("sql_hash", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.PrimaryKeyConstraint("metric_id", "tick", "revision", name="metric_value_tick"),
    sa.UniqueConstraint("seq", name="metric_value_seq"),
)

metric_benchmark = sa.Table(
    "metric_benchmark",
    metadata,
    sa.Column("metric_id", sa.Text, nullable=False),
    sa.Column("seq", _count, nullable=False, autoincrement=False),
    sa.Column("computed_at", _count, nullable=False),
    sa.Column("window_days", _count, nullable=False),
    sa.Column("count", _count, nullable=False),
    sa.Column("mean", _number),
    sa.Column("stddev", _number),
    sa.Column("median", _number),
    sa.Column("mad", _number),
    sa.Column("first_tick", _count),
    sa.Column("last_tick", _count),
    sa.PrimaryKeyConstraint("metric_id", "seq", name="metric_benchmark_newest"),
    sa.UniqueConstraint("seq", name="metric_benchmark_seq"),
)

metric_state = sa.table(
    "metric_state",
    sa.column("metric_id", sa.Text),
    sa.column("service", LosslessText),
    sa.column("registration", sa.Text),
    sa.column("sql_hash", LosslessText),
    sa.column("source_schema", LosslessText),
    sa.column("direction", sa.Text),
    sa.column("norm_value", _number),
    sa.column("alert_value", _number),
    sa.column("recovery_value", _number),
    sa.column("owner", LosslessText),
    sa.column("target_due_date", sa.Text),
    sa.column("verification_state", sa.Text),
    sa.column("verified_until", LosslessText),
    sa.column("place", _count),
    sa.column("changed_at", sa.Text),
)
"""The view over the events: one row for each metric."""
