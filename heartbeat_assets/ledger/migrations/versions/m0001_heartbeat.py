"""The heartbeat history: one table, chained by hashes and guarded by the database itself.

Frozen once released: it repeats the columns of ledger/schema.py on purpose, so that a later change there
cannot change what this revision made.
"""

import sqlalchemy as sa
from alembic import op

from heartbeat_assets.ledger import guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table and its guards."""
    dialect = op.get_context().dialect
    count = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    # Compared byte by byte on both databases; a changed locale of the server cannot spoil the index.
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "heartbeat",
        sa.Column("lane", key, nullable=False),
        sa.Column("place", count, nullable=False, autoincrement=False),
        sa.Column("entry_key", key, nullable=False),
        sa.Column("heartbeat_id", sa.Text),
        sa.Column("run_at", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("malformed", sa.Boolean().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("malformed_total", count, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("raw", sa.LargeBinary),
        sa.Column("dagster_run_id", sa.Text),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.Text, nullable=False),
        sa.Column("entry_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("lane", "place", name="heartbeat_place"),
        sa.UniqueConstraint("lane", "entry_key", name="heartbeat_entry_key"),
        sa.CheckConstraint("(text IS NULL) <> (raw IS NULL)", name="heartbeat_one_line"),
        sa.CheckConstraint("length(entry_hash) = 64", name="heartbeat_hash_length"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    schema = ""
    if dialect.name == "postgresql":
        schema = dialect.identifier_preparer.quote(op.get_bind().scalar(sa.func.current_schema()))
    for statement in (
        *guards.refuse_change_function(dialect.name),
        *guards.append_only(dialect.name, "heartbeat"),
        *guards.next_in_chain(dialect.name, schema),
    ):
        op.execute(statement)
