"""What tests of several rooms share: the shipped lane with a home and a ledger of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.settings import Settings, load_settings
from heartbeat_assets_tests.copied_project import CopiedProject, copied_project
from heartbeat_assets_tests.new_ledgers import migrations, new_ledgers

__all__ = ["migrations", "new_ledgers"]

ROOT = Path(__file__).resolve().parent.parent

# No deadline: the first example pays for imports. Fixtures may be shared by examples: each uses names of its own.
# Every run tries other examples, but for CI: there a build fails because of a change and not by chance.
# `--hypothesis-profile=thorough` tries many, where a test does not say how many.
_ANY = {
    "deadline": None,
    "suppress_health_check": [hypothesis.HealthCheck.function_scoped_fixture],
    "derandomize": os.environ.get("CI", "").lower() == "true",
}
hypothesis.settings.register_profile("heartbeat", max_examples=40, **_ANY)
hypothesis.settings.register_profile("thorough", max_examples=1000, **_ANY)
hypothesis.settings.load_profile("heartbeat")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """This project with an empty HEARTBEAT_HOME below `tmp_path` and no ledger named: a SQLite file in that home."""
    monkeypatch.setenv("HEARTBEAT_PROJECT", str(ROOT))
    monkeypatch.setenv("HEARTBEAT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HEARTBEAT_LEDGER_URL", raising=False)
    found = load_settings()
    yield found
    if (tmp_path / "home" / "ledger.sqlite").exists():
        open_ledger(found.ledger_url).close()


@pytest.fixture
def lane(settings: Settings) -> Lane:
    """The shipped lane citizen_product; what it records and publishes goes below `tmp_path`."""
    return find_lane(settings, "citizen_product")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CopiedProject]:
    """A copy of the project's lanes and data, with homes of its own, that a test may change."""
    folder = tmp_path / "project"
    folder.mkdir()
    yield from copied_project(folder, monkeypatch)
