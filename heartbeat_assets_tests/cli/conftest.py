"""A copied project for each test, and the `heartbeat` command called in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject, copied_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CopiedProject]:
    folder = tmp_path / "project"
    folder.mkdir()
    yield from copied_project(folder, monkeypatch)


@pytest.fixture
def heartbeat(project: CopiedProject) -> Heartbeat:
    return Heartbeat()
