"""A copied project and a Dagster instance of its own for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from heartbeat_assets.ledger import Ledger
from heartbeat_assets.ledger.location import locate
from heartbeat_assets_tests.components.metric_running import Shop
from heartbeat_assets_tests.ledger.conftest import ledger_url, postgres_url, sqlite_url
from heartbeat_assets_tests.own_project import OwnProject, own_project

__all__ = ["instance", "ledger_url", "postgres_url", "shop", "sqlite_url"]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    # An instance in memory still keeps its telemetry id in DAGSTER_HOME, where telemetry is on.
    if not os.environ.get("DAGSTER_HOME", "").startswith(str(tmp_path)):
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnProject]:
    """A bare project, which nothing names: it is found by where its files are."""
    folder = tmp_path / "own"
    folder.mkdir()
    for project in own_project(folder, monkeypatch):
        monkeypatch.delenv("HEARTBEAT_PROJECT")
        yield project


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A project with the service `shop`, which has no metric yet."""
    made = Shop(tmp_path / "project")
    yield made
    Ledger(locate(made.settings.ledger_url)).close()
