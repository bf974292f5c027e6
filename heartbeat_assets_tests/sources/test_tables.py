"""Tests of tables: sources as tables, and what is said when one cannot be read."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.compute import compute_digest
from heartbeat_assets.sources.inputs import SourceMissing, SourceUnreadable
from heartbeat_assets_tests.copied_project import CopiedProject


@pytest.fixture
def orders(project: CopiedProject) -> CopiedProject:
    """A lane over one table of two orders."""
    (project.folder / "orders.csv").write_text("id,total\n007,12.5\n008,\n", encoding="utf-8")
    configure(project, path="orders.csv", columns={"id": "text", "total": "number"})
    (project.lane_folder / "digest.sql").write_text(
        "SELECT count(*) AS orders_total, sum(total) AS revenue FROM orders -- total\n", encoding="utf-8"
    )
    return project


def configure(project: CopiedProject, **source: Any) -> None:
    with project.changed_attributes() as attributes:
        attributes.clear()
        attributes["sources"] = {"orders": {"kind": "table", **source}}
        attributes["kpis"] = [{"name": name, "min": 1} for name in ("orders_total", "revenue")]


def metrics(project: CopiedProject, **inputs: str) -> dict[str, Any]:
    found: dict[str, Any] = compute_digest(project.lane, inputs=inputs)["metrics"]
    return found


def test_rows_of_a_file_are_a_table_with_its_columns(orders: CopiedProject) -> None:
    assert metrics(orders) == {"orders_total": 2, "revenue": 12.5}


def test_a_file_of_another_format_may_take_the_place_of_a_source(orders: CopiedProject, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE orders (id TEXT, total REAL)")
        database.executemany("INSERT INTO orders VALUES (?, ?)", [("1", 1.0), ("2", 2.0), ("3", 4.0)])
    database.close()
    assert metrics(orders, orders=str(other)) == {"orders_total": 3, "revenue": 7.0}


def test_a_lost_column_is_named_with_every_line_that_uses_it(orders: CopiedProject) -> None:
    (orders.folder / "orders.csv").write_text("id,sum\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceUnreadable) as refused:
        metrics(orders)
    said = str(refused.value)
    assert said.startswith(f"input orders: {orders.folder / 'orders.csv'}: ")
    assert "'total' is used in digest.sql line 1: SELECT count(*) AS orders_total, sum(total)" in said
    assert refused.value.reasons == ["source_orders_column_missing"]


def test_a_lost_column_of_a_source_without_columns_is_told_with_what_it_has_now(orders: CopiedProject) -> None:
    configure(orders, path="orders.csv")
    (orders.folder / "orders.csv").write_text("id,sum\n1,2\n", encoding="utf-8")
    with pytest.raises(SpecProblem, match=r"(?s)digest\.sql: .*total.*Source orders has id, sum now\."):
        metrics(orders)


def test_the_places_beside_the_source_come_before_those_of_another_table(orders: CopiedProject) -> None:
    (orders.lane_folder / "digest.sql").write_text(
        """WITH other AS (
    SELECT 1 AS total
),

mine AS (
    SELECT sum(total) AS revenue
    FROM orders
)

SELECT revenue, 2 AS orders_total FROM mine""",
        encoding="utf-8",
    )
    (orders.folder / "orders.csv").write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(SourceUnreadable, match=r"'total' is used in digest\.sql line 6: SELECT sum") as refused:
        metrics(orders)
    assert "line 2" not in str(refused.value)


def test_a_lost_column_that_no_query_uses_may_be_taken_out(orders: CopiedProject) -> None:
    (orders.folder / "orders.csv").write_text("total\n2\n", encoding="utf-8")
    with pytest.raises(SourceUnreadable, match="no query uses 'id': take it out of `columns`"):
        metrics(orders)


def test_a_value_that_does_not_fit_names_the_source(orders: CopiedProject) -> None:
    (orders.folder / "orders.csv").write_text("id,total\n1,lots\n", encoding="utf-8")
    with pytest.raises(SourceUnreadable, match=r"input orders: .*total.*lots") as refused:
        metrics(orders)
    assert refused.value.reasons == ["source_orders_unreadable"]


def test_a_missing_file_names_the_source(orders: CopiedProject) -> None:
    (orders.folder / "orders.csv").unlink()
    with pytest.raises(SourceMissing, match=r"input orders: .*orders\.csv") as refused:
        metrics(orders)
    assert refused.value.reasons == ["source_orders_missing"]


def test_an_optional_table_that_is_not_there_is_empty(orders: CopiedProject) -> None:
    configure(orders, path="nowhere.csv", columns={"id": "text", "total": "number"}, required=False)
    assert metrics(orders) == {"orders_total": 0, "revenue": None}


def test_an_optional_table_needs_columns_to_be_empty_with(orders: CopiedProject) -> None:
    configure(orders, path="nowhere.csv", required=False)
    with pytest.raises(SpecProblem, match=r"sources\.orders: is not required, so list its `columns`"):
        metrics(orders)


def test_a_table_of_the_warehouse_is_read_from_where_the_environment_says(
    orders: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = orders.folder / "warehouse.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE shop_orders (id TEXT, total REAL)")
        connection.execute("INSERT INTO shop_orders VALUES ('1', 3.5)")
    connection.close()
    with orders.changed_attributes() as attributes:
        attributes["sources"]["orders"] = {"kind": "warehouse", "table": "shop_orders"}
    with pytest.raises(SourceMissing, match="HEARTBEAT_WAREHOUSE_URL is not set"):
        metrics(orders)
    monkeypatch.setenv("HEARTBEAT_WAREHOUSE_URL", f"sqlite:///{database}")
    assert metrics(orders) == {"orders_total": 1, "revenue": 3.5}


def test_a_table_of_the_warehouse_may_be_replaced_by_a_file(orders: CopiedProject) -> None:
    with orders.changed_attributes() as attributes:
        attributes["sources"]["orders"] = {"kind": "warehouse", "table": "shop_orders"}
    assert metrics(orders, orders=str(orders.folder / "orders.csv")) == {"orders_total": 2, "revenue": 12.5}
