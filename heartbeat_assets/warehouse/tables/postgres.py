"""A table or view in PostgreSQL, read in one read-only transaction by a server-side cursor.

Only the columns that are wanted, as text, a batch at a time. It must not write there, and no message of it holds a
password.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from heartbeat_assets.warehouse.query import QueryProblem
from heartbeat_assets.warehouse.tables.places import libpq_url, shown_url
from heartbeat_assets.warehouse.tables.problems import TableUnreadable, engine_words, no_such_table
from heartbeat_assets.warehouse.tables.relay import new_relay
from heartbeat_assets.warehouse.tables.rows import check_columns, store

if TYPE_CHECKING:
    import duckdb
    import psycopg

_BATCH = 50_000
_CONNECT_SECONDS = 10
# How values are written as text must not depend on the server's settings.
_SETTINGS = "-c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601 -c extra_float_digits=1 -c bytea_output=hex"
_TYPES = {
    "int2": "BIGINT", "int4": "BIGINT", "int8": "BIGINT", "oid": "BIGINT",
    "float4": "DOUBLE", "float8": "DOUBLE", "numeric": "DOUBLE", "bool": "BOOLEAN", "date": "DATE",
    "timestamp": "TIMESTAMPTZ", "timestamptz": "TIMESTAMPTZ", "json": "JSON", "jsonb": "JSON",
}  # fmt: skip
_TABLES = """
SELECT t.oid, nspname, relname, pg_table_is_visible(t.oid)
FROM pg_class t JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'
ORDER BY pg_table_is_visible(t.oid) DESC, nspname, relname
"""
_COLUMNS = """
SELECT attname, typname FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


def add_postgres(
    connection: duckdb.DuckDBPyConnection, name: str, url: str, table: str, columns: Mapping[str, str], folder: Path
) -> None:
    """Makes the table `name` of the rows of `table`, which may be "schema.table", in the database at `url`.

    They pass through `folder`. Raises ColumnsMissing and TableUnreadable.
    """
    where = f"{shown_url(url)}, table {table}"
    try:
        import psycopg
        from psycopg import sql
    except ImportError as problem:
        raise TableUnreadable(
            f"{where}: the driver is not installed; pip install 'heartbeat_assets[postgres]'"
        ) from problem
    relay = new_relay(folder)
    try:
        with _connected(url) as database:
            oid, schema, bare = _table(database, shown_url(url), table)
            present = {str(column): _TYPES.get(kind, "VARCHAR") for column, kind in database.execute(_COLUMNS, [oid])}
            check_columns(where, columns, list(present))
            types = dict.fromkeys(columns, "VARCHAR") or present
            values = sql.SQL(", ").join(
                sql.SQL("coalesce({}::text, {})").format(sql.Identifier(column), relay.null) for column in types
            )
            query = sql.SQL("SELECT {} FROM {}").format(values, sql.Identifier(schema, bare))
            with database.cursor(name="heartbeat") as cursor:
                cursor.itersize = _BATCH
                relay.take(cursor.execute(query))
    except psycopg.Error as problem:
        # Not the driver's error as the cause: it may quote the URL.
        raise TableUnreadable(f"{where}: {_without_password(url, problem)}") from None
    try:
        store(connection, name, [relay.rows(types, where)], columns)
    except QueryProblem as problem:
        raise TableUnreadable(f"{where}: {engine_words(problem)}") from problem


def _connected(url: str) -> psycopg.Connection[Any]:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    given = conninfo_to_dict(libpq_url(url))
    options = f"{given.get('options') or ''} {_SETTINGS}".strip()
    waiting = given.get("connect_timeout") or _CONNECT_SECONDS
    database = psycopg.connect(libpq_url(url), options=options, connect_timeout=waiting, client_encoding="utf8")
    database.read_only = True
    return database


def _without_password(url: str, problem: Exception) -> str:
    import psycopg

    said = " ".join(str(problem).split())
    if type(problem) is psycopg.ProgrammingError:
        # The URL could not be read: what is quoted of it may be the password.
        return "the URL cannot be read; it is postgresql://user:password@host:port/database"
    try:
        password = urlsplit(libpq_url(url)).password or ""
    except ValueError:
        password = ""
    for secret in {password, unquote(password)} - {""}:
        said = said.replace(secret, "***")
    return said


def _table(database: psycopg.Connection[Any], where: str, table: str) -> tuple[int, str, str]:
    known: dict[str, tuple[int, str, str]] = {}
    for oid, schema, bare, visible in database.execute(_TABLES):
        known.setdefault(f"{schema}.{bare}", (oid, schema, bare))
        if visible:
            known[bare] = (oid, schema, bare)
    if table not in known:
        names = [name for name, found in known.items() if name == found[2] or found[2] not in known]
        raise no_such_table(where, table, names)
    return known[table]
