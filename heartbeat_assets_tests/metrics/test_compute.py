"""Tests of compute: values at ticks, each once, each metric on its own, by the thresholds of its moment."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from heartbeat_assets.ledger import Ledger
from heartbeat_assets_tests.metrics.timed_shop import COUNT, ENDLESS, HOUR, LAST_ORDER, NEWEST, NOW, TimedShop, hours
from heartbeat_assets_tests.metrics.timed_shop import SERVICE as TIMED_SERVICE

ROOT = Path(__file__).resolve().parent.parent.parent
TIMEOUT = 60


def reasons(shop: TimedShop, field: str, metric_id: str = "orders_day") -> list[str]:
    return [event.reason for event in shop.store.events(metric_id) if event.field == field]


# --- The newest tick --------------------------------------------------------------------------------------------------


def test_a_tick_records_value_status_and_how_fresh_the_sources_were(timed: TimedShop) -> None:
    timed.write_count()
    report = timed.compute()
    assert (report.synced.registered, report.recorded, report.known, report.failures) == (["orders_day"], 1, 0, {})
    (value,) = timed.values()
    assert (value.tick, value.value, value.status) == (NEWEST, 24.0, "green")
    assert (value.computed_at, value.source_as_of) == (NOW, LAST_ORDER)
    assert (value.sql_hash, value.error, value.revision) == (timed.file("orders_day").sql_hash, None, 1)


def test_a_service_without_metrics_has_nothing_to_compute(timed: TimedShop) -> None:
    assert timed.compute().computed == 0


def test_one_failing_query_fails_that_metric_alone(timed: TimedShop) -> None:
    timed.write_count("bad_one", "SELECT\n  nonsense\nFROM orders")
    timed.write_count("good_one")
    report = timed.compute()
    assert list(report.failures) == ["bad_one"]
    value = timed.newest("bad_one")
    assert (value.value, value.status, value.source_as_of) == (None, "no_data", LAST_ORDER)
    assert value.error is not None
    assert value.error.startswith("bad_one.sql, line 13: Binder Error: ")
    # With the line of the file in the engine's words too, and its caret in place.
    assert value.error.endswith("LINE 13:   nonsense\n           ^^^^^^^^")
    assert timed.newest("good_one").value == 24.0


def test_a_query_that_returns_no_one_number_is_without_data(timed: TimedShop) -> None:
    queries = {
        "a_pair": ("SELECT 1, 2", "returned 2 columns; it must return one, the value"),
        "b_rows": ("SELECT 1 UNION ALL SELECT 2", "returned more than one row"),
        "c_text": ("SELECT 'much'", "returned text, 'much'; it must return a number"),
        "d_infinite": ("SELECT 1e308 * 10 * count(*) FROM orders", "it must return a finite number"),
    }
    for name, (sql, _) in queries.items():
        timed.write_count(name, sql)
    timed.compute()
    for name, (sql, said) in queries.items():
        assert said in (timed.newest(name).error or ""), sql


def test_nothing_to_measure_is_no_data_and_no_error(timed: TimedShop) -> None:
    timed.write_count("a_null", "SELECT NULL::DOUBLE")
    timed.write_count("b_no_row", "SELECT amount FROM orders WHERE order_id = 'none'")
    timed.compute()
    for name in ("a_null", "b_no_row"):
        value = timed.newest(name)
        assert (value.value, value.status, value.error) == (None, "no_data", None), name


def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_runs(timed: TimedShop) -> None:
    timed.write_count("a_endless", ENDLESS)
    timed.write_count("b_good")
    timed.compute()
    error = timed.newest("a_endless").error
    assert error is not None
    assert error.endswith("took longer than 1 seconds and was stopped")
    assert timed.newest("b_good").value == 24.0


def test_only_the_metrics_that_are_asked_for_are_computed(timed: TimedShop) -> None:
    timed.write_count("one")
    timed.write_count("two")
    assert list(timed.compute(only=["two"]).newest) == ["two"]
    assert timed.values("one") == []


def test_daily_metrics_have_ticks_of_their_own(timed: TimedShop) -> None:
    timed.write_count("a_day", every="day")
    timed.write_count("an_hour")
    assert list(timed.compute().newest) == ["an_hour"]
    assert list(timed.compute(every="day").newest) == ["a_day"]
    assert timed.newest("a_day").tick == datetime(2026, 2, 23, tzinfo=UTC)


# --- Once -------------------------------------------------------------------------------------------------------------


def test_a_retry_makes_no_second_row(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute()
    timed.write_orders(3)
    again = timed.compute()
    assert (again.recorded, again.known, again.computed) == (0, 1, 0)
    assert [(value.value, value.revision) for value in timed.values()] == [(24.0, 1)]
    assert timed.store.marks()[0] == 1


def test_a_retry_that_fails_again_makes_no_second_row_either(timed: TimedShop) -> None:
    timed.write_count(sql="SELECT nonsense FROM orders")
    assert timed.compute().recorded == 1
    assert timed.compute().recorded == 0


def test_a_value_supersedes_no_data_of_the_same_tick(timed: TimedShop) -> None:
    timed.write_count()
    orders = timed.folder / "data/orders.csv"
    text = orders.read_text(encoding="utf-8")
    orders.unlink()
    timed.compute()
    assert timed.newest().status == "no_data"
    orders.write_text(text, encoding="utf-8")
    assert timed.compute().recorded == 1
    assert [(value.value, value.revision) for value in timed.values()] == [(24.0, 2)]


def test_a_changed_query_computes_the_tick_again_and_ends_the_verification(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute()
    timed.verify()
    timed.write_count(sql=COUNT.replace("24 HOUR", "12 HOUR"))
    assert timed.compute().recorded == 1
    assert [(value.value, value.revision) for value in timed.values()] == [(12.0, 2)]
    assert reasons(timed, "verification_state")[-1] == "the query in defs/shop/metrics/orders_day.sql was changed"
    row = timed.store.row("orders_day")
    assert row is not None
    assert (row.verification_state, row.owner) == ("unverified", "ana@example.org")


# --- The past ---------------------------------------------------------------------------------------------------------


def test_the_past_is_computed_as_it_was_then_and_the_newest_tick_after_it(timed: TimedShop) -> None:
    timed.write_count()
    report = timed.compute(ticks=hours(24 * 12)[:-1])
    assert (report.recorded, report.known, report.skipped) == (287, 0, {})
    values = timed.values()
    # Ten days of orders: before them there was nothing.
    assert [values[0].value, values[0].status, values[0].source_as_of] == [0.0, "red", None]
    assert [values[-1].value, values[-1].source_as_of] == [24.0, LAST_ORDER - HOUR]
    assert [value.tick for value in values] == hours(24 * 12)[:-1]
    assert timed.compute().recorded == 1
    again = timed.compute(ticks=hours(24 * 12))
    assert (again.recorded, again.known) == (0, 288)


def test_ticks_that_are_not_over_are_left_out(timed: TimedShop) -> None:
    timed.write_count()
    assert timed.compute(ticks=[NEWEST + HOUR, NEWEST]).recorded == 1
    assert timed.newest().tick == NEWEST


def test_a_metric_that_does_not_use_as_of_has_no_past(timed: TimedShop) -> None:
    timed.write_count(sql="SELECT count(*) FROM orders")
    timed.write_count("with_past")
    report = timed.compute(ticks=hours(5))
    assert report.skipped == {"orders_day": "its query does not use $as_of, so its past cannot be known"}
    assert [value.tick for value in timed.values()] == [NEWEST]
    assert len(timed.values("with_past")) == 5


def test_a_query_that_is_no_select_any_more_stops_no_other(timed: TimedShop) -> None:
    timed.write_count("changed")
    timed.write_count("good")
    timed.compute()
    timed.write_count("changed", "DELETE FROM orders")
    report = timed.compute(ticks=hours(5))
    assert "is no SELECT but DELETE" in report.skipped["changed"]
    assert [(value.status, value.revision) for value in timed.values("changed")] == [("no_data", 2)]
    assert "is no SELECT but DELETE" in str(timed.newest("changed").error)
    assert [value.value for value in timed.values("good")] == [24.0] * 5


# --- Thresholds -------------------------------------------------------------------------------------------------------


def test_the_past_is_judged_by_the_thresholds_of_then_and_the_newest_tick_by_those_of_now(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute()
    timed.change(norm_value=30.0)
    timed.compute(ticks=hours(4), now=NOW + HOUR)
    timed.compute(now=NOW + HOUR)
    assert [value.status for value in timed.values()] == ["green"] * 4 + ["amber"]


def test_a_breach_lasts_until_the_recovery_value_from_run_to_run(timed: TimedShop) -> None:
    timed.write("data/prices.csv", "price,at\n5,2026-02-23 10:30:00\n15,2026-02-23 11:30:00\n25,2026-02-23 12:30:00\n")
    sql = "SELECT arg_max(price, at) FROM prices WHERE at <= $as_of"
    timed.write_count(sql=sql.replace(" at", ' "at"'), sources="prices", norm_value=None, recovery_value="20")
    for tick in hours(4):
        timed.compute(now=tick + timedelta(minutes=20))
    assert [(value.value, value.status) for value in timed.values()] == [
        (5.0, "red"), (15.0, "red"), (25.0, "green"), (25.0, "green"),
    ]  # fmt: skip


def test_no_data_between_two_ticks_does_not_end_a_breach(timed: TimedShop) -> None:
    timed.write("data/prices.csv", "price,hour\n5,11\n,12\n15,13\n25,14\n")
    sql = "SELECT price FROM prices WHERE hour = hour($as_of)"
    timed.write_count(sql=sql, sources="prices", norm_value=None, recovery_value="20")
    timed.compute(ticks=hours(4))
    assert [value.status for value in timed.values()] == ["red", "no_data", "red", "green"]


# --- Sources ----------------------------------------------------------------------------------------------------------


def test_a_lost_source_is_no_data_with_its_name_for_the_metrics_that_need_it(timed: TimedShop) -> None:
    timed.write_count()
    timed.write_count("prices_count", "SELECT count(*) FROM prices", sources="prices")
    timed.compute()
    timed.verify()
    (timed.folder / "data/orders.csv").unlink()
    timed.compute(now=NOW + HOUR)
    value = timed.newest()
    assert (value.tick, value.status, value.source_as_of) == (NEWEST + HOUR, "no_data", None)
    assert value.error is not None
    assert value.error.startswith("input orders: ")
    assert timed.newest("prices_count").value == 2.0
    # A source that cannot be read says nothing about its columns.
    row = timed.store.row("orders_day")
    assert row is not None
    assert row.verification_state == "verified"


def test_a_lost_column_is_named(timed: TimedShop) -> None:
    timed.write_count()
    timed.write_orders(48, header="order_id,price,ordered_at")
    timed.compute()
    error = timed.newest().error
    assert error is not None
    assert "'amount'" in error


def test_a_changed_schema_ends_the_verification_and_the_event_names_the_columns(timed: TimedShop) -> None:
    timed.write_count("prices_count", "SELECT count(*) FROM prices", sources="prices")
    timed.compute()
    timed.verify("prices_count")
    timed.write("data/prices.csv", "name,cost\nbread,2.5\n")
    timed.compute(now=NOW + HOUR)
    said = "the columns of its sources changed: gone prices.price DOUBLE; new prices.cost DOUBLE"
    assert reasons(timed, "source_schema", "prices_count") == ["first look at the sources", said]
    assert reasons(timed, "verification_state", "prices_count")[-1] == said
    row = timed.store.row("prices_count")
    assert row is not None
    assert row.verification_state == "unverified"


def test_the_first_look_at_the_sources_leaves_a_verification_alone(timed: TimedShop) -> None:
    timed.write_count()
    timed.compute(only=[])
    timed.verify()
    timed.compute()
    row = timed.store.row("orders_day")
    assert row is not None
    assert (row.verification_state, row.source_schema) == (
        "verified", "orders(amount DOUBLE, order_id VARCHAR, ordered_at TIMESTAMPTZ)",
    )  # fmt: skip


# --- Files that cannot be read ----------------------------------------------------------------------------------------


def test_a_registered_metric_whose_file_is_broken_does_not_stop_in_silence(timed: TimedShop) -> None:
    timed.write_count()
    timed.write_count("good")
    timed.compute()
    timed.write_count(direction="sideways")
    report = timed.compute(now=NOW + HOUR)
    assert "direction: must be higher_is_better or lower_is_better" in report.failures["orders_day"]
    assert (timed.newest().tick, timed.newest().status) == (NEWEST + HOUR, "no_data")
    assert timed.newest("good").value == 23.0
    row = timed.store.row("orders_day")
    assert row is not None
    assert row.registration == "registered"


def test_a_broken_file_of_a_daily_metric_is_without_data_once_a_day(timed: TimedShop) -> None:
    timed.write_count(every="day")
    days = [datetime(2026, 2, day, tzinfo=UTC) for day in (20, 21, 22)]
    timed.compute(ticks=days, every="day")
    timed.write_count(every="day", direction="sideways")
    assert timed.compute().computed == 0
    (value,) = timed.compute(every="day").newest.values()
    assert value.tick == datetime(2026, 2, 23, tzinfo=UTC)


# --- Either ledger ----------------------------------------------------------------------------------------------------


def test_a_metric_is_backfilled_computed_and_judged_on_either_ledger(
    tmp_path: Path, ledger_url: str, ledger: Ledger
) -> None:
    shop = TimedShop(tmp_path / "either", ledger_url)
    shop.write_count()
    shop.write_count("bad", "SELECT nonsense FROM orders WHERE $as_of IS NOT NULL")
    assert shop.compute(ticks=hours(30)[:-1]).recorded == 58
    assert (shop.compute().recorded, shop.compute().recorded) == (2, 0)
    shop.verify()
    shop.change(norm_value=30.0)
    shop.compute(now=NOW + HOUR)
    assert [value.status for value in shop.values()] == ["green"] * 30 + ["amber"]
    assert {value.status for value in shop.values("bad")} == {"no_data"}
    assert ledger.metrics.verify_metric("orders_day").unbroken


# --- Killed -----------------------------------------------------------------------------------------------------------


def test_a_backfill_that_is_killed_leaves_whole_batches_and_a_second_run_completes_it(timed: TimedShop) -> None:
    timed.write_count("one")
    timed.write_count("two")
    timed.compute(only=[])
    process = subprocess.Popen(
        [sys.executable, "-m", "heartbeat_assets_tests.metrics.backfiller", str(timed.folder), "50", "200"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(3)]
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=TIMEOUT)
    assert told == ["50\n"] * 3
    recorded = timed.store.marks()[0]
    assert 150 <= recorded < 400
    assert recorded % 50 == 0
    report = timed.compute(ticks=hours(200))
    assert (report.known, report.recorded) == (recorded, 400 - recorded)
    assert {name: [value.tick for value in timed.values(name)] for name in ("one", "two")} == {
        "one": hours(200), "two": hours(200),
    }  # fmt: skip


def test_a_metric_that_reads_a_source_its_header_does_not_name_fails_alone(timed: TimedShop) -> None:
    timed.write_count("good")
    timed.write_count("priced", sources="prices")
    timed.write_count("sly", "SELECT count(*) FROM orders, prices WHERE ordered_at <= $as_of")
    timed.compute()
    error = timed.newest("sly").error or ""
    assert "reads the source prices, which the header does not name; add it to `-- sources:`" in error
    assert "reads the source orders" in (timed.newest("priced").error or "")
    assert timed.newest("good").value == 24.0


def test_a_source_that_cannot_say_when_fails_those_that_need_it_and_names_the_setting(timed: TimedShop) -> None:
    timed.write_service(
        yaml=TIMED_SERVICE.replace("path: data/prices.csv}", "path: data/prices.csv, period_column: day}")
    )
    timed.write_count("good")
    timed.write_metric("prices_all", "SELECT count(*) FROM prices", sources="prices")
    timed.compute()
    assert "sources.prices.period_column: no column 'day'; there are name, price" in (
        timed.newest("prices_all").error or ""
    )
    assert timed.newest("good").value == 24.0
