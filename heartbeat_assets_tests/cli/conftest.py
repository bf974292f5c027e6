"""A copied project for each test, and the `heartbeat` command called in this process."""

import pytest

from heartbeat_assets_tests.cli.calling import Heartbeat
from heartbeat_assets_tests.copied_project import CopiedProject


@pytest.fixture
def heartbeat(project: CopiedProject) -> Heartbeat:
    return Heartbeat()
