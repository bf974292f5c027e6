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
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        schema = connection.dialect.identifier_preparer.quote(connection.scalar(sa.func.current_schema()))
        connection.exec_driver_sql(guards.next_in_chain_by_key(schema))
