"""The one exception of the ledger, and the translation of database errors into sentences a person can act on.

A message never shows a password, nor the content of a line.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import exc

if TYPE_CHECKING:
    from heartbeat_assets.ledger.location import Location


class LedgerError(Exception):
    """The ledger cannot do what was asked; the message says what is wrong and what to do."""


class NoLedger(LedgerError):
    """There is no ledger at that place, and whoever asked must not make one."""


# What SQLite says, and what that means to whoever reads it.
_SQLITE_ADVICE = (
    (
        "unable to open",
        "the file cannot be opened: check that it is there and that its folder is writable",
    ),
    ("readonly", "the file, its folder or its disk is read-only: make it writable, or choose another place"),
    ("read-only", "the file, its folder or its disk is read-only: make it writable, or choose another place"),
    ("disk is full", "the disk is full: free some space and try again; what was recorded before is safe"),
    ("disk i/o", "the disk reports an error: check it; SQLite needs a local disk, not a network folder"),
    ("locked", "another process has been writing for too long: wait for it, or look for one that hangs"),
    ("not a database", "the file is not a SQLite database: move it away, or choose another place"),
    ("malformed", "the database file is damaged: restore it from a copy"),
    ("no such table", "the ledger's tables are gone: the file was replaced; open the ledger again"),
    ("too big", "a line is larger than SQLite can hold (1 GB)"),
)

_POSTGRESQL_ADVICE = (
    (
        "42501",
        "this role may not do that: use the role that owns the schema, or grant it the rights",
    ),
    ("42P01", "the ledger's tables are gone: open the ledger again"),
    ("3F000", "no schema to work in: check search_path"),
    ("25006", "the server is read-only: use the primary server"),
    ("53100", "the server's disk is full: free some space and try again; what was recorded before is safe"),
)

_REFUSED = "23000"
"""The state under which a guard refuses a row."""


@contextmanager
def explained(location: Location) -> Iterator[None]:
    """Turns what the database or its driver raises inside into a LedgerError about `location`."""
    try:
        yield
    except exc.DBAPIError as error:
        raise LedgerError(_explain(location, error.orig or error)) from error
    except sqlite3.Error as error:
        raise LedgerError(_explain(location, error)) from error
    except exc.SQLAlchemyError as error:
        raise LedgerError(f"{location.printable}: {error}") from error


def _explain(location: Location, error: BaseException) -> str:
    detail = " ".join(str(error).split())
    if location.path is not None:
        lowered = detail.lower()
        advice = next((advice for fragment, advice in _SQLITE_ADVICE if fragment in lowered), None)
    else:
        state = getattr(error, "sqlstate", None)
        # A guard's refusal says all in its first line; the rest names a line of the guard.
        detail = (
            getattr(getattr(error, "diag", None), "message_primary", None) or detail if state == "23000" else detail
        )
        advice = dict(_POSTGRESQL_ADVICE).get(state or "")
        # A failed connection has no SQL state; the driver's own words name host, port and cause.
        if state is None:
            advice = "cannot reach the server: check that it runs, and the address and login in the URL"
    return f"{location.printable}: {advice} ({detail})" if advice else f"{location.printable}: {detail}"
