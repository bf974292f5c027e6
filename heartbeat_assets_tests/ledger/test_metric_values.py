"""Recording what metrics were at their ticks, and what is normal for them."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from heartbeat_assets.ledger import Ledger, LedgerError, MetricValue, NewValue
from heartbeat_assets_tests.ledger.metric_entries import benchmark, hour, register, value


def hours(values: list[MetricValue]) -> list[int]:
    return [round((found.tick - hour(0)) / timedelta(hours=1)) for found in values]


def test_a_value_comes_back_as_it_was(ledger: Ledger) -> None:
    new = [
        value("sessions", 1, 0.1 + 0.2),
        value("sessions", 2, None, error="no such table: \x00 \ud800", source_as_of=None),
        value("signups", 1, -1.7976931348623157e308, status="red", sql_hash="b"),
    ]
    assert ledger.metrics.append_values(new) == 3
    recorded = ledger.metrics.values_after(0)
    assert [(found.seq, found.revision) for found in recorded] == [(1, 1), (2, 1), (3, 1)]
    for found, given in zip(recorded, new, strict=True):
        assert {name: getattr(found, name) for name in asdict(given)} == asdict(given)
    assert ledger.metrics.values("sessions") == recorded[:2]
    assert ledger.metrics.newest_values() == {"sessions": [recorded[1]], "signups": [recorded[2]]}


def test_times_of_another_zone_are_the_same_instants(ledger: Ledger) -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    ledger.metrics.append_values([value("sessions", 1, tick=hour(1).astimezone(east))])
    (found,) = ledger.metrics.values("sessions")
    assert found.tick == hour(1)
    assert found.tick.utcoffset() == timedelta(0)


def test_a_retry_makes_no_second_row(ledger: Ledger) -> None:
    first = [value("sessions", 1), value("sessions", 2, None)]
    assert ledger.metrics.append_values(first) == 2
    retry = [replace(first[0], value=2.0, computed_at=hour(9)), replace(first[1], error="still nothing")]
    assert ledger.metrics.append_values([*retry, value("sessions", 3)]) == 1
    assert [found.value for found in ledger.metrics.values("sessions")] == [1.5, None, 1.5]
    assert ledger.metrics.marks() == (3, 0, 0)


def test_a_tick_gets_another_revision_when_the_sql_changed_or_data_came(ledger: Ledger) -> None:
    ledger.metrics.append_values([value("sessions", 1), value("sessions", 2, None)])
    better = [value("sessions", 1, 7.0, sql_hash="b"), value("sessions", 2, 8.0)]
    assert ledger.metrics.append_values(better) == 2
    assert ledger.metrics.append_values(better) == 0
    found = ledger.metrics.values("sessions")
    assert [(one.value, one.revision, one.seq) for one in found] == [(7.0, 2, 3), (8.0, 2, 4)]
    # A value is not lost to a failure of the same SQL, but to one of another.
    assert ledger.metrics.append_values([value("sessions", 2, None)]) == 0
    assert ledger.metrics.append_values([value("sessions", 2, None, sql_hash="b")]) == 1
    assert [(one.value, one.revision) for one in ledger.metrics.values("sessions")] == [(7.0, 2), (None, 3)]
    assert [one.revision for one in ledger.metrics.values_after(0)] == [1, 1, 2, 2, 3]


def test_the_same_tick_twice_in_one_go_follows_the_same_rules(ledger: Ledger) -> None:
    twice = [value("sessions", 1, None), value("sessions", 1, 2.0), value("sessions", 1, 3.0)]
    assert ledger.metrics.append_values(twice) == 2
    assert [(one.value, one.revision) for one in ledger.metrics.values("sessions")] == [(2.0, 2)]


def test_values_are_found_by_range_and_by_number(ledger: Ledger) -> None:
    ledger.metrics.append_values([value("sessions", number) for number in (5, 1, 4, 2, 3)])
    ledger.metrics.append_values([value("sessions", number, 2.0, sql_hash="b") for number in (2, 4)])
    ledger.metrics.append_values([value("sessionss", 9), value("session", 9)])

    def found(**wanted: Any) -> list[int]:
        return hours(ledger.metrics.values("sessions", **wanted))

    assert found() == [1, 2, 3, 4, 5]
    assert found(since=hour(2), until=hour(4)) == [2, 3, 4]
    assert found(since=hour(2) + timedelta(microseconds=1), until=hour(4) - timedelta(microseconds=1)) == [3]
    assert found(limit=2) == [4, 5]
    assert found(limit=2, until=hour(4)) == [3, 4]
    assert found(limit=9, since=hour(4)) == [4, 5]
    assert found(limit=1, since=hour(6)) == []
    assert found(limit=0) == []
    assert ledger.metrics.values("nothing", limit=3) == []


def record_rhythms(ledger: Ledger) -> None:
    hourly = [value("hourly", number) for number in range(30)]
    daily = [value("daily", 24 * number) for number in range(3)]
    ledger.metrics.append_values([*hourly, *daily, value("once", 4)])
    ledger.metrics.append_values([value("hourly", 29, 2.0, sql_hash="b"), value("hourly", 27, 2.0, sql_hash="b")])


@pytest.fixture(scope="module")
def fills() -> Callable[[Ledger], object]:
    return record_rhythms


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_the_newest_ticks_of_every_metric_are_found_whatever_their_rhythm(shared_ledger: Ledger, count: int) -> None:
    newest = shared_ledger.metrics.newest_values(count)
    assert sorted(newest) == ["daily", "hourly", "once"]
    assert hours(newest["hourly"]) == list(range(30))[-count:]
    assert hours(newest["daily"]) == [0, 24, 48][-count:]
    assert newest["hourly"][-1].revision == 2
    for metric, values in newest.items():
        assert values == shared_ledger.metrics.values(metric, limit=count)


def test_a_ledger_without_metrics_answers_with_nothing(ledger: Ledger) -> None:
    metrics = ledger.metrics
    assert (metrics.rows(), metrics.newest_values(3), metrics.newest_values(0), metrics.newest_benchmarks()) == (
        {},
        {},
        {},
        {},
    )
    assert metrics.marks() == (0, 0, 0)
    assert (metrics.append_values([]), metrics.append_events_of_many({}, None)) == (0, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"tick": hour(1).replace(tzinfo=None)}, "has no time zone"),
        ({"computed_at": hour(1).replace(tzinfo=None)}, "has no time zone"),
        ({"tick": hour(1) + timedelta(microseconds=1)}, "is not a whole second"),
        ({"metric_id": " "}, "cannot name a metric"),
        ({"status": "purple"}, "the status of a value is green, amber, red or no_data"),
        ({"status": "no_data"}, "a value is missing just when its status is no_data"),
        ({"value": None}, "a value is missing just when its status is no_data"),
        ({"value": float("inf")}, "value is a finite number"),
        ({"value": float("nan")}, "value is a finite number|a value is missing just when"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_all_that_came_with_it(
    shared_ledger: Ledger, wrong: dict[str, Any], sentence: str
) -> None:
    before = shared_ledger.metrics.marks()
    with pytest.raises(LedgerError, match=sentence):
        shared_ledger.metrics.append_values([value("sessions", 1), replace(value("sessions", 2), **wrong)])
    assert shared_ledger.metrics.marks() == before


def test_values_by_the_thousand_keep_their_order(ledger: Ledger) -> None:
    new: list[NewValue] = [value(f"metric_{number % 7}", number // 7, float(number)) for number in range(2500)]
    assert ledger.metrics.append_values(new) == 2500
    assert [found.value for found in ledger.metrics.values_after(0)] == [float(number) for number in range(2500)]
    assert len(ledger.metrics.values_after(2400, limit=50)) == 50
    assert ledger.metrics.append_values(new) == 0


def test_benchmarks_come_back_as_they_were_and_the_newest_is_found(ledger: Ledger) -> None:
    nothing = benchmark("b", count=0, mean=None, stddev=None, median=None, mad=None, first_tick=None, last_tick=None)
    given = [benchmark("a"), nothing, benchmark("a", mean=0.7, window_days=7, computed_at=hour(72))]
    ledger.metrics.append_benchmarks(given)
    recorded = ledger.metrics.benchmarks("a")
    assert [(found.seq, found.mean, found.window_days) for found in recorded] == [(1, 0.5, 30), (3, 0.7, 7)]
    newest = ledger.metrics.newest_benchmarks()
    assert newest["a"] == recorded[1]
    for found, one in ((newest["a"], given[2]), (newest["b"], nothing)):
        assert {name: getattr(found, name) for name in asdict(one)} == asdict(one)
    assert ledger.metrics.marks() == (0, 0, 3)


def test_a_benchmark_that_cannot_be_is_refused(ledger: Ledger) -> None:
    for wrong, sentence in (
        ({"mean": float("inf")}, "mean is a finite number"),
        ({"count": -1}, "counts 0 values or more"),
        ({"window_days": 0}, "covers a day or more"),
        ({"computed_at": hour(1).replace(tzinfo=None)}, "has no time zone"),
    ):
        with pytest.raises(LedgerError, match=sentence):
            ledger.metrics.append_benchmarks([benchmark("a"), benchmark("a", **wrong)])
    assert ledger.metrics.benchmarks("a") == []


def test_the_marks_change_whenever_anything_does(ledger: Ledger) -> None:
    seen = {ledger.metrics.marks()}
    register(ledger, "sessions")
    seen.add(ledger.metrics.marks())
    ledger.metrics.append_values([value("sessions", 1)])
    seen.add(ledger.metrics.marks())
    ledger.metrics.append_benchmarks([benchmark("sessions")])
    seen.add(ledger.metrics.marks())
    assert seen == {(0, 0, 0), (0, 2, 0), (1, 2, 0), (1, 2, 1)}
