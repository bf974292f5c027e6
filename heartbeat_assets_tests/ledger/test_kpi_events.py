"""Recording KPI events and reading them again, on both databases."""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.ledger import KpiSeries, Ledger, LedgerError, NewKpiEvent, WrongKpiEvent, kpi_queries
from heartbeat_assets.ledger.kpi_detail import LONGEST_DETAIL, detail_text
from heartbeat_assets_tests.ledger.test_kpi_guards import rows

NOON = datetime(2026, 2, 23, 12, tzinfo=UTC)


def value(number: float, minutes: float = 0, metric: str = "profit", domain: str = "WHOLESALE") -> NewKpiEvent:
    return NewKpiEvent(domain, metric, value=number, at=NOON + timedelta(minutes=minutes))


def values(events: list[Any]) -> list[float]:
    return [event.value for event in events]


def test_an_event_comes_back_as_it_was_given(ledger: Ledger) -> None:
    given_event = NewKpiEvent(
        "wholesale", "Offer_Sent", success=False, duration_ms=12.5, actor="broker", correlation_id="offer_123",
        detail={"reason": "zu früh", "score": 0.32}, at=NOON.astimezone(timezone(timedelta(hours=2))),
    )  # fmt: skip
    assert ledger.events.append([given_event], recorded_by="ann@example.org") == 1
    (event,) = ledger.events.newest("WHOLESALE", "offer_sent", 10)
    assert (event.seq, event.domain, event.metric) == (1, "WHOLESALE", "offer_sent")
    assert (event.success, event.value, event.duration_ms) == (False, None, 12.5)
    assert (event.actor, event.correlation_id, event.recorded_by) == ("broker", "offer_123", "ann@example.org")
    assert json.loads(event.detail or "") == {"reason": "zu früh", "score": 0.32}
    assert event.at == NOON
    assert event.at.utcoffset() == timedelta(0)


def test_the_newest_are_the_newest_by_their_time_whenever_they_were_recorded(ledger: Ledger) -> None:
    ledger.events.append([value(3, 3), value(1, 1), value(2, 2), value(2.5, 2), value(9, 9, "other")])
    assert values(ledger.events.newest("Wholesale", "PROFIT", 3)) == [2, 2.5, 3]
    assert values(ledger.events.newest("WHOLESALE", "profit", 2, until=NOON + timedelta(minutes=3))) == [2, 2.5]
    assert ledger.events.newest("WHOLESALE", "profit", 0) == []
    assert ledger.events.newest("WHOLESALE", "nothing", 5) == []


def test_between_has_the_first_instant_and_not_the_last(ledger: Ledger) -> None:
    ledger.events.append([value(number, number) for number in range(5)])
    since, until = NOON + timedelta(minutes=1), NOON + timedelta(minutes=3)
    assert values(ledger.events.between("WHOLESALE", "profit", since, until)) == [1, 2]
    assert values(ledger.events.between("WHOLESALE", "profit", since, limit=2)) == [1, 2]
    assert values(ledger.events.between("WHOLESALE", "profit")) == [0, 1, 2, 3, 4]
    with pytest.raises(LedgerError, match=r"since: .* no time zone"):
        ledger.events.between("WHOLESALE", "profit", datetime(2026, 1, 1))  # noqa: DTZ001


def test_series_are_every_domain_and_metric_with_their_first_and_last_time(ledger: Ledger) -> None:
    assert ledger.events.series() == []
    ledger.events.append([value(1, 5), value(1, 1), value(1, 2, "b", "A"), value(1, 3, "a.c-1", "A")])
    minute = timedelta(minutes=1)
    assert ledger.events.series() == [
        KpiSeries("A", "a.c-1", NOON + 3 * minute, NOON + 3 * minute),
        KpiSeries("A", "b", NOON + 2 * minute, NOON + 2 * minute),
        KpiSeries("WHOLESALE", "profit", NOON + minute, NOON + 5 * minute),
    ]


def test_a_batch_is_recorded_whole_or_not_at_all(
    ledger: Ledger, raw: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [value(number) for number in range(5000)]
    object.__setattr__(events[-1], "domain", "not a domain")
    with pytest.raises(LedgerError, match="a domain is 1 to 100"):
        ledger.events.append(events)
    assert rows(raw) == []
    assert ledger.events.append([]) == 0
    assert ledger.events.append(events[:-1]) == 4999
    assert ledger.events.mark() >= 4999


def test_many_threads_lose_nothing(ledger: Ledger, raw: sa.Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ledger.events.append([value(n)]), range(80)))
    assert sorted(row["value"] for row in rows(raw)) == list(range(80))


