"""The database as any other program sees it, for tests that go behind the ledger's back."""

from typing import Any

import sqlalchemy as sa

COLUMNS = (
    "lane, place, entry_key, heartbeat_id, run_at, status, malformed, malformed_total, text, raw, "
    "dagster_run_id, recorded_at, previous_hash, entry_hash"
)

INSERT = f"INSERT INTO heartbeat ({COLUMNS}) VALUES ({', '.join(':' + name for name in COLUMNS.split(', '))})"


def raw_engine(url: str, *, keeps: bool = False) -> sa.Engine:
    """An engine with nothing of the ledger's own settings; dispose of one that `keeps` its connections to a server."""
    if url.startswith("sqlite"):
        return sa.create_engine(url, poolclass=sa.pool.NullPool)
    poolclass = sa.pool.QueuePool if keeps else sa.pool.NullPool
    return sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=poolclass)


def execute(raw: sa.Engine, statement: str, /, **values: Any) -> None:
    """Runs one statement in its own transaction."""
    with raw.begin() as connection:
        connection.execute(sa.text(statement), values)


def all_rows(raw: sa.Engine) -> list[dict[str, Any]]:
    """Every stored row, in order."""
    with raw.connect() as connection:
        found = connection.execute(sa.text(f"SELECT {COLUMNS} FROM heartbeat ORDER BY lane, place"))
        return [dict(row._mapping) for row in found]


def next_row(after: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A row that the database accepts right after the row `after`, but for `changes`."""
    following = {
        "place": after["place"] + 1,
        "entry_key": "next",
        "previous_hash": after["entry_hash"],
        "entry_hash": "f" * 64,
    }
    return {**after, **following, **changes}


def drop_guards(raw: sa.Engine) -> None:
    """What somebody does who wants to tamper and owns the tables."""
    if raw.dialect.name == "sqlite":
        for name in ("refuses_update", "refuses_delete", "next_in_chain"):
            execute(raw, f"DROP TRIGGER heartbeat_{name}")
    else:
        execute(raw, "ALTER TABLE heartbeat DISABLE TRIGGER USER")
