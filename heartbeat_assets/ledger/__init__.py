"""The append-only store of heartbeats: many processes write and read it at once, nothing is lost.

SQLite by default, PostgreSQL by URL, with the same code, migrations and guards. The only room that knows
SQLAlchemy. It must not know what a digest, a KPI or a verdict is, and must not import any other room.
"""

from heartbeat_assets.ledger.errors import LedgerError
from heartbeat_assets.ledger.opening import open_ledger
from heartbeat_assets.ledger.records import AppendResult, Entry, ImportResult, NewEntry, Verification
from heartbeat_assets.ledger.store import Ledger

__all__ = [
    "AppendResult",
    "Entry",
    "ImportResult",
    "Ledger",
    "LedgerError",
    "NewEntry",
    "Verification",
    "open_ledger",
]
