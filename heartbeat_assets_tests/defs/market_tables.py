"""The tables of the marketplace as rows for tests: made by hand, and put into an engine with the lane's columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import yaml

from heartbeat_assets.lanes.problems import checked_spec
from heartbeat_assets.sources.spec import TableSource
from heartbeat_assets.warehouse import run

ROOT = Path(__file__).resolve().parents[2]
LANE = ROOT / "heartbeat_assets" / "defs" / "marketplace"
SPEC = checked_spec(yaml.safe_load((LANE / "defs.yaml").read_text(encoding="utf-8"))["attributes"], "defs.yaml")
DIGEST_SQL = (LANE / SPEC.digest_sql).read_text(encoding="utf-8")
COLUMNS = {name: source.columns for name, source in SPEC.sources.items() if isinstance(source, TableSource)}
_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "integer": "BIGINT", "timestamp": "TIMESTAMPTZ"}

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
"""The instant at which everything is measured."""

Tables = dict[str, list[dict[str, Any]]]


def ago(days: float = 0, *, hours: float = 0, microseconds: int = 0) -> datetime:
    """An instant before NOW; with negative figures after it."""
    return NOW - timedelta(days=days, hours=hours, microseconds=microseconds)


def deal(name: str, status: str, created: datetime, activated: Any = None, ended: Any = None) -> dict[str, Any]:
    """A row of deals."""
    return {"deal_id": name, "status": status, "created_at": created, "activated_at": activated, "ended_at": ended}


def vote(name: str, created: datetime, direction: str = "up") -> dict[str, Any]:
    """A row of deal_votes."""
    return {"deal_id": name, "direction": direction, "created_at": created}


def listing(name: str, status: str, created: datetime, live: Any = None, ended: Any = None) -> dict[str, Any]:
    """A row of listings."""
    return {"listing_id": name, "status": status, "created_at": created, "live_at": live, "ended_at": ended}


def offer(name: str, created: datetime, status: str = "PENDING", decided: Any = None) -> dict[str, Any]:
    """A row of offers, for the listing `name`."""
    return {"listing_id": name, "status": status, "created_at": created, "decided_at": decided}


def report(created: datetime) -> dict[str, Any]:
    """A row of reports."""
    return {"about": "deal", "reason": "spam", "created_at": created}


def request(at: datetime, method: str = "POST", outcome: str = "success") -> dict[str, Any]:
    """A row of audit_logs."""
    return {"occurred_at": at, "request.method": method, "outcome": outcome, "status": 200, "duration_ms": 12.0}


def fill(connection: duckdb.DuckDBPyConnection, **tables: list[dict[str, Any]]) -> None:
    """Makes the six tables on `connection` with these rows; a column that a row does not have is NULL."""
    for name, columns in COLUMNS.items():
        wanted = ", ".join(f'"{column}" {_TYPES[kind]}' for column, kind in columns.items())
        run(connection, f"CREATE OR REPLACE TABLE {name} ({wanted})")
        rows = tables.get(name, [])
        assert all(row.keys() <= columns.keys() for row in rows)
        if rows:
            places = ", ".join([f"({', '.join('?' * len(columns))})"] * len(rows))
            values = [row.get(column) for row in rows for column in columns]
            run(connection, f"INSERT INTO {name} VALUES {places}", values)
