"""The KPI events: one table, numbered and guarded by the database itself.

Frozen once released: it repeats the columns of ledger/kpi_schema.py on purpose, so that a later change there
cannot change what this revision made.
"""

import sqlalchemy as sa
from alembic import op

from heartbeat_assets.ledger import guards, kpi_guards

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table and its guards."""
    dialect = op.get_context().dialect
    count = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    number: sa.types.TypeEngine[float] = sa.REAL().with_variant(sa.DOUBLE_PRECISION(), "postgresql")
    # Compared byte by byte on both databases; a changed locale of the server cannot spoil the index.
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    numbered = [sa.Identity(always=True)] if dialect.name == "postgresql" else []
    op.create_table(
        "kpi_event",
        sa.Column("seq", count, *numbered, nullable=False),
        sa.Column("domain", key, nullable=False),
        sa.Column("metric", key, nullable=False),
        sa.Column("success", sa.Integer),
        sa.Column("value", number),
        sa.Column("duration_ms", number),
        sa.Column("actor", sa.Text),
        sa.Column("correlation_id", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Column("at", count, nullable=False),
        sa.Column("recorded_by", sa.Text),
        sa.PrimaryKeyConstraint("seq", name="kpi_event_seq"),
        sqlite_strict=True,
    )
    op.create_index("kpi_event_time", "kpi_event", ["domain", "metric", "at", "seq"])
    schema = ""
    if dialect.name == "postgresql":
        schema = dialect.identifier_preparer.quote(op.get_bind().scalar(sa.func.current_schema()))
    for statement in (
        *guards.append_only(dialect.name, "kpi_event"),
        *kpi_guards.guard_kpi_events(dialect.name, schema),
    ):
        # As it is: a colon in it names no parameter.
        op.get_bind().exec_driver_sql(statement)
