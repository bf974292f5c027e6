"""The metrics: their events, chained by hashes, what these amount to, their values and their benchmarks.

Frozen once released: it repeats the columns of ledger/metric_schema.py on purpose, so that a later change
there cannot change what this revision made.
"""

import sqlalchemy as sa
from alembic import op

from heartbeat_assets.ledger import guards, metric_guards

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_count = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_number: sa.types.TypeEngine[float] = sa.REAL().with_variant(sa.DOUBLE_PRECISION(), "postgresql")
# Compared byte by byte on both databases; a changed locale of the server cannot spoil the index.
_key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_TEXTS = ("service", "registration", "sql_hash", "source_schema", "direction")
_NUMBERS = ("norm_value", "alert_value", "recovery_value")
_MORE_TEXTS = ("owner", "target_due_date")


def upgrade() -> None:
    """Creates the tables, the view and the guards."""
    dialect = op.get_context().dialect
    _create_events()
    _create_values()
    _create_benchmarks()
    op.execute(_state())
    schema = ""
    if dialect.name == "postgresql":
        schema = dialect.identifier_preparer.quote(op.get_bind().scalar(sa.func.current_schema()))
    for table in ("metric_event", "metric_value", "metric_benchmark"):
        for statement in guards.append_only(dialect.name, table):
            op.execute(statement)
    for statement in metric_guards.guard_metrics(dialect.name, schema):
        # As it is: a colon in it names no parameter.
        op.get_bind().exec_driver_sql(statement)


def _create_events() -> None:
    op.create_table(
        "metric_event",
        sa.Column("metric_id", _key, nullable=False),
        sa.Column("place", _count, nullable=False, autoincrement=False),
        sa.Column("seq", _count, nullable=False),
        sa.Column("field", _key, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("via", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("previous_hash", sa.Text, nullable=False),
        sa.Column("entry_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("metric_id", "place", name="metric_event_place"),
        sa.UniqueConstraint("seq", name="metric_event_seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("metric_event_field", "metric_event", ["metric_id", "field", "place"])


def _create_values() -> None:
    op.create_table(
        "metric_value",
        sa.Column("metric_id", _key, nullable=False),
        sa.Column("tick", _count, nullable=False, autoincrement=False),
        sa.Column("revision", _count, nullable=False, autoincrement=False),
        sa.Column("seq", _count, nullable=False),
        sa.Column("value", _number),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("computed_at", _count, nullable=False),
        sa.Column("source_as_of", _count),
        sa.Column("sql_hash", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        # On SQLite the rows lie in this order: a metric's history is read in one go.
        sa.PrimaryKeyConstraint("metric_id", "tick", "revision", name="metric_value_tick"),
        sa.UniqueConstraint("seq", name="metric_value_seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _create_benchmarks() -> None:
    op.create_table(
        "metric_benchmark",
        sa.Column("metric_id", _key, nullable=False),
        sa.Column("seq", _count, nullable=False, autoincrement=False),
        sa.Column("computed_at", _count, nullable=False),
        sa.Column("window_days", _count, nullable=False),
        sa.Column("count", _count, nullable=False),
        *(sa.Column(name, _number) for name in ("mean", "stddev", "median", "mad")),
        sa.Column("first_tick", _count),
        sa.Column("last_tick", _count),
        sa.PrimaryKeyConstraint("metric_id", "seq", name="metric_benchmark_newest"),
        sa.UniqueConstraint("seq", name="metric_benchmark_seq"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _state() -> str:
    """The view over the events. GROUP BY, so that neither database lets anybody write to it."""
    value = "max(CASE WHEN event.field = '{0}' THEN {1} END)".format
    text = ", ".join(f"{value(name, 'event.after')} AS {name}" for name in _TEXTS)
    number = ", ".join(f"{value(name, 'CAST(event.after AS double precision)')} AS {name}" for name in _NUMBERS)
    more = ", ".join(f"{value(name, 'event.after')} AS {name}" for name in _MORE_TEXTS)
    return f"""CREATE VIEW metric_state AS
SELECT event.metric_id, {text}, {number}, {more},
  coalesce({value("verification_state", "event.after")}, 'unverified') AS verification_state,
  {value("verified_until", "event.after")} AS verified_until,
  max(event.place) AS place,
  (SELECT newest.at FROM metric_event AS newest WHERE newest.metric_id = event.metric_id
   ORDER BY newest.place DESC LIMIT 1) AS changed_at
FROM metric_event AS event
WHERE NOT EXISTS (
  SELECT 1 FROM metric_event AS later
  WHERE later.metric_id = event.metric_id AND later.field = event.field AND later.place > event.place)
GROUP BY event.metric_id"""
