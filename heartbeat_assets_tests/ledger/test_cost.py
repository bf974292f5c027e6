"""What an operation costs must not grow with the history: counted in rows that the database reads, not in time."""

import sqlite3
import time
from contextlib import closing

import sqlalchemy as sa

from heartbeat_assets.ledger import Ledger, open_ledger, queries
from heartbeat_assets_tests.ledger.entries import heartbeat, heartbeats
from heartbeat_assets_tests.ledger.raw import INSERT, all_rows, execute, next_row, raw_engine

ROWS = 3000


def rows_read_on_postgresql(raw: sa.Engine, rows_written: int) -> int:
    """The rows read since the beginning, once the server's counters have caught up with `rows_written`."""
    written = sa.text("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relid = 'heartbeat'::regclass")
    read = sa.text(
        "SELECT (SELECT seq_tup_read FROM pg_stat_user_tables WHERE relid = 'heartbeat'::regclass) "
        "+ (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relid = 'heartbeat'::regclass)"
    )
    deadline = time.monotonic() + 60
    while True:
        with raw.connect() as connection:
            if connection.scalar(written) == rows_written:
                return int(connection.scalar(read) or 0)
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_session_that_knew_a_small_table_does_not_read_a_large_one_whole(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    ledger.import_entries("lane", heartbeats(*range(3)))
    raw = raw_engine(postgres_url)
    # From here on the planner takes the table for one page, and reading all of it for the cheapest plan.
    execute(raw, "ANALYZE heartbeat")
    for number in range(3, 20):
        ledger.append("lane", heartbeat(number))
        ledger.last("lane", 1)
    # In several imports, and by turns, so that every statement meets the larger table with the plan it has.
    for start in range(20, 20 + ROWS, 1000):
        ledger.import_entries("lane", heartbeats(*range(start, start + 1000)))
        ledger.append("lane", heartbeat(start))
    ledger.close()
    # For each row that is written: the row before it, and twice the one whose key follows.
    assert rows_read_on_postgresql(raw, 20 + ROWS) < 3.1 * ROWS


def test_a_vacuum_beside_a_large_transaction_makes_no_append_read_the_whole_lane(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    ledger.import_entries("lane", heartbeats(*range(20)))
    raw = raw_engine(postgres_url)
    (*_, row) = all_rows(raw)
    with raw.connect() as writer, writer.begin(), raw.connect() as other:
        for number in range(200):
            row = next_row(row, entry_key=f"{number:064}")
            writer.execute(sa.text(INSERT), row)
        # The server writes down that a table of this size has 20 rows: a lane is one of them, as a key is.
        other.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM heartbeat")
    ledger.close()
    before = rows_read_on_postgresql(raw, 220)
    for number in range(20, 40):
        assert ledger.append("lane", heartbeat(number)).appended
    ledger.close()
    assert rows_read_on_postgresql(raw, 240) - before <= 20 * 4


def test_a_window_reads_its_rows_and_no_others(ledger: Ledger, raw: sa.Engine) -> None:
    ledger.import_entries("lane", heartbeats(*range(ROWS)))
    if raw.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(raw.url.database))) as connection:
            text = str(queries.WINDOW.compile(raw))
            plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", ("lane", ROWS, 20, 0)).fetchall()
        assert [step[3] for step in plan] == ["SEARCH heartbeat USING PRIMARY KEY (lane=? AND place<?)"]
    else:
        ledger.close()
        before = rows_read_on_postgresql(raw, ROWS)
        assert len(ledger.last("lane", 20)) == 20
        ledger.close()
        deadline = time.monotonic() + 60
        while rows_read_on_postgresql(raw, ROWS) == before:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert rows_read_on_postgresql(raw, ROWS) - before == 20
