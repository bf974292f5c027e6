"""What a text of SQL is, without running it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.warehouse import QueryProblem
from heartbeat_assets.warehouse.statements import parameters_of_select


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT 1", set()),
        ("-- a comment\n/* another */ SELECT $as_of;", {"as_of"}),
        ("SELECT $As_Of, $b, '$c', \"$d\" -- $e", {"as_of", "b"}),
        ("WITH a AS (SELECT $x AS y) SELECT y FROM a", {"x"}),
        ("FROM orders", set()),
        ("VALUES (1)", set()),
        ("SELECT ?, ?", {"1", "2"}),
        ("SELECT 'a;b'", set()),
    ],
)
def test_the_parameters_of_a_select_are_named(sql: str, names: set[str]) -> None:
    assert parameters_of_select(sql) == names


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("", "there is no statement; write one SELECT"),
        ("-- nothing", "there is no statement"),
        ("SELECT 1; SELECT 2", "there are 2 statements"),
        ("INSERT INTO t VALUES (1)", "is no SELECT but INSERT"),
        ("COPY t TO 'x.csv'", "is no SELECT but COPY"),
        ("ATTACH 'x.db'", "is no SELECT but ATTACH"),
        ("EXPLAIN SELECT 1", "is no SELECT but EXPLAIN"),
        ("SET threads = 1", "is no SELECT but SET"),
        ("SELECT $a + ?", "Mixing named and positional"),
        ("-- one\n-- two\nSELECT 1\nWHERE ,", "LINE 4"),
    ],
)
def test_anything_but_one_select_is_refused(sql: str, said: str) -> None:
    with pytest.raises(QueryProblem, match=said):
        parameters_of_select(sql)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_raises_anything_else(sql: str) -> None:
    with contextlib.suppress(QueryProblem):
        assert isinstance(parameters_of_select(sql), frozenset)
