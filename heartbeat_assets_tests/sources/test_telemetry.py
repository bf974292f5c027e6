"""Tests of telemetry: what is new in the folders of an owner's events sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from heartbeat_assets.errors import InputMissing
from heartbeat_assets.sources.opening import telemetry_store
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets.sources.telemetry import update_telemetry
from heartbeat_assets.telemetry.store import TelemetryStore
from heartbeat_assets_tests.sources.reader import reader

LINE = '{"session_id": "a", "event": "answer", "timestamp": "2026-02-23T14:31:00Z"}\n'


@pytest.fixture
def owner(tmp_path: Path) -> SourceOwner:
    """A reader of two folders of events, of one event each, and of a table."""
    for folder in ("web", "app"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "day.jsonl").write_text(LINE, encoding="utf-8")
    (tmp_path / "orders.csv").write_text("id\n1\n", encoding="utf-8")
    sources: dict[str, object] = {name: {"kind": "events", "path": name} for name in ("web", "app")}
    return reader(tmp_path, sources | {"orders": {"kind": "table", "path": "orders.csv"}})


def test_every_events_source_is_read_into_a_store_below_the_owners_home(owner: SourceOwner) -> None:
    said: list[str] = []

    reports = update_telemetry(owner, said.append)

    assert {name: report.new_events for name, report in reports.items()} == {"web": 1, "app": 1}
    assert telemetry_store(owner, "web").folder == owner.home / "telemetry" / "web"
    assert said == ["day.jsonl: 1 events, 0 in quarantine"] * 2


def test_one_source_is_read_whatever_is_wrong_with_the_others(owner: SourceOwner, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").unlink()

    assert list(update_telemetry(owner, only="app")) == ["app"]
    with pytest.raises(InputMissing, match="input orders"):
        update_telemetry(owner)


def test_what_comes_after_finds_the_store_up_to_date_and_locked(owner: SourceOwner) -> None:
    found: list[tuple[str, int]] = []

    def after(name: str, store: TelemetryStore) -> None:
        found.append((name, len(store.parquet_files())))
        with pytest.raises(Timeout), FileLock(store.folder / ".lock", timeout=0):
            pass

    update_telemetry(owner, after=after)

    assert found == [("web", 1), ("app", 1)]


def test_a_source_that_left_is_forgotten_and_nothing_comes_after(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "day.jsonl").write_text(LINE, encoding="utf-8")
    owner = reader(tmp_path, {"web": {"kind": "events", "path": "web", "required": False}})
    update_telemetry(owner)
    (tmp_path / "web" / "day.jsonl").unlink()
    called: list[str] = []

    assert update_telemetry(owner, after=lambda name, _: called.append(name)) == {}
    assert telemetry_store(owner, "web").parquet_files() == []
    assert called == []
