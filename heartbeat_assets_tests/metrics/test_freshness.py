"""Tests of freshness: how old a source was at an instant, by its own dates or by its file."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from heartbeat_assets.metrics.measuring import measuring
from heartbeat_assets_tests.metrics.timed_shop import DAYS, HOUR, LAST_ORDER, NEWEST, TimedShop

CHANGED = datetime(2026, 2, 20, 8, tzinfo=UTC)


def ages(shop: TimedShop, sources: str, at: datetime) -> dict[str, datetime | None]:
    shop.write_count("any", "SELECT 1", sources=sources)
    file = shop.file("any")
    with measuring(shop.service, [file]) as open_sources:
        return open_sources.ages(file, at)


def as_of(shop: TimedShop, sources: str, at: datetime) -> datetime | None:
    shop.write_count("any", "SELECT 1", sources=sources)
    file = shop.file("any")
    with measuring(shop.service, [file]) as open_sources:
        return open_sources.as_of(file, at)


def changed(shop: TimedShop, path: str) -> None:
    os.utime(shop.folder / path, (CHANGED.timestamp(), CHANGED.timestamp()))


def test_rows_with_dates_are_as_old_as_the_newest_one_up_to_then(timed: TimedShop) -> None:
    assert ages(timed, "orders", NEWEST) == {"orders": LAST_ORDER}
    assert ages(timed, "orders", LAST_ORDER) == {"orders": LAST_ORDER}
    assert ages(timed, "orders", LAST_ORDER - timedelta(seconds=1)) == {"orders": LAST_ORDER - HOUR}
    assert ages(timed, "orders", NEWEST - timedelta(days=DAYS + 1)) == {"orders": None}


def test_events_are_as_old_as_the_newest_one_up_to_then(timed: TimedShop) -> None:
    assert ages(timed, "visits", NEWEST - HOUR) == {"visits": LAST_ORDER - HOUR}
    assert ages(timed, "visits", NEWEST - 60 * HOUR) == {"visits": None}


def test_files_without_dates_are_as_old_as_their_last_change(timed: TimedShop) -> None:
    timed.write("data/extras.json", "{}")
    changed(timed, "data/prices.csv")
    changed(timed, "data/extras.json")
    assert ages(timed, "prices, extras", NEWEST) == {"prices": CHANGED, "extras": CHANGED}


def test_a_file_that_was_changed_since_counts_as_of_then(timed: TimedShop) -> None:
    changed(timed, "data/prices.csv")
    assert ages(timed, "prices", CHANGED - HOUR) == {"prices": CHANGED - HOUR}


def test_a_metric_is_as_fresh_as_its_oldest_source(timed: TimedShop) -> None:
    changed(timed, "data/prices.csv")
    assert as_of(timed, "orders, prices, extras", NEWEST) == CHANGED
    assert as_of(timed, "orders, extras", NEWEST) == LAST_ORDER
    assert as_of(timed, "extras", NEWEST) is None


def test_rows_without_a_date_or_long_before_computers_say_nothing(timed: TimedShop) -> None:
    orders = timed.folder / "data/orders.csv"
    text = orders.read_text(encoding="utf-8")
    orders.write_text(text + "Z1,1,0044-03-15 12:00:00\nZ2,1,\n", encoding="utf-8")
    assert ages(timed, "orders", NEWEST) == {"orders": LAST_ORDER}
