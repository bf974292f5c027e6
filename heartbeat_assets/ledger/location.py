"""Where a ledger is: reads the URL, or the plain path, that a user gave.

It decides nothing about how to connect, and `printable` never holds a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from heartbeat_assets.ledger.errors import LedgerError

_KINDS = "use sqlite:///path/to/ledger.sqlite, a plain path, or postgresql://user:password@host/database"
_SECRETS = ("password", "sslpassword")


@dataclass(frozen=True, slots=True)
class Location:
    """A ledger's address. `path` is the absolute path of a SQLite file, None for PostgreSQL."""

    url: URL
    path: Path | None
    printable: str

    @property
    def key(self) -> str:
        """The address in full, to tell engines apart. Not for printing."""
        return self.url.render_as_string(hide_password=False)


def locate(url: str) -> Location:
    """Reads `url`; raises LedgerError when it names no ledger this program can use.

    The text after `sqlite:///` is taken as the path, letter by letter, with no %-escapes.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return _sqlite(url)
    if scheme in ("sqlite", "sqlite+pysqlite"):
        if not rest.startswith("/"):
            raise LedgerError(f"{url}: a SQLite URL has three slashes before its path; {_KINDS}")
        if "?" in rest:
            raise LedgerError(
                f"{url}: options after ? are not supported; if the path has a ? in it, give the plain path"
            )
        return _sqlite(rest[1:])
    if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return _postgresql(rest)
    raise LedgerError(f"{scheme}://...: not a ledger this program knows; {_KINDS}")


def _sqlite(path: str) -> Location:
    if not path.strip():
        raise LedgerError(f"the ledger's URL names no file; {_KINDS}")
    if path == ":memory:" or path.startswith("file:"):
        raise LedgerError(f"{path}: the ledger must be a file that several processes can open; {_KINDS}")
    # Absolute at once: a later change of the working directory must not split the history in two.
    absolute = Path(path).expanduser().absolute()
    return Location(URL.create("sqlite", database=str(absolute)), absolute, f"sqlite:///{absolute}")


def _postgresql(rest: str) -> Location:
    try:
        url = make_url(f"postgresql+psycopg://{rest}")
    except (ArgumentError, ValueError) as error:
        # The error would quote the URL, and with it the password.
        raise LedgerError(f"postgresql://...: the URL cannot be read; {_KINDS}") from error
    shown = url.set(drivername="postgresql")
    hidden = {name: "***" for name in _SECRETS if name in url.query}
    return Location(url, None, shown.update_query_dict(hidden).render_as_string(hide_password=True))
