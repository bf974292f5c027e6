"""How well a table is filled: rows, and per column what is missing and how many different values there are.

In one pass that is bounded, for a first look. It must not know what the columns mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from heartbeat_assets.warehouse.query import count_rows
from heartbeat_assets.warehouse.tables.sql import described, fetched, identifier

if TYPE_CHECKING:
    from heartbeat_assets.warehouse.connection import Connection

MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
_INSTANTS = ("TIMESTAMP", "DATE")


@dataclass(frozen=True)
class ColumnProfile:
    """A column: its share of values that are there, and about how many different ones, of the rows looked at.

    `first` and `last` are of a column of instants (aware, in UTC), else None; shares of no rows are None.
    """

    name: str
    kind: str
    filled: float | None
    distinct: int
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True)
class TableProfile:
    """A table: all its rows, how many were looked at, and its columns, at most MOST_COLUMNS of `columns_total`."""

    rows: int
    looked_at: int
    columns_total: int
    columns: tuple[ColumnProfile, ...]


def table_profile(connection: Connection, table: str, *, instants: str | None = None) -> TableProfile:
    """The profile of `table`, over at most MOST_ROWS of its rows.

    `instants` names a column of whole numbers that are microseconds since 1970. Raises QueryProblem.
    """
    described_columns = described(connection, identifier(table))
    rows = count_rows(connection, table)
    asked = described_columns[:MOST_COLUMNS]
    parts = ["count(*)"]
    for name, kind in asked:
        column = identifier(name)
        parts += [f"count({column})", f"approx_count_distinct({column})"]
        parts += _ends(column, name == instants, kind)
    few = f"SELECT * FROM {identifier(table)}" + (f" LIMIT {MOST_ROWS}" if rows > MOST_ROWS else "")
    ((looked_at, *found),) = fetched(connection, f"SELECT {', '.join(parts)} FROM ({few})")
    columns = []
    for place, (name, kind) in enumerate(asked):
        filled, distinct, first, last = found[4 * place : 4 * place + 4]
        share = filled / looked_at if looked_at else None
        # An estimate of more different values than there are values helps nobody.
        columns.append(ColumnProfile(name, kind, share, min(distinct, filled), _instant(first), _instant(last)))
    return TableProfile(rows, looked_at, len(described_columns), tuple(columns))


def _ends(column: str, micros: bool, kind: str) -> list[str]:
    """The first and the last instant of a column in microseconds, NULL of any other column."""
    if micros:
        return [f"min({column})", f"max({column})"]
    if not kind.startswith(_INSTANTS):
        return ["NULL", "NULL"]
    return [f"epoch_us({end}({column}) FILTER (WHERE isfinite({column})))" for end in ("min", "max")]


def _instant(micros: int | None) -> datetime | None:
    """`micros` as an aware instant in UTC; None for what lies beyond the calendar."""
    try:
        return None if micros is None else datetime.fromtimestamp(micros / 1_000_000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
