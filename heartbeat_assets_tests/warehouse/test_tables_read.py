"""Tests of tables_read: which tables a query reads, told from its text alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from heartbeat_assets.warehouse import connect
from heartbeat_assets.warehouse.tables_read import tables_read


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT 1", set()),
        ("SELECT count(*) FROM orders", {"orders"}),
        ("SELECT count(*) FROM Orders o JOIN prices p ON o.id = p.id", {"orders", "prices"}),
        ("SELECT (SELECT max(x) FROM inner_one) FROM outer_one", {"inner_one", "outer_one"}),
        ("WITH made AS (SELECT * FROM orders) SELECT count(*) FROM made", {"orders"}),
        ("SELECT 'FROM prices' -- FROM visits\nFROM orders WHERE ordered_at <= $as_of", {"orders"}),
        ("this is no query", set()),
    ],
)
def test_the_tables_of_a_query_are_those_it_does_not_make_itself(tmp_path: Path, sql: str, tables: set[str]) -> None:
    with connect(tmp_path) as connection:
        assert tables_read(connection, sql) == tables
