"""Tests of benchmark: what is normal over a window of days, recorded beside everything else and leading to nothing."""

from __future__ import annotations

from datetime import timedelta
from statistics import stdev

import pytest

from heartbeat_assets.ledger import MetricValue
from heartbeat_assets.metrics.benchmark import benchmark_of, refresh_benchmarks
from heartbeat_assets_tests.metrics.timed_shop import HOUR, NEWEST, NOW, TimedShop, hours


def values(*numbers: float | None) -> list[MetricValue]:
    return [
        MetricValue(
            "any", NEWEST + place * HOUR, number, "no_data" if number is None else "green", NOW, None, "0" * 64, None,
            place, 1,
        )
        for place, number in enumerate(numbers)
    ]  # fmt: skip


def test_mean_deviation_median_and_mad_are_those_of_the_values_there_are() -> None:
    found = benchmark_of("any", values(None, 1.0, 2.0, None, 3.0, 10.0), window_days=30, now=NOW)
    assert found is not None
    assert (found.count, found.mean, found.median, found.mad) == (4, 4.0, 2.5, 1.0)
    assert found.stddev == pytest.approx(stdev([1.0, 2.0, 3.0, 10.0]))
    assert (found.first_tick, found.last_tick, found.window_days) == (NEWEST + HOUR, NEWEST + 5 * HOUR, 30)


def test_a_single_value_has_no_deviation() -> None:
    found = benchmark_of("any", values(3.0), window_days=30, now=NOW)
    assert found is not None
    assert (found.count, found.mean, found.stddev, found.median, found.mad) == (1, 3.0, None, 3.0, 0.0)


def test_without_a_value_there_is_none() -> None:
    assert benchmark_of("any", values(None, None), window_days=30, now=NOW) is None
    assert benchmark_of("any", [], window_days=30, now=NOW) is None


def test_figures_that_are_too_large_for_a_number_are_left_out() -> None:
    found = benchmark_of("any", values(1e308, 1e308, -1e308), window_days=30, now=NOW)
    assert found is not None
    assert (found.count, found.mean, found.median, found.mad) == (3, None, 1e308, 0.0)


def test_each_metric_has_its_own_window(timed: TimedShop) -> None:
    timed.write_count("short", benchmark_days="1")
    timed.write_count("long", benchmark_days="3")
    timed.compute(ticks=hours(24 * 9))
    found = {one.metric_id: one for one in refresh_benchmarks(timed.catalog.files.values(), timed.store, NOW)}
    assert {name: (one.count, one.window_days) for name, one in found.items()} == {"short": (24, 1), "long": (72, 3)}
    recorded = timed.store.newest_benchmarks()
    assert (recorded["long"].mean, recorded["long"].stddev, recorded["long"].computed_at) == (24.0, 0.0, NOW)


def test_a_metric_without_values_gets_none(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute(only=[])
    assert refresh_benchmarks(timed.catalog.files.values(), timed.store, NOW) == []
    assert timed.store.newest_benchmarks() == {}


def test_every_look_is_kept(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute(ticks=hours(5))
    for days in (0, 1):
        refresh_benchmarks(timed.catalog.files.values(), timed.store, NOW + timedelta(days=days))
    assert [one.computed_at for one in timed.store.benchmarks("orders_day")] == [NOW, NOW + timedelta(days=1)]


def test_a_benchmark_changes_no_threshold_and_writes_no_event(timed: TimedShop) -> None:
    timed.write_count(norm_value=None, alert_value=None)
    timed.compute(ticks=hours(24 * 9))
    timed.change(alert_value=1.0)
    before = (timed.store.rows(), timed.store.events("orders_day"), timed.store.marks()[:2])
    refresh_benchmarks(timed.catalog.files.values(), timed.store, NOW)
    timed.compute(now=NOW + HOUR)
    after = (timed.store.rows(), timed.store.events("orders_day"))
    assert after == before[:2]
    assert timed.store.marks() == (before[2][0] + 1, before[2][1], 1)
    assert timed.newest().status == "green"
