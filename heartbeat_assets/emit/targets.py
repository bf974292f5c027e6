"""Which ledger an event goes to: the one in the database that `db` is connected to, else the configured one.

What `db` is, is told by what it can do, so that SQLAlchemy is not loaded for it. It must not connect.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.settings import ledger_variables, load_ledger_url

_of_engines: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


class CannotEmit(UsageProblem):
    """There is no ledger that an event could go to; the message says what to pass."""


def target_of(db: Any) -> str:
    """The address of the ledger for `db`. Raises CannotEmit, and UsageProblem without a project."""
    if db is None:
        return _configured(ledger_variables(), os.getcwd())  # noqa: PTH109 - an eighth of the time of Path.cwd()
    if isinstance(db, str):
        return db
    bind = db.get_bind() if hasattr(db, "get_bind") else db
    engine = getattr(bind, "engine", bind)
    try:
        return _of_engines[engine]
    except (KeyError, TypeError):
        pass
    if not hasattr(engine, "url"):
        raise CannotEmit(
            f"db is a {type(db).__name__}; pass a SQLAlchemy session, connection or engine, the URL of a ledger, or "
            "None for the configured one"
        )
    found = _of_engines[engine] = _ledger_url(engine.url)
    return found


def own_connection_of(db: Any) -> Callable[[], Any] | None:
    """What gives the connection with the caller's transaction; None where `db` has none. Raises CannotEmit."""
    if db is None or isinstance(db, str) or not hasattr(db, "in_transaction"):
        return None
    if hasattr(db, "sync_session") or hasattr(db, "sync_connection"):
        raise CannotEmit(
            "strict needs a session that is not async; call it within: await db.run_sync(lambda inner: "
            "kpi_success(inner, ..., strict=True))"
        )
    if hasattr(db, "get_bind"):
        session_connection: Callable[[], Any] = db.connection
        return session_connection
    return lambda: db


@lru_cache(maxsize=8)
def _configured(variables: tuple[str | None, ...], folder: str) -> str:
    # Both decide what is found, and both may change while a process runs.
    del variables, folder
    return load_ledger_url()


def _ledger_url(url: Any) -> str:
    backend, driver = url.get_backend_name(), url.drivername.partition("+")[2]
    if backend == "sqlite":
        database = url.database or ""
        if database in ("", ":memory:") or database.startswith("file:"):
            raise CannotEmit(
                "the database of db is in memory, where no other connection sees it; pass None for the configured "
                "ledger"
            )
        return f"sqlite:///{database}"
    if backend == "postgresql":
        plain = url.set(drivername="postgresql")
        # The options of other drivers are not those of psycopg.
        plain = plain if driver in ("", "psycopg", "psycopg2") else plain.set(query={})
        return str(plain.render_as_string(hide_password=False))
    raise CannotEmit(f"a ledger is kept in SQLite or PostgreSQL, not in {backend}; pass None for the configured ledger")
