"""Tests of kpi_bulk: very many KPI events as bare rows, none lost and none twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from heartbeat_assets.ledger import Ledger, NewKpiEvent, WrongKpiEvent
from heartbeat_assets.ledger.kpi_bulk import BULK_COLUMNS

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
NULL = "no value"


def event(number: int, metric: str = "sold", domain: str = "SHOP") -> NewKpiEvent:
    return NewKpiEvent(domain, metric, success=True, correlation_id=str(number), at=NOON - timedelta(seconds=number))


def test_rows_come_by_metric_and_time_with_a_mark_where_there_is_no_value(ledger: Ledger) -> None:
    ledger.events.append([event(1), event(3), event(2, "margin"), event(1, domain="OTHER")])
    rows = [dict(zip(BULK_COLUMNS, row, strict=True)) for row in ledger.events.bulk("shop", null=NULL)]
    assert [(row["metric"], row["correlation_id"]) for row in rows] == [("margin", "2"), ("sold", "3"), ("sold", "1")]
    assert rows[0]["ts_us"] == int((NOON - timedelta(seconds=2)).timestamp()) * 1_000_000
    assert {row["value"] for row in rows} == {row["detail"] for row in rows} == {NULL}
    assert str(rows[0]["success"]) == "1"


def test_none_is_lost_or_twice_where_batches_meet(ledger: Ledger) -> None:
    recorded = 0
    for count in (0, 1, 19_999, 20_000, 20_001, 40_001):
        ledger.events.append([event(number) for number in range(recorded, count)])
        recorded = count
        rows = ledger.events.bulk("SHOP", "sold", null=NULL)
        numbers = [int(row[BULK_COLUMNS.index("correlation_id")]) for row in rows]
        assert numbers == list(range(count - 1, -1, -1)), count


def test_numbers_keep_every_digit(ledger: Ledger) -> None:
    values = [0.1 + 0.2, 1e-300, -1.7e308, 3.0, 123456789.123456789]
    ledger.events.append([NewKpiEvent("SHOP", "margin", value=value, at=NOON) for value in values])
    place = BULK_COLUMNS.index("value")
    assert [float(row[place]) for row in ledger.events.bulk("SHOP", "margin", null=NULL)] == values


def test_names_are_checked_when_it_is_called(ledger: Ledger) -> None:
    with pytest.raises(WrongKpiEvent, match="is no name"):
        ledger.events.bulk("SHOP SHOP", null=NULL)


def test_a_reader_that_stops_early_holds_nothing(ledger: Ledger) -> None:
    ledger.events.append([event(number) for number in range(10)])
    rows = iter(ledger.events.bulk("SHOP", "sold", null=NULL))
    next(rows)
    del rows
    assert ledger.events.append([event(11)]) == 1
    assert len(list(ledger.events.bulk("SHOP", "sold", null=NULL))) == 11
