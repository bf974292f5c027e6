"""Tests of welcome: a newly registered metric's first value, and its benchmark where there is a history."""

from __future__ import annotations

from heartbeat_assets.metrics.registry import sync
from heartbeat_assets.metrics.welcome import Welcome, welcome
from heartbeat_assets_tests.metrics.projects import PROGRAM
from heartbeat_assets_tests.metrics.timed_shop import NEWEST, NOW, TimedShop, hours


def registered(shop: TimedShop) -> list[str]:
    return sync(shop.catalog, shop.store, actor=PROGRAM, now=NOW).registered


def welcomed(shop: TimedShop, *ids: str) -> Welcome:
    return welcome(shop.catalog, shop.store, ids, PROGRAM, NOW)


def test_a_new_metric_gets_its_first_value(timed: TimedShop) -> None:
    timed.write_count()
    timed.write_count("daily", every="day")
    found = welcomed(timed, *registered(timed))
    assert {name: value.value for name, value in found.values.items()} == {"orders_day": 24.0, "daily": 24.0}
    assert timed.newest().tick == NEWEST
    assert (found.benchmarks, timed.store.newest_benchmarks()) == ({}, {})


def test_others_are_left_alone(timed: TimedShop) -> None:
    timed.write_count("known")
    registered(timed)
    timed.write_count("new_one")
    assert list(welcomed(timed, *registered(timed)).values) == ["new_one"]
    assert timed.values("known") == []


def test_one_with_a_history_gets_its_benchmark(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute(ticks=hours(48)[:-1])
    found = welcomed(timed, "orders_day")
    assert found.values["orders_day"].tick == NEWEST
    assert found.benchmarks["orders_day"].count == 48
    assert timed.store.newest_benchmarks()["orders_day"].mean == 24.0


def test_one_that_fails_has_its_error_and_takes_no_other_with_it(timed: TimedShop) -> None:
    timed.write_count("bad", "SELECT nonsense FROM orders")
    timed.write_count("good")
    found = welcomed(timed, *registered(timed))
    assert found.values["bad"].error is not None
    assert found.values["good"].value == 24.0


def test_twice_is_once(timed: TimedShop) -> None:
    timed.write_count()
    registered(timed)
    welcomed(timed, "orders_day")
    assert welcomed(timed, "orders_day").values == {}
    assert len(timed.values()) == 1


def test_an_id_without_a_file_is_passed_over(timed: TimedShop) -> None:
    assert welcomed(timed, "nobody") == Welcome()
