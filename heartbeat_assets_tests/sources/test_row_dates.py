"""Tests of row_dates: a source of rows that cannot say when, by its settings and by what was read."""

from __future__ import annotations

from typing import Any

import pytest

from heartbeat_assets.sources.row_dates import period_column_problem, rows_conflicts
from heartbeat_assets.sources.spec import TableSource


def conflicts(**settings: Any) -> list[str]:
    return list(rows_conflicts("orders", TableSource(kind="table", path="orders.csv", **settings)))


def test_a_dated_source_with_its_column_has_no_conflict() -> None:
    assert conflicts(columns={"day": "date"}, period_column="day") == []
    assert conflicts(period_column="day") == []
    assert conflicts() == []


def test_an_optional_source_lists_its_columns() -> None:
    assert conflicts(required=False) == [
        "sources.orders: is not required, so list its `columns`: an empty table stands in for it"
    ]


def test_the_column_that_says_when_is_listed_and_is_a_time() -> None:
    assert conflicts(columns={"ordered_at": "timestamp"}, period_column="orderd_at") == [
        "sources.orders.period_column: no column 'orderd_at' under `columns`; did you mean 'ordered_at'?"
    ]
    assert conflicts(columns={"day": "text"}, period_column="day") == [
        "sources.orders.period_column: column 'day' is text; it must be a timestamp or a date"
    ]


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"])
def test_a_time_of_any_kind_says_when(kind: str) -> None:
    assert period_column_problem("day", {"day": kind}) is None


def test_a_column_that_is_not_there_or_no_time_is_told() -> None:
    assert period_column_problem("day", {"id": "BIGINT"}) == "no column 'day'; there are id"
    assert period_column_problem("day", {"day": "VARCHAR"}) == (
        "column 'day' is VARCHAR; list it under `columns` as timestamp or date"
    )
