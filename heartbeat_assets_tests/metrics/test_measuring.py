"""Tests of measuring: one connection for all metrics of a service, and what fails, fails for those that need it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.metrics.measuring import Measured, measuring
from heartbeat_assets_tests.metrics.timed_shop import ENDLESS, HOUR, LAST_ORDER, NEWEST, TimedShop

VISITS = "SELECT count(DISTINCT session_id) FROM visits WHERE answer AND ts_us <= epoch_us($as_of)"


def test_a_value_is_as_of_an_instant(timed: TimedShop) -> None:
    timed.write_count()
    file = timed.file("orders_day")
    with measuring(timed.service, [file]) as sources:
        assert sources.measure(file, NEWEST) == Measured(24.0, None, LAST_ORDER)
        assert sources.measure(file, NEWEST - 230 * HOUR).value == 10.0


def test_the_parameter_may_be_written_in_upper_case(timed: TimedShop) -> None:
    timed.write_count(sql="SELECT count(*) FROM orders WHERE ordered_at <= $AS_OF")
    file = timed.file("orders_day")
    with measuring(timed.service, [file]) as sources:
        assert sources.measure(file, NEWEST).value == 240.0


def test_telemetry_is_read_before_and_again_when_it_has_grown(timed: TimedShop) -> None:
    timed.write_count("visits_total", VISITS, sources="visits")
    file = timed.file("visits_total")
    with measuring(timed.service, [file]) as sources:
        assert sources.measure(file, NEWEST) == Measured(48.0, None, LAST_ORDER)
    line = b'{"session_id": "new", "event": "first_answer", "ts": "2026-02-23T13:55:00Z"}\n'
    timed.write("data/visits/more.jsonl.gz", gzip.compress(line))
    with measuring(timed.service, [file], ingest=False) as sources:
        assert sources.measure(file, NEWEST).value == 48.0
    told: list[str] = []
    with measuring(timed.service, [file], progress=told.append) as sources:
        assert sources.measure(file, NEWEST).value == 49.0
    assert told[0] == "Reading what is new in visits."


def test_only_the_sources_that_are_needed_are_opened(timed: TimedShop) -> None:
    timed.write_count()
    (timed.folder / "data/prices.csv").unlink()
    file = timed.file("orders_day")
    with measuring(timed.service, [file]) as sources:
        assert sources.measure(file, NEWEST).error is None
    with measuring(timed.service, [file], also=["prices"]) as sources:
        assert sources.measure(file, NEWEST).error is None
        with pytest.raises(HeartbeatError, match=r"input prices: .*prices\.csv"):
            sources.look_at("prices", NEWEST)


def test_an_optional_source_that_is_not_there_is_empty(timed: TimedShop) -> None:
    timed.write_count("extras_count", "SELECT count(*) FROM extras", sources="extras")
    file = timed.file("extras_count")
    with measuring(timed.service, [file]) as sources:
        assert sources.measure(file, NEWEST) == Measured(0.0, None, None)
        assert sources.problems(file) == {}


def test_a_source_that_cannot_be_read_fails_those_that_need_it_with_its_sentence(timed: TimedShop) -> None:
    timed.write("data/extras.json", "{no json")
    timed.write_count("extras_count", "SELECT count(*) FROM extras", sources="extras, orders")
    timed.write_count()
    broken, good = timed.file("extras_count"), timed.file("orders_day")
    with measuring(timed.service, [broken, good]) as sources:
        found = sources.measure(broken, NEWEST)
        assert (found.value, found.source_as_of) == (None, None)
        assert found.error == sources.problems(broken)["extras"]
        assert "extras.json, line 1, column 2: not JSON" in found.error
        assert sources.schema(broken) is None
        assert sources.ages(broken, NEWEST) == {"orders": LAST_ORDER}
        assert sources.measure(good, NEWEST).value == 24.0


def test_the_schema_names_the_columns_of_all_sources(timed: TimedShop) -> None:
    timed.write("data/extras.json", '{"b": 1, "a": {"c": 2}}')
    timed.write_count(sources="visits, orders, extras")
    file = timed.file("orders_day")
    with measuring(timed.service, [file]) as sources:
        assert sources.schema(file) == (
            "extras(a, b); orders(amount DOUBLE, order_id VARCHAR, ordered_at TIMESTAMPTZ); "
            "visits(answer BOOLEAN, elapsed_ms DOUBLE, event VARCHAR, session_id VARCHAR, ts_us BIGINT)"
        )


def test_a_query_that_was_stopped_leaves_the_connection_usable(timed: TimedShop) -> None:
    timed.write_count()
    file = timed.file("orders_day")
    with measuring(timed.service, [file]) as sources:
        with pytest.raises(TimeoutError, match="took longer than 1 seconds and was stopped"):
            sources.value_of(ENDLESS, NEWEST, uses_as_of=False)
        assert sources.measure(file, NEWEST).value == 24.0


def test_a_query_does_not_change_what_the_next_one_reads(timed: TimedShop) -> None:
    timed.write_count("dropping", "DROP TABLE orders")
    timed.write_count()
    with measuring(timed.service, [timed.file("dropping"), timed.file("orders_day")]) as sources:
        assert "is no SELECT but DROP" in str(sources.measure(timed.file("dropping"), NEWEST).error)
        assert sources.measure(timed.file("orders_day"), NEWEST).value == 24.0


def test_nothing_is_left_behind_in_scratch(timed: TimedShop) -> None:
    timed.write_count()
    with measuring(timed.service, [timed.file("orders_day")]):
        pass
    assert list(Path(timed.settings.home / "scratch").iterdir()) == []
