"""Emitting events: the documentation's examples as written, what `db` may be, and that callers are never broken."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from heartbeat_assets.emit import dropped, flush, kpi_fail, kpi_success, kpi_timed_step, kpi_value
from heartbeat_assets.ledger import KpiEvent, Ledger, LedgerError, WrongKpiEvent, open_ledger
from heartbeat_assets_tests.ledger.raw import raw_engine

Db = Any


@pytest.fixture
def engine(ledger_url: str) -> Iterator[sa.Engine]:
    """The application's own engine to the database that the ledger is in."""
    engine = raw_engine(ledger_url)
    yield engine
    engine.dispose()


def events(ledger: Ledger) -> list[KpiEvent]:
    assert flush(60)
    found = [one for series in ledger.events.series() for one in ledger.events.between(series.domain, series.metric)]
    return sorted(found, key=lambda one: one.seq)


def names(ledger: Ledger) -> list[tuple[str, str]]:
    return [(one.domain, one.metric) for one in events(ledger)]


def test_the_examples_run_as_written(configured: Ledger, engine: sa.Engine) -> None:
    def run_matching_algorithm() -> str:
        return "matched"

    with Session(engine) as db:
        kpi_success(db, "WHOLESALE", "offer_sent", actor="broker", correlation_id="offer_123")
        kpi_fail(
            db, "WHOLESALE", "lead_rejected",
            actor="heimdall", correlation_id="lead_456",
            detail={"reason": "low_motivation", "score": 0.32},
        )  # fmt: skip
        kpi_value(db, "CAPITAL", "roi_event", value=2500.50, actor="settlement", correlation_id="deal_789")
        with kpi_timed_step(db, "BUYER_MATCH", "algorithm_run", actor="matcher"):
            result = run_matching_algorithm()

    assert result == "matched"
    sent, rejected, roi, run = events(configured)
    assert (sent.domain, sent.metric, sent.success, sent.actor) == ("WHOLESALE", "offer_sent", True, "broker")
    assert (rejected.success, json.loads(rejected.detail or "")["score"]) == (False, 0.32)
    assert (roi.value, roi.success, roi.correlation_id) == (2500.5, None, "deal_789")
    assert (run.success, run.actor) == (True, "matcher")
    assert run.duration_ms is not None


def test_db_may_be_an_engine_a_connection_a_session_a_url_or_nothing(
    configured: Ledger, engine: sa.Engine, ledger_url: str
) -> None:
    scoped = scoped_session(sessionmaker(engine))
    with engine.connect() as connection, Session(engine) as session:
        for number, db in enumerate([engine, connection, session, scoped, ledger_url, None]):
            kpi_value(db, "A", "b", number)
    scoped.remove()
    assert sorted(one.value or 0 for one in events(configured)) == [0, 1, 2, 3, 4, 5]


def test_names_are_spelled_alike_and_ids_may_be_numbers(configured: Ledger) -> None:
    kpi_success(None, "wholesale", "Offer_Sent", correlation_id=17)
    (event,) = events(configured)
    assert (event.domain, event.metric, event.correlation_id) == ("WHOLESALE", "offer_sent", "17")


def test_in_the_background_an_event_outlives_the_callers_rollback(configured: Ledger, engine: sa.Engine) -> None:
    with Session(engine) as db:
        kpi_fail(db, "A", "b")
        db.rollback()
    assert names(configured) == [("A", "b")]


def test_strictly_an_event_is_part_of_the_callers_transaction(configured: Ledger, engine: sa.Engine) -> None:
    with Session(engine) as db:
        kpi_success(db, "A", "gone", strict=True)
        db.rollback()
        kpi_success(db, "A", "kept", strict=True)
        db.commit()
    with engine.begin() as connection:
        kpi_value(connection, "A", "kept", 1.5, strict=True)
        kpi_value(connection, "A", "kept", 2.5, strict=True)
    assert names(configured) == [("A", "kept")] * 3


def test_strictly_without_a_transaction_it_is_recorded_at_once(configured: Ledger, engine: sa.Engine) -> None:
    for db in (None, engine):
        kpi_success(db, "A", "b", strict=True)
    assert len(configured.events.newest("A", "b", 10)) == 2


def test_strictly_a_ledger_is_made_where_none_is_yet(sqlite_url: str) -> None:
    Path(sqlite_url.removeprefix("sqlite:///")).parent.mkdir()
    with Session(raw_engine(sqlite_url)) as db:
        kpi_success(db, "A", "b", strict=True)
        db.commit()
    ledger = open_ledger(sqlite_url)
    assert len(ledger.events.newest("A", "b", 10)) == 1
    ledger.close()


def test_strictly_within_a_transaction_a_missing_ledger_is_an_error_and_not_a_wait(sqlite_url: str) -> None:
    Path(sqlite_url.removeprefix("sqlite:///")).parent.mkdir()
    with raw_engine(sqlite_url).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE mine (id INTEGER)")
        with pytest.raises(LedgerError, match="tables are gone"):
            kpi_success(connection, "A", "b", strict=True)


@pytest.mark.parametrize(
    ("domain", "metric", "value"),
    [("NO NAME", "b", 1), ("A", "", 1), ("A", "b", float("nan")), ("A", "b", None), (None, None, 1), ("A", "b", "2")],
)
def test_what_cannot_be_recorded_breaks_nobody_and_is_counted(
    configured: Ledger, domain: Any, metric: Any, value: Any, caplog: pytest.LogCaptureFixture
) -> None:
    before = dropped().get("wrong", 0)
    with caplog.at_level(logging.WARNING):
        kpi_value(None, domain, metric, value)
        kpi_value(None, "A", "right", 1)
    assert flush(60)
    assert dropped()["wrong"] == before + 1
    assert "dropped" in caplog.text
    (told,) = configured.events.newest("HEARTBEAT", "events_dropped", 5) or [None]
    if told is None:
        # The thread tells of it with its next batch.
        kpi_value(None, "A", "right", 1)
        assert flush(60)
        (told,) = configured.events.newest("HEARTBEAT", "events_dropped", 5)
    assert told is not None
    assert told.value == 1
    assert json.loads(told.detail or "")["wrong"] == 1
    with pytest.raises(WrongKpiEvent):
        kpi_value(None, domain, metric, value, strict=True)


@pytest.mark.parametrize("db", [sa.create_engine("sqlite://"), object(), 5, "mysql://host/db"])
def test_where_no_ledger_can_be_nobody_is_broken_and_strictly_it_is_said(db: Any, monkeypatch: Any) -> None:
    if not isinstance(db, str):
        before = dropped().get("nowhere", 0)
        kpi_success(db, "A", "b")
        assert dropped()["nowhere"] == before + 1
    with pytest.raises(Exception, match=r"in memory|pass a SQLAlchemy session|not a ledger"):
        kpi_success(db, "A", "b", strict=True)


def test_an_async_session_is_told_what_to_do_when_strict() -> None:
    class AsyncSession:
        sync_session = object()

        def in_transaction(self) -> bool:
            return False

    with pytest.raises(Exception, match="run_sync"):
        kpi_success(AsyncSession(), "A", "b", strict=True)


def test_without_a_project_the_environment_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEARTBEAT_LEDGER_URL", raising=False)
    monkeypatch.delenv("HEARTBEAT_PROJECT", raising=False)
    monkeypatch.setenv("HEARTBEAT_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    kpi_success(None, "A", "b", strict=True)
    ledger = open_ledger(str(tmp_path / "home" / "ledger.sqlite"))
    assert len(ledger.events.newest("A", "b", 5)) == 1
    ledger.close()
