"""A store of its own for each test, and the folder that it reads."""

from pathlib import Path

import pytest

from heartbeat_assets.telemetry.store import TelemetryStore
from heartbeat_assets_tests.telemetry.events import event, ingest


@pytest.fixture
def store(tmp_path: Path) -> TelemetryStore:
    return TelemetryStore(tmp_path / "home" / "telemetry" / "events")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.fixture
def two_days(source: Path, store: TelemetryStore) -> Path:
    """The source with two files in it, read into the store."""
    (source / "day1.jsonl").write_bytes(event("a", event="Open Evidence") + event("b") + b"bad\n")
    (source / "day2.jsonl").write_bytes(event("a"))
    ingest(store, source)
    return source
