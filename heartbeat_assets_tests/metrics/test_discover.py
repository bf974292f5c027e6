"""Tests of discover: the live registry, and every source with how well it is filled."""

from __future__ import annotations

from typing import Any

import pytest

from heartbeat_assets.metrics.discover import discover
from heartbeat_assets.metrics.registry import retire_metric
from heartbeat_assets.warehouse import profile
from heartbeat_assets_tests.metrics.projects import PERSON
from heartbeat_assets_tests.metrics.timed_shop import LAST_ORDER, NOW, TimedShop


def found(shop: TimedShop) -> dict[str, Any]:
    return discover(shop.catalog, shop.store, NOW)


def sources(shop: TimedShop) -> dict[str, dict[str, Any]]:
    (service,) = found(shop)["services"]
    assert service["service"] == "shop"
    return {source["source"]: source for source in service["sources"]}


def test_the_live_registry_is_listed_and_the_retired_are_not(timed: TimedShop) -> None:
    timed.write_count("gone")
    timed.write_count()
    timed.compute()
    retire_metric(timed.store, "gone", actor=PERSON, reason="a test")
    (timed.settings.defs / "shop/metrics/gone.sql").unlink()
    timed.write("defs/shop/metrics/wrong.sql", "SELECT 1")
    document = found(timed)
    assert document["metrics"] == [
        {
            "metric_id": "orders_day", "service": "shop", "code": "ORDE", "name": "Answered sessions",
            "status": "green", "verification_state": "unverified", "sources": ["orders"],
        }
    ]  # fmt: skip
    assert "wrong.sql" in document["problems"][0]


def test_rows_are_profiled_column_by_column(timed: TimedShop) -> None:
    timed.write_count()
    timed.write("data/prices.csv", "name,price\nbread,\nsalt,1\n,2\n,3\n")
    orders, prices = sources(timed)["orders"], sources(timed)["prices"]
    assert (orders["rows"], orders["rows_looked_at"], orders["used_by"]) == (240, 240, ["orders_day"])
    assert (orders["last"], orders["as_of"], orders["age_seconds"]) == (
        LAST_ORDER.isoformat(), LAST_ORDER.isoformat(), 40 * 60,
    )  # fmt: skip
    assert (prices["used_by"], prices["first"], prices["problem"]) == ([], None, None)
    assert prices["columns"] == [
        {"name": "name", "type": "VARCHAR", "filled": 0.5, "distinct": 2, "first": None, "last": None},
        {"name": "price", "type": "BIGINT", "filled": 0.75, "distinct": 3, "first": None, "last": None},
    ]


def test_telemetry_is_read_and_has_its_span(timed: TimedShop) -> None:
    visits = sources(timed)["visits"]
    assert (visits["kind"], visits["rows"], visits["last"]) == ("events", 48, LAST_ORDER.isoformat())
    columns = {column["name"]: column for column in visits["columns"]}
    assert (columns["session_id"]["filled"], columns["elapsed_ms"]["filled"]) == (1.0, 0.0)
    assert columns["answer"]["type"] == "BOOLEAN"


def test_a_document_has_its_keys_and_an_absent_optional_one_nothing(timed: TimedShop) -> None:
    assert (sources(timed)["extras"]["rows"], sources(timed)["extras"]["columns"]) == (0, [])
    timed.write("data/extras.json", '{"b": 1, "a": 2}')
    assert sources(timed)["extras"]["columns"] == [{"name": "a", "type": "JSON"}, {"name": "b", "type": "JSON"}]


def test_a_source_that_is_not_there_says_so_and_hides_no_other(timed: TimedShop) -> None:
    (timed.folder / "data/prices.csv").unlink()
    assert "prices.csv" in sources(timed)["prices"]["problem"]
    assert sources(timed)["orders"]["rows"] == 240


def test_of_a_large_source_the_first_rows_are_looked_at(timed: TimedShop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "MOST_ROWS", 100)
    orders = sources(timed)["orders"]
    assert (orders["rows"], orders["rows_looked_at"]) == (240, 100)


def test_nothing_is_recorded(timed: TimedShop) -> None:
    timed.write_count()
    found(timed)
    assert (timed.store.marks(), timed.store.rows()) == ((0, 0, 0), {})
