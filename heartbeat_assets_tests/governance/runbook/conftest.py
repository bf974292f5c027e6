"""A project of somebody's own with an empty ledger, once on SQLite and once on PostgreSQL; no server answers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from heartbeat_assets.ledger import Ledger
from heartbeat_assets.ledger.location import locate
from heartbeat_assets_tests.governance.runbook.looking import RunbookProject
from heartbeat_assets_tests.metrics.conftest import timed
from heartbeat_assets_tests.own_project import own_project

__all__ = ["alone", "project", "timed"]


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunbookProject]:
    """The project with a ledger of SQLite: for what does not depend on the database."""
    for name in ("ENV", "DATABASE_URL", "GO_LIVE_ENFORCE"):
        monkeypatch.delenv(name, raising=False)
    # Nothing listens at the port of discarded mail.
    monkeypatch.setenv("HEARTBEAT_DAGSTER_URL", "http://127.0.0.1:9")
    folder = tmp_path / "project"
    folder.mkdir()
    for own in own_project(folder, monkeypatch):
        runbook = RunbookProject(own)
        runbook.ledger.close()
        yield runbook


@pytest.fixture
def project(alone: RunbookProject, ledger_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunbookProject]:
    """The project, once on each database."""
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", ledger_url)
    alone.ledger.close()
    yield alone
    Ledger(locate(ledger_url)).close()
