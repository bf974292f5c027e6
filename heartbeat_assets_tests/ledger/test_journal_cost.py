"""What reading the journal costs must not grow with its length: looked up in the databases' plans, not in time."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from heartbeat_assets.ledger import engine, journal_queries, open_ledger
from heartbeat_assets.ledger.location import locate
from heartbeat_assets_tests.ledger.journal_entries import PERSON, looked, note
from heartbeat_assets_tests.ledger.raw import execute, raw_engine
from heartbeat_assets_tests.ledger.test_metric_cost import rows_read

SUBJECTS, ROUNDS = 10, 60

QUERIES: dict[str, tuple[Any, dict[str, Any], int]] = {
    # Query, parameters, and how many rows of the table it may read.
    "mark": (journal_queries.MARK, {}, 1),
    "newest of a subject": (journal_queries.NEWEST_OF, {"of_stream": "note", "of_subject": "s3", "count": 1}, 1),
    "newest of all": (
        {name: journal_queries.newest(name, None) for name in ("sqlite", "postgresql")},
        {"of_stream": "note"},
        SUBJECTS * 5,
    ),
    "newest of kinds": (
        {name: journal_queries.newest(name, 2) for name in ("sqlite", "postgresql")},
        {"of_stream": "note", "kind_0": "done", "kind_1": "undone"},
        SUBJECTS * 5,
    ),
    "get": (journal_queries.GET, {"of_seq": 99}, 1),
    "after": (journal_queries.AFTER, {"after_seq": 100, "count": 10}, 11),
    # Which of two indexes is the better one depends on how rare the stream is: the numbers in between may be walked.
    "after in a stream": (
        journal_queries.AFTER_IN,
        {"of_stream": "tripwire", "after_seq": 100, "count": 10},
        11 * (SUBJECTS + 1),
    ),
    "between": (
        journal_queries.BETWEEN,
        {"of_stream": "note", "since": "2026-02-23T00", "until": "2026-02-23T01"},
        1,
    ),
    "caused by": (journal_queries.CAUSED_BY, {"of_seq": 1}, 2),
    "subjects": (journal_queries.SUBJECTS, {"of_stream": "note"}, SUBJECTS * 2),
    "next stream": (journal_queries.NEXT_STREAM, {"of_stream": "note"}, 1),
}


@pytest.fixture
def filled(ledger_url: str) -> str:
    """Many subjects, in which the kinds that are asked for came early."""
    ledger = open_ledger(ledger_url)
    ledger.journal.append(looked("ok"), PERSON)
    if ledger_url.startswith("postgresql"):
        # From here on it takes the table for a page, unless it is told otherwise.
        execute(raw_engine(ledger_url), "ANALYZE")
    names = [f"s{number}" for number in range(SUBJECTS)]
    ledger.journal.append_all([note(name, kind="done") for name in names], PERSON)
    ledger.journal.append_all([note(name, kind="undone", cause=1) for name in names[:1]], PERSON)
    for _ in range(ROUNDS):
        ledger.journal.append_all([*(note(name) for name in names), looked("ok")], PERSON)
    ledger.close()
    return ledger_url


def test_few_rows_of_a_long_journal_are_read(filled: str) -> None:
    for name, (query, parameters, most) in QUERIES.items():
        with engine.reading(locate(filled)) as connection:
            compiled = (query[connection.dialect.name] if isinstance(query, dict) else query).compile(connection)
            if filled.startswith("sqlite"):
                assert steps_that_walk(filled, str(compiled)) == [], name
                continue
            explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {compiled}"
            plan = connection.exec_driver_sql(explained, compiled.construct_params(parameters)).scalar_one()
        assert rows_read(plan[0]["Plan"]) <= most, (name, plan)


def steps_that_walk(url: str, text: str) -> list[str]:
    """What SQLite would read without an index, or sort; the plan does not depend on the values of the parameters."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        plan = [step[3] for step in connection.execute(f"EXPLAIN QUERY PLAN {text}", [1] * text.count("?"))]
    own = ("SCAN journal_event", "SCAN found", "SCAN newest", "SCAN following")
    return [step for step in plan if step.startswith(own) or "TEMP B-TREE" in step]
