"""Tests of kpi_file: events from a file, all or none, and a second time nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from heartbeat_assets.errors import InputMissing, InputUnreadable
from heartbeat_assets.governance import kpi_file
from heartbeat_assets.governance.kpi_file import events_in, import_events
from heartbeat_assets.ledger import Ledger, NewKpiEvent
from heartbeat_assets_tests.ledger.conftest import ledger, ledger_url, postgres_url, sqlite_url

__all__ = ["ledger", "ledger_url", "postgres_url", "sqlite_url"]

NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {"domain": "shop", "metric": "Sold", "success": True, "at": NOON.isoformat()}


def line(**changes: Any) -> str:
    return json.dumps({name: value for name, value in {**GOOD, **changes}.items() if value != "left out"})


def written(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "events.ndjson"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_a_file_is_imported_once_however_often(ledger: Ledger, tmp_path: Path) -> None:
    file = written(tmp_path, line(duration_ms=3.5, detail={"a": 1}), "", line(metric="margin", success=None, value=-2))
    first = import_events(ledger.events, file, recorded_by="ann@example.org")
    again = import_events(ledger.events, file)
    assert (first.read, first.imported, first.skipped) == (2, 2, 0)
    assert (again.read, again.imported, again.skipped) == (2, 0, 2)
    (sold,) = ledger.events.newest("SHOP", "sold", 9)
    assert (sold.at, sold.duration_ms, sold.detail, sold.recorded_by) == (NOON, 3.5, '{"a": 1}', "ann@example.org")


def test_a_file_that_has_grown_adds_what_is_new_for_each_series(ledger: Ledger, tmp_path: Path) -> None:
    later = (NOON + timedelta(microseconds=1)).isoformat()
    import_events(ledger.events, written(tmp_path, line()))
    done = import_events(ledger.events, written(tmp_path, line(), line(at=later), line(metric="margin")))
    assert (done.imported, done.skipped) == (2, 1)


def test_two_imports_of_a_file_at_once_record_it_once(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, *(line(at=(NOON + timedelta(seconds=second)).isoformat()) for second in range(2000)))
    events, both_have_read = events_in(file), Barrier(2)

    def read(_: Path) -> Sequence[NewKpiEvent]:
        both_have_read.wait(10)
        return events

    monkeypatch.setattr(kpi_file, "events_in", read)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: import_events(ledger.events, file), range(2)))
    assert sorted(one.imported for one in done) == [0, 2000]
    assert len(ledger.events.newest("SHOP", "sold", 5000)) == 2000


def test_events_of_one_instant_are_all_taken(ledger: Ledger, tmp_path: Path) -> None:
    assert import_events(ledger.events, written(tmp_path, line(), line(success=False), line())).imported == 3


def test_events_older_than_those_there_are_skipped(ledger: Ledger, tmp_path: Path) -> None:
    ledger.events.append([NewKpiEvent("SHOP", "sold", success=True, at=NOON + timedelta(days=1))])
    assert import_events(ledger.events, written(tmp_path, line())).imported == 0


def test_what_kpi_show_prints_can_be_imported(tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    shown = {**GOOD, "value": None, "duration_ms": None, "seq": 7, "recorded_by": "ann", "detail": None}
    file.write_text(json.dumps([shown, shown], indent=2), encoding="utf-8")
    assert [(event.domain, event.success) for event in events_in(file)] == [("SHOP", True)] * 2


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{", "line 2: not JSON: "),
        ("3", "line 2: an event is an object, as"),
        (line(at="left out"), "line 2: at: is missing"),
        (line(at="noon"), "line 2: at: must be a time with its zone"),
        (line(at="2026-03-06T12:00:00"), "line 2: at: must be a time with its zone"),
        (line(metric=None), "line 2: metric: is missing"),
        (line(domain="A B"), "line 2: domain: 'A B' is no name"),
        (line(value=3), "line 2: value: give either success or a value"),
        (line(success=None, value=1e999), "line 2: value: is inf; only finite numbers"),
        (line(amount=3), "line 2: amount: is no field of an event; it has domain,"),
        (line(actor=3), "line 2: actor: must be a text"),
        (line(success="yes"), "line 2: success: must be true or false"),
        ("9" * 5000, "line 2: "),
    ],
)
def test_a_mistake_names_file_and_line_and_nothing_is_recorded(
    ledger: Ledger, tmp_path: Path, wrong: str, said: str
) -> None:
    file = written(tmp_path, line(), wrong, line())
    with pytest.raises(InputUnreadable) as refused:
        import_events(ledger.events, file)
    assert str(refused.value).startswith(f"{file}, {said}")
    assert ledger.events.series() == []


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(InputMissing, match="no such file"):
        events_in(tmp_path / "none.ndjson")
    with pytest.raises(InputUnreadable, match="is a folder"):
        events_in(tmp_path)
    (tmp_path / "latin").write_bytes(b'{"domain": "\xe9"}')
    with pytest.raises(InputUnreadable, match="not UTF-8 text"):
        events_in(tmp_path / "latin")
    (tmp_path / "list").write_text('[{"domain": 1},\n', encoding="utf-8")
    with pytest.raises(InputUnreadable, match=r"list(, line \d)?: not JSON"):
        events_in(tmp_path / "list")