def test_an_event_within_a_transaction_of_somebody_else_goes_with_it(ledger: Ledger, raw: sa.Engine) -> None:
    with raw.connect() as connection:
        ledger.events.append_within(connection, [value(1), value(2)])
        connection.rollback()
        ledger.events.append_within(connection, [value(3)])
        connection.commit()
    assert [row["value"] for row in rows(raw)] == [3]


@pytest.mark.parametrize(
    ("given_event", "field"),
    [
        ({"domain": "WHOLE SALE", "success": True}, "domain"),
        ({"domain": "", "success": True}, "domain"),
        ({"domain": None, "success": True}, "domain"),
        ({"metric": "offer/sent", "success": True}, "metric"),
        ({"metric": 5, "success": True}, "metric"),
        ({}, "value"),
        ({"success": True, "value": 1.0}, "value"),
        ({"success": 1}, "success"),
        ({"value": True}, "value"),
        ({"value": "12"}, "value"),
        ({"value": math.nan}, "value"),
        ({"value": math.inf}, "value"),
        ({"value": 10**400}, "value"),
        ({"value": 1.0, "duration_ms": 1.0}, "duration_ms"),
        ({"success": True, "duration_ms": -1.0}, "duration_ms"),
        ({"success": True, "duration_ms": math.nan}, "duration_ms"),
        ({"success": True, "actor": "a" * 201}, "actor"),
        ({"success": True, "correlation_id": "a" * 201}, "correlation_id"),
        ({"success": True, "at": datetime(2026, 1, 1)}, "at"),  # noqa: DTZ001
        ({"success": True, "at": datetime.min.replace(tzinfo=timezone(timedelta(hours=5)))}, "at"),
    ],
)
def test_what_cannot_be_an_event_is_refused_with_its_field(given_event: dict[str, Any], field: str) -> None:
    with pytest.raises(WrongKpiEvent, match=rf"^{field}: ") as caught:
        NewKpiEvent(**({"domain": "A", "metric": "b"} | given_event))
    assert caught.value.field == field


@given(
    domain=st.from_regex(r"[A-Za-z0-9_-]{1,100}", fullmatch=True),
    metric=st.from_regex(r"[A-Za-z0-9_.-]{1,100}", fullmatch=True),
    number=st.floats(allow_nan=False, allow_infinity=False),
    actor=st.none() | st.text(max_size=200),
    detail=st.none()
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.binary(), inner),
    ),
)
def test_every_event_that_can_be_made_is_recorded(
    ledger: Ledger, domain: str, metric: str, number: float, actor: str | None, detail: Any
) -> None:
    made = NewKpiEvent(domain, metric, value=number, actor=actor, detail=detail)
    ledger.events.append([made])
    event = ledger.events.newest(domain.lower(), metric.upper(), 1)[0]
    assert (event.domain, event.metric) == (domain.upper(), metric.lower())
    assert (event.value, event.actor, event.detail) == (number, actor, made.detail)
    if event.detail is not None and not isinstance(detail, str):
        json.loads(event.detail, parse_constant=lambda literal: pytest.fail(f"{literal} is no JSON"))


def test_a_detail_that_is_no_json_is_recorded_as_far_as_it_can_be_told() -> None:
    class Mute:
        def __str__(self) -> str:
            raise ValueError("I say nothing")

    assert json.loads(detail_text({"rate": math.nan, 3: {1}, "when": NOON})) == {
        "rate": "nan", "3": [1], "when": "2026-02-23 12:00:00+00:00",
    }  # fmt: skip
    assert json.loads(detail_text([Mute(), 10**5000])) == [
        "<Mute that cannot be shown: ValueError>",
        "<a very large number>",
    ]
    circle: list[Any] = []
    circle.append(circle)
    assert "..." in detail_text(circle)


def test_a_long_detail_is_cut_and_stays_json() -> None:
    assert len(detail_text("x" * 50_000)) == LONGEST_DETAIL
    cut = detail_text({"quotes": '"\\' * 50_000})
    assert len(cut) <= LONGEST_DETAIL
    assert json.loads(cut)["cut"].startswith('{"quotes"')


@pytest.mark.parametrize("query", ["NEWEST", "BETWEEN", "NEXT_SERIES", "ENDS"])
def test_what_reading_costs_does_not_grow_with_the_history(sqlite_url: str, query: str) -> None:
    from heartbeat_assets.ledger import open_ledger
    from heartbeat_assets_tests.ledger.raw import raw_engine

    open_ledger(sqlite_url).close()
    raw = raw_engine(sqlite_url)
    text = str(getattr(kpi_queries, query).compile(raw))
    with raw.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (1,) * text.count("?"))]
    assert all("SEARCH" in step for step in plan if "kpi_event" in step), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan
