"""The context tables of lane liberty_restrictions, and its SQL in another engine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import duckdb
from hypothesis import example, given, settings

from heartbeat_assets_tests.defs.liberty_tables import (
    CONTEXT_SQL,
    DIGEST_SQL,
    Tables,
    assessment,
    complete,
    drawn_tables,
    fill,
    filled_sqlite,
    fragment,
    objects,
    tables_of,
)
from heartbeat_assets_tests.defs.naive_liberty import expected_coverage_by, expected_map_by_right, expected_top

EMPTY = tables_of()
CONTEXT: dict[str, Callable[[Tables], list[dict[str, Any]]]] = {
    "coverage_by_source": lambda tables: expected_coverage_by(tables, "source_id"),
    "coverage_by_scope": lambda tables: expected_coverage_by(tables, "scope"),
    "restriction_map_by_right": expected_map_by_right,
    "top_restrictions": expected_top,
}


def fill_with(connection: duckdb.DuckDBPyConnection, change: dict[str, list[tuple[Any, ...]]]) -> None:
    fill(connection, tables_of(**{**complete(), **change}))


@settings(max_examples=20)
@given(drawn_tables())
@example(EMPTY)
def test_the_context_tables_say_what_the_contract_says(connection: duckdb.DuckDBPyConnection, tables: Tables) -> None:
    fill(connection, tables)

    for name, sql in CONTEXT_SQL.items():
        assert decided(objects(connection, sql)) == decided(CONTEXT[name](tables)), name


@settings(max_examples=15)
@given(drawn_tables())
@example(EMPTY)
def test_the_same_text_gives_the_same_answer_in_another_engine(
    connection: duckdb.DuckDBPyConnection, tables: Tables
) -> None:
    fill(connection, tables)

    with closing(filled_sqlite(tables)) as other:
        for sql in (DIGEST_SQL, *CONTEXT_SQL.values()):
            assert decided(objects(connection, sql)) == decided(objects(other, sql))


def decided(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`rows` without what is left to chance: which of two assessments comes first that differ in confidence alone."""
    return [{name: value for name, value in row.items() if name != "confidence"} for row in rows]


def test_the_coverage_of_a_source_or_a_scope_is_that_of_its_fragments(connection: duckdb.DuckDBPyConnection) -> None:
    fragments = [*complete()["fragments"], fragment("f3", "n1"), fragment("f4", "n1")]
    fill_with(connection, {"fragments": fragments, "assessments": [assessment("f1"), assessment("f3")]})

    by_source, by_scope = (
        [list(row.values()) for row in objects(connection, CONTEXT_SQL[name])]
        for name in ("coverage_by_source", "coverage_by_scope")
    )
    assert by_source == [["bulletin", 1, 1, 0, 1, 0, 0.0, 0.0], ["gazette", 1, 3, 2, 1, 1, 0.666667, 0.333333]]
    assert by_scope == [["national", 1, 3, 2, 1, 1, 0.666667, 0.333333], ["regional", 1, 1, 0, 1, 0, 0.0, 0.0]]


def test_the_map_shows_every_right_also_one_without_data(connection: duckdb.DuckDBPyConnection) -> None:
    rights = [("speech", "Freedom of speech"), ("privacy", "Privacy")]
    scores = [assessment("f1", score=10.0), assessment("f2", score=75.0), assessment("f2", score=None)]
    fill_with(connection, {"rights": rights, "assessments": scores})

    assert [list(row.values()) for row in objects(connection, CONTEXT_SQL["restriction_map_by_right"])] == [
        ["privacy", "Privacy", 0, 0, 0, None, None],
        ["speech", "Freedom of speech", 3, 2, 2, 42.5, 75.0],
    ]


def test_the_ten_strongest_restrictions_are_listed_and_ties_go_by_their_key(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    scores = [(f"key-{number:02}", "f1", "speech", score, 0.5) for number, score in enumerate([7.0, 50.0] * 6)]
    unscored = [("aaa", "f1", "speech", None, 0.5)]
    fill_with(connection, {"assessments": [("zzz", "f2", "other", 50.5, None), *reversed(scores), *unscored]})

    rows = objects(connection, CONTEXT_SQL["top_restrictions"])
    assert [row["assessment_key"] for row in rows] == [
        "zzz",
        *("key-01", "key-03", "key-05", "key-07", "key-09", "key-11"),
        *("key-00", "key-02", "key-04"),
    ]
    assert list(rows[0].values()) == ["zzz", "Act n2", "Article f2", None, 50.5, None]
    assert list(rows[1].values()) == ["key-01", "Act n1", "Article f1", "Freedom of speech", 50.0, 0.5]
