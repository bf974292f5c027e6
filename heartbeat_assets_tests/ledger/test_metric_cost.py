"""What reading metrics costs must not grow with their history: looked up in the databases' plans, not in time."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest
import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, engine, metric_queries, open_ledger
from heartbeat_assets.ledger.location import locate
from heartbeat_assets_tests.ledger.metric_entries import benchmark, edit, register, value
from heartbeat_assets_tests.ledger.raw import execute, raw_engine

METRICS, TICKS = 20, 200

QUERIES: dict[str, tuple[Any, dict[str, Any], int]] = {
    # Query, parameters, and how many rows of the tables it may read.
    "marks": (metric_queries.MARKS, {}, 3),
    "row": (metric_queries.STATE, {"of_metric": "metric_7"}, 30),
    "current": (metric_queries.CURRENT, {"wanted": json.dumps(["metric_7"])}, 30),
    "recorded": (metric_queries.RECORDED, {"wanted": json.dumps([["metric_7", 1771808400]])}, 2),
    "newest values": (metric_queries.NEWEST_VALUES, {"skip": 2}, METRICS * 10),
    "nth tick": (metric_queries.NTH_TICK, {"of_metric": "metric_7", "until": metric_queries.LAST_TICK, "skip": 9}, 11),
    "values": (
        metric_queries.VALUES,
        {"of_metric": "metric_7", "since": 1771808400, "until": 1771808400 + 9 * 3600},
        11,
    ),
    "values after": (metric_queries.VALUES_AFTER, {"after_seq": 1000, "count": 10}, 11),
    "events after": (metric_queries.EVENTS_AFTER, {"after_seq": 10, "count": 10}, 11),
    "newest benchmarks": (metric_queries.NEWEST_BENCHMARKS, {}, METRICS * 10),
}


def fill(ledger: Ledger, raw: sa.Engine) -> None:
    names = [f"metric_{number}" for number in range(METRICS)]
    register(ledger, *names[:2], norm_value="0.5")
    # From here on PostgreSQL takes the tables for a page each, unless it is told otherwise.
    ledger.metrics.append_values([value(name, 0) for name in names[:2]])
    execute(raw, "ANALYZE")
    register(ledger, *names, norm_value="0.5")
    for name in names:
        edit(ledger, name, "owner", "ada@example.com")
    ledger.metrics.append_values([value(name, number) for number in range(TICKS) for name in names])
    for _ in range(5):
        ledger.metrics.append_benchmarks([benchmark(name) for name in names])


@pytest.mark.parametrize("name", QUERIES)
def test_sqlite_looks_everything_up_in_an_index(sqlite_url: str, name: str) -> None:
    open_ledger(sqlite_url).close()
    query, _, _ = QUERIES[name]
    text = str((query["sqlite"] if isinstance(query, dict) else query).compile(raw_engine(sqlite_url)))
    # The plan does not depend on the values of the parameters.
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        plan = [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {text}", [1] * text.count("?"))]
    scans = [step for step in plan if step.startswith("SCAN ") and step.split()[1] in ("event", "found", "older")]
    assert scans == []
    assert not [step for step in plan if "TEMP B-TREE" in step]


def test_postgresql_reads_few_rows_of_a_long_history(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    fill(ledger, raw_engine(postgres_url))
    for name, (query, parameters, most) in QUERIES.items():
        statement = query["postgresql"] if isinstance(query, dict) else query
        with engine.reading(locate(postgres_url)) as connection:
            compiled = statement.compile(connection)
            explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}"
            plan = connection.exec_driver_sql(explained, compiled.construct_params(parameters)).scalar_one()
        assert rows_read(plan[0]["Plan"]) <= most, (name, plan)
    ledger.close()


def rows_read(node: dict[str, Any]) -> int:
    """The rows that a plan takes from tables and their indexes, those it throws away included."""
    own = 0
    if "Relation Name" in node:
        thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        own = round((node["Actual Rows"] + thrown) * node["Actual Loops"])
    return own + sum(rows_read(child) for child in node.get("Plans", []))
