"""Tests of handed_over: rows that a program hands over, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from heartbeat_assets.warehouse import all_rows, connect
from heartbeat_assets.warehouse.tables import TableUnreadable
from heartbeat_assets.warehouse.tables.handed_over import RowsWith, add_handed_over

TYPES = {"name": "VARCHAR", "count": "BIGINT", "share": "DOUBLE", "good": "BOOLEAN"}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(tmp_path) as opened:
        yield opened


def add(connection: duckdb.DuckDBPyConnection, tmp_path: Path, rows: RowsWith) -> None:
    add_handed_over(connection, "things", TYPES, rows, tmp_path / "scratch", where="the till")


def test_texts_stay_as_they_are_and_no_value_is_null(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    texts = ["", "NULL", 'a "quoted", text', "two\r\nlines\n", " ü ", "\\N"]
    add(connection, tmp_path, lambda null: [*((text, 1, 0.1 + 0.2, 1) for text in texts), (null, null, null, null)])
    rows = all_rows(connection, "FROM things", at_most=20)
    assert [row["name"] for row in rows] == [*texts, None]
    assert rows[0] == {"name": "", "count": 1, "share": 0.1 + 0.2, "good": True}
    assert list(rows[-1].values()) == [None] * 4


def test_no_row_is_an_empty_table_with_its_columns(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    add(connection, tmp_path, lambda _: [])
    assert all_rows(connection, "SELECT count(*) AS n, sum(count) AS c FROM things", at_most=2) == [{"n": 0, "c": None}]


def test_a_value_that_does_not_fit_names_the_rows(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(TableUnreadable, match=r"^the till: .*many"):
        add(connection, tmp_path, lambda _: [("a", "many", 1.0, 1)])


def test_nothing_stays_in_scratch(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    add(connection, tmp_path, lambda _: [("a", 1, 1.0, 0)])
    assert list((tmp_path / "scratch").iterdir()) == []
