"""Very many KPI events at once, as bare rows for a program that counts them itself.

No event is made of a row here: a million of them would cost more than all the rest. It must not judge an event.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from heartbeat_assets.ledger import engine
from heartbeat_assets.ledger.kpi_schema import kpi_event
from heartbeat_assets.ledger.location import Location

BULK_COLUMNS = (
    "domain", "metric", "ts_us", "success", "value", "duration_ms", "actor", "correlation_id", "detail", "seq",
)  # fmt: skip
"""What a row of `bulk_rows` holds, in this order; `ts_us` is microseconds since 1970 UTC, `success` 1 or 0."""

_BATCH = 20_000
_domain, _metric = sa.bindparam("of_domain", type_=sa.Text), sa.bindparam("of_metric", type_=sa.Text)
_null = sa.bindparam("null", type_=sa.Text)


def bulk_rows(location: Location, domain: str, metric: str | None, null: str) -> Iterator[Sequence[Any]]:
    """Yields the rows of a series, or of a whole domain: by metric and by time, `null` where there is no value.

    One read transaction, some thousand rows in memory at a time. Texts are as they are stored. Raises LedgerError.
    """
    parameters = {"of_domain": domain, "null": null} | ({} if metric is None else {"of_metric": metric})
    with engine.reading(location) as connection:
        query = _query(connection.dialect.name, whole_domain=metric is None)
        if connection.dialect.name == "sqlite":
            # The driver's own rows: wrapping each would cost a third of all the time.
            cursor = connection.execute(query, parameters).cursor
            assert cursor is not None
            while rows := cursor.fetchmany(_BATCH):
                yield from rows
            return
        # From a cursor of the server's, of which SQLAlchemy holds the first rows already.
        streaming = connection.execution_options(stream_results=True, max_row_buffer=_BATCH)
        with streaming.execute(query, parameters) as result:
            for batch in result.partitions(_BATCH):
                yield from batch


@cache
def _query(dialect: str, *, whole_domain: bool) -> sa.Select[Any]:
    columns = [kpi_event.c.at if name == "ts_us" else kpi_event.c[name] for name in BULK_COLUMNS]
    shown = [_with_mark(column, dialect) if column.nullable else column for column in columns]
    query = sa.select(*shown).where(kpi_event.c.domain == _domain)
    if not whole_domain:
        query = query.where(kpi_event.c.metric == _metric)
    return query.order_by(kpi_event.c.domain, kpi_event.c.metric, kpi_event.c.at, kpi_event.c.seq)


def _with_mark(column: sa.ColumnElement[Any], dialect: str) -> sa.ColumnElement[Any]:
    """The column, with the mark where it has no value."""
    # PostgreSQL wants one type a column. SQLite does not, and would cut a number's text to 15 digits.
    text = sa.cast(column, sa.Text) if dialect == "postgresql" else sa.type_coerce(column, sa.Text)
    return sa.func.coalesce(text, _null)
