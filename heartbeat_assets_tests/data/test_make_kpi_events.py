"""The generated KPI events: an hour always the same, healthy up to now, and a bad week that triggers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from heartbeat_assets.governance.kpi_file import import_events
from heartbeat_assets.governance.look import look
from heartbeat_assets.governance.policies import shipped_policies
from heartbeat_assets.ledger import Actor, EventStore, Ledger, open_ledger
from heartbeat_assets_tests.copied_project import ROOT, SHIPPED_DEFS

SCRIPT = ROOT / "data" / "make_kpi_events.py"
UNTIL = datetime(2026, 3, 10, 12, 20, tzinfo=UTC)


def make(out: Path, until: datetime = UNTIL, *more: str) -> list[dict[str, Any]]:
    """Runs the script; returns the past it wrote."""
    command = [sys.executable, str(SCRIPT), "--until", until.isoformat(), "--out", str(out), *more]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in (out / "past.ndjson").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("kpi")
    make(out, UNTIL, "--bad-week")
    return out


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def store(ledger: Ledger) -> EventStore:
    return ledger.events


def outcome(ledger: Ledger, name: str, now: datetime = UNTIL) -> str:
    """What a look at `now` would say, with the policy enabled."""
    policy = next(one for one in shipped_policies() if one.name == name).model_copy(update={"enabled": True})
    found = look(policy, ledger, now=now, actor=Actor("test", "program", "cli")).evaluation
    assert found is not None
    return found.outcome


def test_an_hour_is_always_the_same_and_the_past_ends_with_the_last_whole_one(made: Path, tmp_path: Path) -> None:
    earlier = make(tmp_path, UNTIL - timedelta(days=2))
    now = [json.loads(line) for line in (made / "past.ndjson").read_text(encoding="utf-8").splitlines()]
    assert [one for one in now if one["at"] < "2026-03-08T12:00"] == [
        one for one in earlier if one["at"] >= "2026-01-09"
    ]
    assert max(one["at"] for one in now) < "2026-03-10T12:00"
    assert min(one["at"] for one in now)[:10] == "2026-01-09"


def test_the_next_hours_add_to_what_was_imported(made: Path, store: EventStore, tmp_path: Path) -> None:
    first = import_events(store, made / "past.ndjson")
    make(tmp_path, UNTIL + timedelta(hours=3))
    later = import_events(store, tmp_path / "past.ndjson")
    assert first.imported > 10_000
    assert 20 < later.imported < 200
    assert import_events(store, tmp_path / "past.ndjson").imported == 0


def test_the_series_are_those_that_are_watched_and_shown(made: Path, store: EventStore) -> None:
    import_events(store, made / "past.ndjson")
    names = {f"{one.domain}.{one.metric}" for one in store.series()}
    assert names == {policy.name for policy in shipped_policies()}
    listed = (SHIPPED_DEFS / "kpi_events" / "defs.yaml").read_text(encoding="utf-8")
    assert all(f"- {name}\n" in listed for name in names)
    assert all(event.duration_ms is not None for event in store.newest("BUYER_MATCH", "match_success", 100))


def test_nothing_triggers_at_any_time(made: Path, ledger: Ledger) -> None:
    import_events(ledger.events, made / "past.ndjson")
    for name in (policy.name for policy in shipped_policies()):
        found = [outcome(ledger, name, UNTIL - timedelta(days=days)) for days in range(30, -1, -5)]
        assert "TRIGGERED" not in found, name
        assert found[-1] == "OK", name


def test_the_bad_week_triggers_the_tripwire_that_ships_enabled(made: Path, ledger: Ledger) -> None:
    import_events(ledger.events, made / "past.ndjson")
    assert import_events(ledger.events, made / "bad_week.ndjson").imported == 60
    assert outcome(ledger, "WHOLESALE.contract_rate") == "TRIGGERED"


def test_a_mistake_is_told(tmp_path: Path) -> None:
    for wrong, said in ((["--until", "noon"], "is not a time"), (["--days", "0"], "is not a number of days")):
        done = subprocess.run([sys.executable, str(SCRIPT), *wrong], capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert said in done.stderr
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--out", str(tmp_path / "file")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "give another folder with --out" in done.stderr
