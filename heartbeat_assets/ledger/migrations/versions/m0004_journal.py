"""The journal: what people and programs decide, chained by hashes for each subject and guarded by the database itself.

Frozen once released: it repeats the columns of ledger/journal_schema.py on purpose, so that a later change there
cannot change what this revision made.
"""

import sqlalchemy as sa
from alembic import op

from heartbeat_assets.ledger import guards, journal_guards

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates the table and its guards."""
    dialect = op.get_context().dialect
    count = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    # Compared byte by byte on both databases; a changed locale of the server cannot spoil the index.
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "journal_event",
        sa.Column("stream", key, nullable=False),
        sa.Column("subject", key, nullable=False),
        sa.Column("place", count, nullable=False, autoincrement=False),
        sa.Column("seq", count, nullable=False),
        sa.Column("kind", key, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("via", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("cause", count),
        sa.Column("at", key, nullable=False),
        sa.Column("previous_hash", sa.Text, nullable=False),
        sa.Column("entry_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("stream", "subject", "place", name="journal_event_place"),
        sa.UniqueConstraint("seq", name="journal_event_seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("journal_event_kind", "journal_event", ["stream", "subject", "kind", "seq"])
    op.create_index("journal_event_time", "journal_event", ["stream", "at", "seq"])
    op.create_index("journal_event_stream", "journal_event", ["stream", "seq"])
    op.create_index("journal_event_cause", "journal_event", ["cause", "seq"])
    schema = ""
    if dialect.name == "postgresql":
        schema = dialect.identifier_preparer.quote(op.get_bind().scalar(sa.func.current_schema()))
    for statement in (
        *guards.append_only(dialect.name, "journal_event"),
        *journal_guards.guard_journal(dialect.name, schema),
    ):
        # As it is: a colon in it names no parameter.
        op.get_bind().exec_driver_sql(statement)
