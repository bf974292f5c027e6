"""What a table looks like from outside: its columns, and the instants its rows are of.

It must not know what they mean.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from heartbeat_assets.warehouse.query import run
from heartbeat_assets.warehouse.tables.sql import described, identifier

if TYPE_CHECKING:
    from heartbeat_assets.warehouse.connection import Connection

# The end of the calendar: the year 9999.
_LAST_MICROSECOND = 253_402_300_799_000_000


def table_columns(connection: Connection, table: str) -> dict[str, str]:
    """The columns of `table` with the engine's types, in their order. Raises QueryProblem."""
    return dict(described(connection, identifier(table)))


def table_schema(connection: Connection, table: str) -> str:
    """The columns of `table` with their types, in the order of their names: `amount DOUBLE, day DATE`.

    Of a document, the keys of the object instead. Raises QueryProblem.
    """
    columns = described(connection, identifier(table))
    if [name for name, _ in columns] == ["doc"]:
        run(connection, f"SELECT DISTINCT unnest(json_keys(doc)) AS name FROM {identifier(table)} ORDER BY name")
        return ", ".join(str(name) for (name,) in connection.fetchall())
    return ", ".join(f"{name} {kind}" for name, kind in sorted(columns))


def minutes_with_rows(connection: Connection, table: str, column: str) -> list[datetime]:
    """The newest instant of `column` (epoch microseconds, a timestamp or a date) in each minute that has one, in order.

    Instants are aware, in UTC. Raises QueryProblem.
    """
    kinds = table_columns(connection, table)
    name = identifier(column)
    micros = name if kinds[column] == "BIGINT" else f"epoch_us(CAST({name} AS TIMESTAMPTZ))"
    run(
        connection,
        f"SELECT max(us) FROM (SELECT {micros} AS us FROM {identifier(table)}) WHERE us IS NOT NULL "
        "GROUP BY us // 60000000 ORDER BY 1",
    )
    # What lies beyond the calendar (a broken clock) says nothing about freshness.
    return [
        datetime.fromtimestamp(us / 1_000_000, UTC) for (us,) in connection.fetchall() if 0 <= us <= _LAST_MICROSECOND
    ]
