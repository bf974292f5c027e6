"""Bringing a ledger to the newest revision, once, however many processes open it at the same moment.

Imported only when that is needed. It must not touch what is recorded: that is the migrations' business.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from filelock import FileLock, Timeout
from sqlalchemy import pool

from heartbeat_assets.ledger.engine import WAIT_SECONDS, lock_exclusively, new_engine
from heartbeat_assets.ledger.errors import LedgerError, explained
from heartbeat_assets.ledger.location import Location
from heartbeat_assets.ledger.opening import check_revision
from heartbeat_assets.ledger.schema import VERSION_TABLE, version

# A heartbeat of 1 to 2 KB fits into such a page whole. With SQLite's usual 4096 it spills over, and the file
# doubles.
_PAGE_BYTES = 8192

# Alembic keeps the migration it runs in globals of its modules, so two threads of one process must not both run
# one, not even on two ledgers.
_one_migration = threading.Lock()


def upgrade(location: Location) -> None:
    """Makes the ledger at `location` current, in one transaction under a lock.

    For SQLite it also makes the folder and the file. Raises LedgerError; then nothing has changed.
    """
    with explained(location):
        if location.path is None:
            _migrate(location)
        else:
            with _alone(location, location.path):
                _prepare_file(location, location.path)
                _migrate(location)


def _migrate(location: Location) -> None:
    engine = new_engine(location, pool.NullPool)
    with engine.connect() as connection, connection.execution_options(ledger_write=True).begin():
        lock_exclusively(connection, "migration")
        recorded: list[str] = []
        # Asked again under the lock: another process may have been first.
        if sa.inspect(connection).has_table(VERSION_TABLE):
            recorded = list(connection.scalars(sa.select(version.c.version_num)))
        if not check_revision(location, recorded):
            config = Config()
            config.set_main_option("script_location", "heartbeat_assets.ledger:migrations")
            config.attributes["connection"] = connection
            with _one_migration:
                command.upgrade(config, "head")


@contextmanager
def _alone(location: Location, path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{path}.lock", timeout=WAIT_SECONDS)
        lock.acquire()
    except Timeout as error:
        raise LedgerError(
            f"{location.printable}: another process has been creating or migrating the ledger for "
            f"{WAIT_SECONDS} seconds; look for one that hangs and holds {path}.lock"
        ) from error
    except OSError as error:
        raise LedgerError(
            f"{location.printable}: the folder {path.parent} cannot be made or written "
            f"({error.strerror or error}); check its permissions, or choose another place"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _prepare_file(location: Location, path: Path) -> None:
    if sqlite3.sqlite_version_info < (3, 37):
        raise LedgerError(f"SQLite {sqlite3.sqlite_version} is too old: the ledger needs 3.37 or newer")
    with closing(sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise LedgerError(
            f"{location.printable}: this disk does not support SQLite's write-ahead log, as network "
            "folders do not; put the ledger on a local disk, or use PostgreSQL"
        )
