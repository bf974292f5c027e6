"""Tests of kpi_events: the KPI events of the ledger as a table that SQL reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from heartbeat_assets.ledger import Ledger, NewKpiEvent
from heartbeat_assets.ledger.kpi_bulk import BULK_COLUMNS
from heartbeat_assets.settings import Settings
from heartbeat_assets.sources.inputs import SourceMissing, SourceUnreadable, resolve_inputs
from heartbeat_assets.sources.kpi_events import newest_event
from heartbeat_assets.sources.opening import look_at_source, open_sources
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets.sources.spec import KPI_COLUMNS, KpiEventsSource, Source
from heartbeat_assets.warehouse import all_rows
from heartbeat_assets_tests.sources.reader import Reader

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
WHOLESALE = {"kind": "kpi_events", "domain": "WHOLESALE"}
_SOURCE: TypeAdapter[Source] = TypeAdapter(Source)


def reader_of(url: str, tmp_path: Path, **source: Any) -> SourceOwner:
    settings = Settings(tmp_path, tmp_path / "defs", tmp_path / "home", url)
    return Reader(settings, {"offers": _SOURCE.validate_python(WHOLESALE | source)})


@contextmanager
def rows_of(owner: SourceOwner, **given: str) -> Iterator[list[dict[str, Any]]]:
    with open_sources(owner, resolve_inputs(owner, given)) as opened:
        yield all_rows(opened.connection, "SELECT * FROM offers ORDER BY seq", at_most=100)


def event(metric: str = "offer_sent", **more: Any) -> NewKpiEvent:
    return NewKpiEvent("WHOLESALE", metric, **({"success": True, "at": NOON} | more))


def test_an_event_is_a_row_with_everything_that_was_recorded(ledger: Ledger, ledger_url: str, tmp_path: Path) -> None:
    detail = {"said": 'a "quoted", text\r\nof two lines', "and": None}
    ledger.events.append(
        [
            event(duration_ms=0.1 + 0.2, actor="null", correlation_id="", detail=detail),
            event("margin", success=None, value=-1e-300),
        ]
    )
    with rows_of(reader_of(ledger_url, tmp_path)) as (first, second):
        assert (first["domain"], first["metric"], first["success"], first["value"]) == (
            "WHOLESALE",
            "offer_sent",
            True,
            None,
        )
        assert (first["duration_ms"], first["actor"], first["correlation_id"]) == (0.1 + 0.2, "null", "")
        assert first["ts_us"] == NOON.timestamp() * 1_000_000
        assert first["detail"] == ledger.events.newest("WHOLESALE", "offer_sent", 1)[0].detail
        assert (second["metric"], second["success"], second["value"], second["actor"]) == (
            "margin",
            None,
            -1e-300,
            None,
        )
        assert tuple(first) == tuple(KPI_COLUMNS) == BULK_COLUMNS


def test_no_event_is_lost_between_batches(ledger: Ledger, ledger_url: str, tmp_path: Path) -> None:
    events = [event(at=NOON + timedelta(seconds=second)) for second in range(20_003)]
    ledger.events.append(events)
    assert look_at_source(reader_of(ledger_url, tmp_path), "offers", None)[1] == len(events)


def test_a_metric_leaves_the_others_of_its_domain_out(ledger: Ledger, ledger_url: str, tmp_path: Path) -> None:
    ledger.events.append([event(), event("contract_rate"), NewKpiEvent("CAPITAL", "offer_sent", success=True)])
    with rows_of(reader_of(ledger_url, tmp_path, metric="Offer_Sent")) as rows:
        assert [row["metric"] for row in rows] == ["offer_sent"]
    with rows_of(reader_of(ledger_url, tmp_path)) as rows:
        assert {row["metric"] for row in rows} == {"offer_sent", "contract_rate"}


def test_a_series_without_an_event_is_missing_and_says_how_to_emit_one(
    ledger: Ledger, ledger_url: str, tmp_path: Path
) -> None:
    ledger.events.append([event()])
    with pytest.raises(SourceMissing, match=r"no KPI event of WHOLESALE\.contract_rate in the ledger yet; emit one as"):
        resolve_inputs(reader_of(ledger_url, tmp_path, metric="contract_rate"))


def test_an_optional_one_without_an_event_is_an_empty_table(ledger: Ledger, ledger_url: str, tmp_path: Path) -> None:
    owner = reader_of(ledger_url, tmp_path, required=False)
    with open_sources(owner, resolve_inputs(owner)) as opened:
        assert all_rows(opened.connection, "SELECT ts_us, success FROM offers", at_most=2) == []
        assert all_rows(opened.connection, "FROM sources", at_most=2) == [{"name": "offers", "present": False}]


def test_a_file_may_take_the_place_of_the_ledger(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "offers.csv"
    file.write_text(f"{','.join(KPI_COLUMNS)}\nWHOLESALE,offer_sent,5,true,,1.5,,,,1\n", encoding="utf-8")
    with rows_of(reader_of(sqlite_url, tmp_path), offers=str(file)) as (row,):
        assert (row["ts_us"], row["success"], row["duration_ms"]) == (5, True, 1.5)


def test_a_ledger_that_cannot_be_read_names_the_source_and_the_ledger(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("no database at all, but text" * 100, encoding="utf-8")
    owner = reader_of(f"sqlite:///{tmp_path / 'ledger.sqlite'}", tmp_path)
    paths = resolve_inputs(owner)
    with (
        pytest.raises(SourceUnreadable, match=r"input offers: the KPI events WHOLESALE .*ledger\.sqlite"),
        open_sources(owner, paths),
    ):
        pass


def test_the_newest_event_is_that_of_any_metric_of_the_domain(ledger: Ledger, ledger_url: str, tmp_path: Path) -> None:
    settings = reader_of(ledger_url, tmp_path).settings
    source = KpiEventsSource(kind="kpi_events", domain="wholesale")
    assert newest_event(source, settings) is None
    ledger.events.append([event(), event("contract_rate", at=NOON + timedelta(hours=1))])
    assert newest_event(source, settings) == NOON + timedelta(hours=1)
    assert newest_event(source.model_copy(update={"metric": "offer_sent"}), replace(settings)) == NOON


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"domain": "whole sale"}, "'whole sale' is no name"),
        ({"metric": "Größe"}, "'Größe' is no name"),
        ({"domain": None}, "valid string"),
        ({"path": "x.csv"}, "Extra inputs"),
    ],
)
def test_a_wrong_name_is_refused_as_the_ledger_would(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        _SOURCE.validate_python(WHOLESALE | wrong)
