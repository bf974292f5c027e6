"""Every statement the ledger runs on the tables of the metrics, built once, with the names of its parameters.

Where many metrics are asked for at once, each is looked up in the index for itself, whatever the database
believes of the size of the tables; the two databases have different words for that. It must not run anything.
"""

from __future__ import annotations

import sqlalchemy as sa

from heartbeat_assets.ledger.metric_schema import metric_benchmark, metric_event, metric_state, metric_value
from heartbeat_assets.ledger.schema import LosslessText

FIRST_TICK, LAST_TICK = -(2**62), 2**62
"""Ticks that no value reaches: as `since` or `until` they set no limit."""

_metric = sa.bindparam("of_metric", type_=sa.Text)
_after = sa.bindparam("after_seq", type_=sa.BigInteger)
_limit = sa.bindparam("count", type_=sa.BigInteger)
_VALUE = "metric_id, tick, value, status, computed_at, source_as_of, sql_hash, error, seq, revision"
_value_columns = tuple(metric_value.c[name] for name in _VALUE.split(", "))

INSERT_EVENT = sa.insert(metric_event)
INSERT_VALUE = sa.insert(metric_value)
INSERT_BENCHMARK = sa.insert(metric_benchmark)

MARKS = sa.select(
    *(
        sa.select(sa.func.coalesce(sa.func.max(table.c.seq), 0)).scalar_subquery()
        for table in (metric_value, metric_event, metric_benchmark)
    )
)
"""The newest number of the values, the events and the benchmarks: the ends of three indexes."""

EVENTS = sa.select(metric_event).where(metric_event.c.metric_id == _metric).order_by(metric_event.c.place)
"""A metric's events in order. Takes `of_metric`."""

EVENTS_AFTER = sa.select(metric_event).where(metric_event.c.seq > _after).order_by(metric_event.c.seq).limit(_limit)
"""The next events of all metrics. Takes `after_seq`, `count`."""

STATE = sa.select(metric_state).where(metric_state.c.metric_id == _metric)
"""What a metric's events amount to. Takes `of_metric`."""

STATES = sa.select(metric_state)

VALUES = (
    sa.select(*_value_columns)
    .where(
        metric_value.c.metric_id == _metric,
        metric_value.c.tick >= sa.bindparam("since", type_=sa.BigInteger),
        metric_value.c.tick <= sa.bindparam("until", type_=sa.BigInteger),
    )
    .order_by(metric_value.c.tick, metric_value.c.revision)
)
"""A metric's values in order, all revisions. Takes `of_metric`, `since`, `until`."""

NTH_TICK = (
    sa.select(metric_value.c.tick)
    # Every tick has just one first revision.
    .where(metric_value.c.metric_id == _metric, metric_value.c.revision == 1)
    .where(metric_value.c.tick <= sa.bindparam("until", type_=sa.BigInteger))
    .order_by(metric_value.c.tick.desc())
    .limit(1)
    .offset(sa.bindparam("skip", type_=sa.BigInteger))
)
"""The tick that has `skip` others after it. Takes `of_metric`, `until`, `skip`."""

VALUES_AFTER = sa.select(*_value_columns).where(metric_value.c.seq > _after).order_by(metric_value.c.seq).limit(_limit)
"""The next values of all metrics. Takes `after_seq`, `count`."""

BENCHMARKS = sa.select(metric_benchmark).where(metric_benchmark.c.metric_id == _metric).order_by(metric_benchmark.c.seq)
"""A metric's benchmarks in order. Takes `of_metric`."""


def _every_metric(table: str) -> str:
    # One step in the index for each metric, where DISTINCT would walk millions of rows.
    return f"""WITH RECURSIVE every (metric_id) AS (
      SELECT min(metric_id) FROM {table}
      UNION ALL
      SELECT (SELECT min(following.metric_id) FROM {table} AS following WHERE following.metric_id > every.metric_id)
      FROM every WHERE every.metric_id IS NOT NULL)"""


_OLDEST_WANTED = f"""coalesce((
      SELECT older.tick FROM metric_value AS older
      WHERE older.metric_id = every.metric_id AND older.revision = 1
      ORDER BY older.tick DESC LIMIT 1 OFFSET :skip), {FIRST_TICK})"""

NEWEST_VALUES = {
    "sqlite": sa.text(f"""{_every_metric("metric_value")}
    SELECT {", ".join("found." + name for name in _VALUE.split(", "))}
    FROM every CROSS JOIN metric_value AS found
    WHERE found.metric_id = every.metric_id AND found.tick >= {_OLDEST_WANTED}"""),
    "postgresql": sa.text(f"""{_every_metric("metric_value")}
    SELECT found.* FROM every CROSS JOIN LATERAL (
      SELECT {_VALUE} FROM metric_value
      WHERE metric_id = every.metric_id AND tick >= {_OLDEST_WANTED} OFFSET 0) AS found"""),
}
"""By database: every metric's newest ticks, all revisions. Takes `skip`, one less than the number of ticks."""

NEWEST_BENCHMARKS = sa.text(f"""{_every_metric("metric_benchmark")}
    SELECT found.* FROM every CROSS JOIN metric_benchmark AS found
    WHERE found.metric_id = every.metric_id AND found.seq = (
      SELECT max(newest.seq) FROM metric_benchmark AS newest WHERE newest.metric_id = every.metric_id)""")
"""Every metric's newest benchmark."""

_CURRENT = """SELECT event.metric_id, event.place, event.field, event.after, event.entry_hash
      FROM {source}metric_event AS event
      WHERE event.metric_id = {wanted} AND NOT EXISTS (
        SELECT 1 FROM metric_event AS later WHERE later.metric_id = event.metric_id
        AND later.field = event.field AND later.place > event.place)"""

CURRENT = {
    "sqlite": sa.text(_CURRENT.format(source="json_each(:wanted) AS asked CROSS JOIN ", wanted="asked.value")).columns(
        after=LosslessText
    ),
    "postgresql": sa.text(f"""SELECT found.* FROM jsonb_array_elements_text(CAST(:wanted AS jsonb)) AS asked (metric_id)
      CROSS JOIN LATERAL ({_CURRENT.format(source="", wanted="asked.metric_id")} OFFSET 0) AS found""").columns(
        after=LosslessText
    ),
}
"""By database: the newest event of every field of some metrics. Takes `wanted`, their ids as a JSON list."""

_RECORDED = "SELECT metric_id, tick, revision, status, sql_hash FROM metric_value AS found"

RECORDED = {
    "sqlite": sa.text(f"""{_RECORDED.replace("FROM", "FROM json_each(:wanted) AS asked CROSS JOIN")}
      WHERE metric_id = json_extract(asked.value, '$[0]') AND tick = json_extract(asked.value, '$[1]')"""),
    "postgresql": sa.text(f"""SELECT found.* FROM jsonb_array_elements(CAST(:wanted AS jsonb)) AS asked (pair)
      CROSS JOIN LATERAL ({_RECORDED} WHERE metric_id = asked.pair->>0 AND tick = CAST(asked.pair->>1 AS bigint)
      OFFSET 0) AS found"""),
}
"""By database: what is recorded of some metrics and ticks, all revisions. Takes `wanted`, the pairs as a JSON
list.
"""
