"""The queue: what it holds while the ledger is away, what it drops, and that it tells of it."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.emit import outlet as outlet_module
from heartbeat_assets.emit.outlet import Outlet
from heartbeat_assets.ledger import EventStore, KpiEventRefused, Ledger, LedgerError, NewKpiEvent, open_ledger


def event(number: float) -> NewKpiEvent:
    return NewKpiEvent("A", "b", value=number)


def recorded(ledger: Ledger) -> list[float | None]:
    return sorted(one.value for one in ledger.events.between("A", "b") if one.value is not None)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set: the ledger cannot be written."""
    is_away = threading.Event()
    append = EventStore.append

    def append_or_not(self: EventStore, events: Any, **named: Any) -> int:
        if is_away.is_set():
            raise LedgerError("away")
        return append(self, events, **named)

    monkeypatch.setattr(EventStore, "append", append_or_not)
    monkeypatch.setattr(outlet_module, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(outlet_module, "LONGEST_PAUSE", 0.05)
    return is_away


def test_what_is_emitted_while_the_ledger_is_away_is_recorded_once_it_is_back(
    configured: Ledger, ledger_url: str, away: threading.Event
) -> None:
    away.set()
    outlet = Outlet(ledger_url)
    for number in range(1500):
        outlet.put(event(number))
    assert not outlet.flush(time.monotonic() + 0.3)
    assert recorded(configured) == []
    away.clear()
    assert outlet.flush(time.monotonic() + 60)
    assert recorded(configured) == list(range(1500))
    assert outlet.left() == 0


def test_a_ledger_that_was_there_and_is_gone_is_waited_for_and_not_made_anew(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "ledger.sqlite", tmp_path / "elsewhere.sqlite"
    outlet = Outlet(str(file))
    outlet.put(event(1))
    assert outlet.flush(time.monotonic() + 60)
    open_ledger(str(file)).close()
    file.rename(elsewhere)
    outlet.put(event(2))
    assert not outlet.flush(time.monotonic() + 0.3)
    assert not file.exists(), "in a new, empty one nothing would be stopped"
    elsewhere.rename(file)
    assert outlet.flush(time.monotonic() + 60)
    assert recorded(open_ledger(str(file))) == [1, 2]


def test_a_full_queue_drops_at_once_while_the_ledger_is_away_and_tells_of_it(
    configured: Ledger, ledger_url: str, away: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlet_module, "MOST_WAITING", 10)
    away.set()
    outlet = Outlet(ledger_url)
    for number in range(10):
        outlet.put(event(number))
    assert not outlet.flush(time.monotonic() + 0.2)
    started = time.monotonic()
    for number in range(10, 35):
        outlet.put(event(number))
    assert time.monotonic() - started < 2 * outlet_module.ROOM_SECONDS
    assert outlet.dropped == {"full": 25}
    away.clear()
    assert outlet.flush(time.monotonic() + 60)
    assert recorded(configured) == list(range(10))
    deadline = time.monotonic() + 30
    while not (told := configured.events.newest("HEARTBEAT", "events_dropped", 5)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [one.value for one in told] == [25]
    assert json.loads(told[0].detail or "")["full"] == 25


def test_who_emits_faster_than_the_ledger_writes_is_slowed_down_and_loses_nothing(
    configured: Ledger, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlet_module, "MOST_WAITING", 50)
    monkeypatch.setattr(outlet_module, "BATCH", 20)
    monkeypatch.setattr(outlet_module, "ROOM_SECONDS", 30)
    outlet = Outlet(ledger_url)
    for number in range(1000):
        outlet.put(event(number))
    assert outlet.flush(time.monotonic() + 60)
    assert recorded(configured) == list(range(1000))
    assert outlet.dropped == {}


def test_one_event_that_the_database_refuses_does_not_hold_up_the_others(configured: Ledger, ledger_url: str) -> None:
    outlet = Outlet(ledger_url)
    wrong = event(2)
    object.__setattr__(wrong, "domain", "not a domain")
    with pytest.raises(KpiEventRefused):
        configured.events.append([wrong])
    for one in (event(1), wrong, event(3)):
        outlet.put(one)
    assert outlet.flush(time.monotonic() + 60)
    assert recorded(configured) == [1, 3]
    assert outlet.dropped == {"refused": 1}


def test_a_ledger_that_cannot_be_opened_breaks_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    outlet = Outlet(str(tmp_path / "file" / "ledger.sqlite"))
    outlet.put(event(1))
    assert not outlet.flush(time.monotonic() + 0.5)
    assert outlet.left() == 1
