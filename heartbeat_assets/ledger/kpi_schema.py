"""The table of the KPI events as queries see it, beside those of the heartbeats and the metrics.

Created by the migrations, never from here; a test holds the two together. It must not connect.
"""

from __future__ import annotations

import sqlalchemy as sa

from heartbeat_assets.ledger.schema import metadata

_count = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_number: sa.types.TypeEngine[float] = sa.REAL().with_variant(sa.DOUBLE_PRECISION(), "postgresql")

# There are millions of rows. So `at` is a whole number, microseconds since 1970, and the texts are no
# LosslessText, though any text: asking a type for each row would be half the cost.
kpi_event = sa.Table(
    "kpi_event",
    metadata,
    # SQLite has one writer, which counts on without gaps. PostgreSQL numbers by itself, so that no writer waits
    # for another: its numbers have gaps, and do not come in the order of the commits.
    sa.Column("seq", _count, sa.Identity(always=True), nullable=False),
    sa.Column("domain", sa.Text, nullable=False),
    sa.Column("metric", sa.Text, nullable=False),
    sa.Column("success", sa.Integer),
    sa.Column("value", _number),
    sa.Column("duration_ms", _number),
    sa.Column("actor", sa.Text),
    sa.Column("correlation_id", sa.Text),
    sa.Column("detail", sa.Text),
    sa.Column("at", _count, nullable=False),
    sa.Column("recorded_by", sa.Text),
    sa.PrimaryKeyConstraint("seq", name="kpi_event_seq"),
    # The newest of a domain and metric, those of a day, and which there are: all from this one.
    sa.Index("kpi_event_time", "domain", "metric", "at", "seq"),
)
