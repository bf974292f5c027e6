"""Which database the URL of a warehouse means. It must not connect, and what it shows never holds a password."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from heartbeat_assets.warehouse.tables.problems import TableUnreadable

_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")
_FILES = ("duckdb", "sqlite")
_KINDS = "use duckdb:///path, sqlite:///path, a plain path, or postgresql://user:password@host/database"


def is_postgres(url: str) -> bool:
    """Whether `url` names a PostgreSQL database and not a file."""
    return url.partition("://")[0] in _POSTGRES and "://" in url


def warehouse_file(url: str) -> Path:
    """The file that `url` names, which need not be there.

    After three slashes comes the path: an absolute one as a rule, or a relative one when only that is there; after
    four an absolute one in any case. Raises TableUnreadable when `url` names no file.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        if not url.strip():
            raise TableUnreadable(f"the warehouse's URL is empty; {_KINDS}")
        return Path(url).expanduser()
    if scheme not in _FILES:
        raise TableUnreadable(f"{scheme}://...: not a warehouse this program knows; {_KINDS}")
    if not rest.startswith("/") or not rest.strip("/"):
        raise TableUnreadable(f"{url}: has three slashes before its path; {_KINDS}")
    relative = Path(rest.removeprefix("/"))
    return relative if relative.is_absolute() or (relative.exists() and not Path(rest).exists()) else Path(rest)


def libpq_url(url: str) -> str:
    """`url` as PostgreSQL's own library takes it."""
    return f"postgresql://{url.partition('://')[2]}"


def shown_url(url: str) -> str:
    """A PostgreSQL `url` without password and options."""
    try:
        parts = urlsplit(libpq_url(url))
        user = f"{parts.username}@" if parts.username else ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "postgresql://..."
    return f"postgresql://{user}{parts.hostname or ''}{port}{parts.path}"
