"""Tests of judging: today's thresholds for the newest tick, those then in force for the past, and hysteresis."""

from __future__ import annotations

from datetime import UTC, datetime

from heartbeat_assets.ledger import NewValue
from heartbeat_assets.metrics.judging import Judge
from heartbeat_assets.metrics.ticks import newest_tick
from heartbeat_assets_tests.metrics.timed_shop import HOUR, NEWEST, TimedShop


def record(shop: TimedShop, tick: datetime, value: float | None, status: str) -> None:
    assert status in ("green", "amber", "red", "no_data")
    shop.store.append_values([NewValue("orders_day", tick, value, status, tick, None, "0" * 64, None)])  # type: ignore[arg-type]


def judge_of(shop: TimedShop, newest: datetime, first: datetime) -> Judge:
    judge = Judge(shop.store, newest)
    judge.begin([shop.file("orders_day")], first)
    return judge


def registered(shop: TimedShop, **header: str | None) -> None:
    shop.write_count(**header)
    shop.compute(only=[])


def test_no_value_is_no_data_and_is_not_remembered(timed: TimedShop) -> None:
    registered(timed, recovery_value="30")
    file, judge = timed.file("orders_day"), judge_of(timed, NEWEST, NEWEST - 3 * HOUR)
    said = [judge.status(file, NEWEST - hour * HOUR, value) for hour, value in ((3, 5.0), (2, None), (1, 25.0))]
    assert said == ["red", "no_data", "red"]


def test_thresholds_are_those_of_the_tick_and_of_today_for_the_newest(timed: TimedShop) -> None:
    registered(timed)
    before = datetime.now(UTC)
    timed.change(norm_value=30.0)
    newest = newest_tick("hour", datetime.now(UTC) + HOUR)
    file, judge = timed.file("orders_day"), judge_of(timed, newest, newest - 5 * HOUR)
    assert judge.status(file, before, 25.0) == "green"
    assert judge.status(file, datetime.now(UTC), 25.0) == "amber"
    assert judge.status(file, newest, 25.0) == "amber"


def test_the_newest_tick_alone_is_judged_without_reading_events(timed: TimedShop) -> None:
    registered(timed)
    timed.change(norm_value=30.0)
    # Long before the registration, and yet by the thresholds of today.
    assert judge_of(timed, NEWEST, NEWEST).status(timed.file("orders_day"), NEWEST, 25.0) == "amber"


def test_the_last_status_with_a_value_is_remembered_from_the_ledger(timed: TimedShop) -> None:
    registered(timed, recovery_value="30")
    record(timed, NEWEST - 3 * HOUR, 5.0, "red")
    record(timed, NEWEST - 2 * HOUR, None, "no_data")
    record(timed, NEWEST, 40.0, "green")
    judge = judge_of(timed, NEWEST, NEWEST - HOUR)
    assert judge.status(timed.file("orders_day"), NEWEST - HOUR, 25.0) == "red"


def test_a_tick_that_was_judged_before_is_remembered(timed: TimedShop) -> None:
    registered(timed, recovery_value="30")
    file, judge = timed.file("orders_day"), judge_of(timed, NEWEST, NEWEST - HOUR)
    judge.remember(file, "red")
    assert judge.status(file, NEWEST, 25.0) == "red"
