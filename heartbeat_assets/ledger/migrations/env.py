"""What Alembic runs for a migration: inside the transaction and under the lock of ledger/upgrade.py.

It must not open a connection of its own.
"""

from alembic import context

from heartbeat_assets.ledger.schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
)
context.run_migrations()
