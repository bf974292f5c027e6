"""Connections: one engine for each ledger and process, and how transactions begin on either database.

It must not know the tables. Engines never cross a fork: a SQLite connection that does can corrupt the file.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc, pool

from heartbeat_assets.ledger.errors import LedgerError, explained
from heartbeat_assets.ledger.location import Location

WAIT_SECONDS = 300
"""How long a writer waits for its turn on SQLite, where an import of a million lines holds the file for a
minute.
"""

_ADVISORY_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.bindparam("key", type_=sa.BigInteger)))

_engines: dict[str, sa.Engine] = {}
_inherited: list[sa.Engine] = []
_lock = threading.Lock()


@contextmanager
def reading(location: Location) -> Iterator[sa.Connection]:
    """Gives a connection in a read transaction, which takes no write lock. Raises LedgerError."""
    with explained(location), engine_for(location).connect() as connection:
        yield connection


@contextmanager
def writing(location: Location, lane: str) -> Iterator[sa.Connection]:
    """Gives a connection in a transaction that alone may write `lane`; commits at the end. Raises
    LedgerError.
    """
    with _writing_alone(location, f"lane {lane}") as connection:
        yield connection


@contextmanager
def writing_metrics(location: Location) -> Iterator[sa.Connection]:
    """Gives a connection in a transaction that alone may write metrics, so that their numbers come in the
    order of the commits. Raises LedgerError.
    """
    with _writing_alone(location, "metrics") as connection:
        yield connection


@contextmanager
def writing_events(location: Location) -> Iterator[sa.Connection]:
    """Gives a connection in a transaction that may write KPI events, as others may meanwhile where the
    database lets them. Raises LedgerError.
    """
    with (
        explained(location),
        engine_for(location).connect() as connection,
        connection.execution_options(ledger_write=True).begin(),
    ):
        yield connection


@contextmanager
def writing_journal(location: Location) -> Iterator[sa.Connection]:
    """Gives a connection in a transaction that alone may write the journal, so that its numbers come in the order
    of the commits. Raises LedgerError.
    """
    with _writing_alone(location, "journal") as connection:
        yield connection


@contextmanager
def _writing_alone(location: Location, purpose: str) -> Iterator[sa.Connection]:
    with (
        explained(location),
        engine_for(location).connect() as connection,
        connection.execution_options(ledger_write=True).begin(),
    ):
        lock_exclusively(connection, purpose)
        yield connection


def lock_exclusively(connection: sa.Connection, purpose: str) -> None:
    """Waits until no other transaction holds the lock named `purpose`; SQLite has one for the whole file
    already.
    """
    if connection.dialect.name == "postgresql":
        digest = sha256(f"heartbeat_assets ledger {purpose}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        connection.execute(_ADVISORY_LOCK, {"key": key})


def engine_for(location: Location) -> sa.Engine:
    """Returns this process's engine for `location`, the same one each time."""
    with _lock:
        engine = _engines.get(location.key)
        if engine is None:
            engine = _engines[location.key] = new_engine(location)
        return engine


def close(location: Location) -> None:
    """Closes this process's idle connections to `location`; the next use opens new ones."""
    with _lock:
        engine = _engines.pop(location.key, None)
    if engine is not None:
        engine.dispose()


def new_engine(location: Location, poolclass: type[pool.Pool] = pool.QueuePool) -> sa.Engine:
    """Returns an engine that is not shared. Raises LedgerError when PostgreSQL's driver is missing."""
    if location.path is not None:
        return _sqlite_engine(location.url, location.path, poolclass)
    try:
        return _postgresql_engine(location.url, poolclass)
    except ImportError as error:
        raise LedgerError(
            f"{location.printable}: PostgreSQL's driver psycopg cannot be imported ({error}); "
            "install it with: pip install 'psycopg[binary]'"
        ) from error


def _sqlite_engine(url: sa.URL, path: Path, poolclass: type[pool.Pool]) -> sa.Engine:
    # mode=rw: a file that was taken away is an error, never a new, empty ledger.
    uri = f"{path.as_uri()}?mode=rw"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        # FULL: an acknowledged row survives a power cut. The size limit shrinks the log after a large import.
        # An hour's values touch a page for each metric: the cache holds them all (16 MB), and the log is worked
        # into the file once in some hours (32 MB) and not at each.
        for setting in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "journal_size_limit=67108864",
            "cache_size=-16384",
            "wal_autocheckpoint=4096",
        ):
            connection.execute(f"PRAGMA {setting}")
        return connection

    engine = sa.create_engine(url, creator=connect, poolclass=poolclass, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        # A transaction that reads before it writes fails under a plain BEGIN when another one wrote in
        # between.
        writes = connection.get_execution_options().get("ledger_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "connect")
    def note_file(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def check_file(_connection: Any, record: Any, _proxy: Any) -> None:
        # Writing on to a file that was deleted or replaced would lose every row without a word.
        if record.info["file"] != _identity(path):
            raise exc.DisconnectionError(f"{path} was replaced")

    return engine


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _postgresql_engine(url: sa.URL, poolclass: type[pool.Pool]) -> sa.Engine:
    defaults = {"connect_timeout": "10", "application_name": "heartbeat_assets"}
    engine = sa.create_engine(
        url.update_query_dict({name: value for name, value in defaults.items() if name not in url.query}),
        poolclass=poolclass,
        hide_parameters=True,
        # After waiting for the lane's lock, a statement must see what the holder has committed.
        isolation_level="READ COMMITTED",
        # A daemon outlives its server's restarts.
        pool_pre_ping=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise LedgerError(f"the PostgreSQL database is encoded as {encoding}; create one with UTF8")
        # Prepared statements keep their plan, and one made for a small table must not read a large one whole.
        # Every query of the ledger has its index, and none is worth compiling: the prices of what is switched
        # off make it look so.
        connection.execute("SET enable_seqscan = off; SET enable_sort = off; SET jit = off")
        connection.commit()

    return engine


def _close_before_fork() -> None:
    # A child that inherits an open SQLite file shares its bookkeeping of locks, but not the locks.
    for engine in list(_engines.values()):
        engine.dispose()


def _forget_after_fork() -> None:
    global _lock
    _lock = threading.Lock()
    # Kept, not dropped: a connection that another thread held belongs to the parent and must not be closed
    # here.
    _inherited.extend(_engines.values())
    _engines.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_close_before_fork, after_in_child=_forget_after_fork)
