"""The guard of the heartbeats looks a key up in the index on keys. The table and the rules stay as they are."""

import sqlalchemy as sa
from alembic import op

from heartbeat_assets.ledger import guards

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Replaces the function behind the trigger of revision 0001, on PostgreSQL."""
    dialect = op.get_context().dialect
    schema = ""
    if dialect.name == "postgresql":
        schema = dialect.identifier_preparer.quote(op.get_bind().scalar(sa.func.current_schema()))
    for statement in guards.next_in_chain_by_key(dialect.name, schema):
        op.get_bind().exec_driver_sql(statement)
