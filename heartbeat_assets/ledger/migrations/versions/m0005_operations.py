"""Rules for what the journal takes of incidents, components, objectives and corrections. The table stays as it is."""

import sqlalchemy as sa
from alembic import op

from heartbeat_assets.ledger import operations_guards

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds a second trigger beside that of revision 0004."""
    dialect = op.get_context().dialect
    schema = ""
    if dialect.name == "postgresql":
        schema = dialect.identifier_preparer.quote(op.get_bind().scalar(sa.func.current_schema()))
    for statement in operations_guards.guard_operations(dialect.name, schema):
        # As it is: a colon in it names no parameter.
        op.get_bind().exec_driver_sql(statement)
