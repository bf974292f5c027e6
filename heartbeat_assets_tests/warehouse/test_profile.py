"""Tests of profile: how well a table is filled, in one bounded pass."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from heartbeat_assets.warehouse import connect, profile, run
from heartbeat_assets.warehouse.profile import TableProfile, table_profile


def profiled(folder: Path, table: str, *, instants: str | None = None) -> TableProfile:
    """The profile of what the query `table` returns."""
    with connect(folder) as connection:
        run(connection, f'CREATE TABLE "a table" AS {table}')
        return table_profile(connection, "a table", instants=instants)


def test_rows_and_what_is_missing_are_counted_column_by_column(tmp_path: Path) -> None:
    found = profiled(tmp_path, 'SELECT n AS "a ""b""", CASE WHEN n < 5 THEN \'x\' END AS half FROM range(10) t(n)')
    assert (found.rows, found.looked_at, found.columns_total) == (10, 10, 2)
    assert [(one.name, one.kind, one.filled, one.distinct) for one in found.columns] == [
        ('a "b"', "BIGINT", 1.0, 10), ("half", "VARCHAR", 0.5, 1),
    ]  # fmt: skip


def test_an_empty_table_has_no_shares(tmp_path: Path) -> None:
    found = profiled(tmp_path, "SELECT 1 AS a WHERE false")
    assert (found.rows, found.columns[0].filled, found.columns[0].distinct) == (0, None, 0)


@pytest.mark.parametrize("value", ["DATE '2026-02-23'", "TIMESTAMP '2026-02-23'", "TIMESTAMPTZ '2026-02-23 01:00+01'"])
def test_instants_have_a_span_in_utc(tmp_path: Path, value: str) -> None:
    (column,) = profiled(tmp_path, f"SELECT {value} AS at UNION ALL SELECT NULL").columns
    assert (column.first, column.last) == (datetime(2026, 2, 23, tzinfo=UTC), datetime(2026, 2, 23, tzinfo=UTC))


def test_microseconds_are_instants_where_they_are_named_so(tmp_path: Path) -> None:
    table = "SELECT 1_000_000 AS us, 1_000_000 AS other"
    us, other = profiled(tmp_path, table, instants="us").columns
    assert us.first == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert other.first is None


def test_what_lies_beyond_the_calendar_is_no_instant(tmp_path: Path) -> None:
    table = "SELECT TIMESTAMP 'infinity' AS at, 9223372036854775807 AS us"
    assert [column.last for column in profiled(tmp_path, table, instants="us").columns] == [None, None]


def test_of_a_large_table_the_first_rows_and_columns_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile, "MOST_ROWS", 10)
    monkeypatch.setattr(profile, "MOST_COLUMNS", 1)
    found = profiled(tmp_path, "SELECT n AS a, n AS b FROM range(100) t(n)")
    assert (found.rows, found.looked_at, found.columns_total, len(found.columns)) == (100, 10, 2, 1)
