"""Opening a ledger: one cheap query when it is current, a migration under a lock when it is not.

It must not import Alembic unless a migration is needed: opening is on the path of every command.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from heartbeat_assets.ledger.engine import reading
from heartbeat_assets.ledger.errors import LedgerError, NoLedger
from heartbeat_assets.ledger.location import Location, locate
from heartbeat_assets.ledger.schema import REVISIONS, version
from heartbeat_assets.ledger.store import Ledger


def open_ledger(url: str) -> Ledger:
    """Opens the ledger at `url`, makes it when it is not there, and migrates it when it is older than this
    program.

    `url` is `sqlite:///path`, a plain path (SQLite), `postgresql://...` or `postgresql+psycopg://...`. Cheap
    to call again: connections are shared within a process, and a forked child makes its own. Raises
    LedgerError when the ledger cannot be opened, or was written by a newer program.
    """
    location = locate(url)
    if not _is_current(location):
        from heartbeat_assets.ledger.upgrade import upgrade

        upgrade(location)
    return Ledger(location)


def existing_ledger(url: str) -> Ledger:
    """Opens the ledger at `url` as `open_ledger` does, but never makes the file: a new, empty ledger in place of one
    that was taken away would say that nothing is stopped. Raises NoLedger then, else LedgerError as it does.
    """
    location = locate(url)
    if location.path is not None and not _is_there(location.path, location):
        raise NoLedger(f"{location.printable}: there is no ledger; make it with `heartbeat switch list`, or look why")
    return open_ledger(url)


def ledger_at(url: str) -> Ledger:
    """Returns the ledger at `url` as it is there, neither made nor migrated: for the transaction of somebody else."""
    return Ledger(locate(url))


def check_revision(location: Location, revisions: list[str]) -> bool:
    """Tells whether the recorded `revisions` are current; raises LedgerError when this program does not know
    them.
    """
    unknown = [revision for revision in revisions if revision not in REVISIONS]
    if unknown or len(revisions) > 1:
        raise LedgerError(
            f"{location.printable}: the ledger has revision {', '.join(revisions)}, and the newest this "
            f"program knows is {REVISIONS[-1]}: a newer heartbeat_assets wrote it; upgrade this one too"
        )
    return revisions == [REVISIONS[-1]]


def _is_current(location: Location) -> bool:
    if location.path is not None and not _is_there(location.path, location):
        return False
    with reading(location) as connection:
        try:
            revisions = list(connection.scalars(sa.select(version.c.version_num)))
        except (exc.OperationalError, exc.ProgrammingError) as error:
            if _is_missing_table(error):
                return False
            raise
        # A file restored from a copy may have lost its write-ahead log mode; making it current switches it on
        # again.
        log_is_on = location.path is None or connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    return check_revision(location, revisions) and log_is_on


def _is_there(path: Path, location: Location) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise LedgerError(f"{location.printable}: the file cannot be reached ({error.strerror})") from error
    if not path.is_file():
        raise LedgerError(f"{location.printable}: is a folder or a device, not a file; choose another place")
    return found.st_size > 0


def _is_missing_table(error: exc.DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) == "42P01" or "no such table" in str(error.orig)
