"""Every statement the ledger runs on the table of the KPI events, built once, with the names of its parameters.

It must not run anything.
"""

from __future__ import annotations

import sqlalchemy as sa

from heartbeat_assets.ledger.kpi_schema import kpi_event

FIRST, LAST = -(2**62), 2**62
"""Times that no event reaches: as `since` or `until` they set no limit."""

COLUMNS = {
    "domain": "text", "metric": "text", "success": "integer", "value": "double precision",
    "duration_ms": "double precision", "actor": "text", "correlation_id": "text", "detail": "text",
    "at": "bigint", "recorded_by": "text",
}  # fmt: skip
"""The columns a writer gives, with what PostgreSQL calls their types."""

_names = ", ".join(COLUMNS)
_arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in COLUMNS.items())

INSERT_ONE = sa.text(
    # The number within the statement: it is right whatever transaction this is a part of.
    f"INSERT INTO kpi_event (seq, {_names}) "
    f"VALUES ((SELECT coalesce(max(seq), 0) + 1 FROM kpi_event), {', '.join(f':{name}' for name in COLUMNS)})"
)
"""For SQLite: takes the columns of one event, or of each of many."""

INSERT_MANY = sa.text(f"INSERT INTO kpi_event ({_names}) SELECT * FROM unnest({_arrays})")
"""For PostgreSQL: takes a list for each column. Many statements would cost a message each."""

_domain = sa.bindparam("of_domain", type_=sa.Text)
_metric = sa.bindparam("of_metric", type_=sa.Text)
_limit = sa.bindparam("count", type_=sa.BigInteger)
_of_series = (kpi_event.c.domain == _domain, kpi_event.c.metric == _metric)
_before = kpi_event.c.at < sa.bindparam("until", type_=sa.BigInteger)

NEWEST = (
    sa.select(kpi_event)
    .where(*_of_series, _before)
    .order_by(kpi_event.c.at.desc(), kpi_event.c.seq.desc())
    .limit(_limit)
)
"""A series' newest events, the newest first. Takes `of_domain`, `of_metric`, `until` (not included), `count`."""

BETWEEN = (
    sa.select(kpi_event)
    .where(*_of_series, kpi_event.c.at >= sa.bindparam("since", type_=sa.BigInteger), _before)
    .order_by(kpi_event.c.at, kpi_event.c.seq)
    .limit(_limit)
)
"""A series' events in order. Takes `of_domain`, `of_metric`, `since`, `until` (not included), `count`."""

NEXT_SERIES = (
    sa.select(kpi_event.c.domain, kpi_event.c.metric)
    .where(sa.tuple_(kpi_event.c.domain, kpi_event.c.metric) > sa.tuple_(_domain, _metric))
    .order_by(kpi_event.c.domain, kpi_event.c.metric)
    .limit(1)
)
"""The series after another one: a step in the index, where DISTINCT would walk millions of rows."""

ENDS = sa.select(
    *(
        sa.select(kpi_event.c.at).where(*_of_series).order_by(order, order2).limit(1).scalar_subquery()
        for order, order2 in (
            (kpi_event.c.at.asc(), kpi_event.c.seq.asc()),
            (kpi_event.c.at.desc(), kpi_event.c.seq.desc()),
        )
    )
)
"""When a series' first and last events were. Takes `of_domain`, `of_metric`."""

MARK = sa.select(sa.func.coalesce(sa.func.max(kpi_event.c.seq), 0))
"""The newest number."""
