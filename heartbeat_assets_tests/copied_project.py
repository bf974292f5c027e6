"""A copy of the project's lanes and data, for tests that change them.

Everything it records goes below its own folder: the checkout and its ledger are never touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.ledger import Ledger
from heartbeat_assets.ledger.location import locate
from heartbeat_assets.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parent.parent
LANE = "citizen_product"
SHIPPED_DEFS = ROOT / "heartbeat_assets" / "defs"
SHIPPED_DATA = ROOT / "data" / LANE
BROKEN_DAY = SHIPPED_DATA / "broken" / "2026-02-24.jsonl"
_PROJECT_FILE = '[tool.dg]\ndirectory_type = "project"\n\n[tool.dg.project]\nroot_module = "heartbeat_assets"\n'


class CopiedProject:
    """The copy in `folder`: the lane citizen_product with its known run, nothing recorded yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.dagster_home = folder / "dagster_home"
        self.defs = folder / "heartbeat_assets" / "defs"
        self.lane_folder = self.defs / LANE
        self.data = folder / "data" / LANE
        self.events = self.data / "events"
        self.snapshot = self.data / "snapshot.json"
        self.published = self.home / "published" / LANE
        for name in (LANE, "run_pruning"):
            shutil.copytree(SHIPPED_DEFS / name, self.defs / name)
        shutil.copytree(SHIPPED_DATA / "events", self.events)
        shutil.copy(SHIPPED_DATA / "snapshot.json", self.snapshot)
        (folder / "pyproject.toml").write_text(_PROJECT_FILE, encoding="utf-8")
        self.dagster_home.mkdir()
        shutil.copy(ROOT / "dagster_home" / "dagster.yaml", self.dagster_home)

    def environment(self) -> dict[str, str]:
        """What points the program at this copy."""
        return {
            "HEARTBEAT_PROJECT": str(self.folder),
            "HEARTBEAT_HOME": str(self.home),
            "DAGSTER_HOME": str(self.dagster_home),
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }

    @property
    def settings(self) -> Settings:
        return load_settings()

    @property
    def lane(self) -> Lane:
        """The lane as its files now are."""
        return find_lane(self.settings, LANE)

    @contextmanager
    def changed_attributes(self) -> Iterator[dict[str, Any]]:
        """The attributes of defs.yaml to be changed in place; written back at the end."""
        file = self.lane_folder / "defs.yaml"
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield document["attributes"]
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

    def add_shipped_lane(self, name: str) -> Lane:
        """Copies another of the shipped lanes, with its data."""
        shutil.copytree(SHIPPED_DEFS / name, self.defs / name)
        shutil.copytree(ROOT / "data" / name, self.folder / "data" / name)
        return find_lane(self.settings, name)

    def rewrite_sql(self, old: str, new: str) -> None:
        """Replaces `old`, which must be there once, in digest.sql."""
        file = self.lane_folder / "digest.sql"
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in digest.sql"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def add_day(self, day: str) -> Path:
        """Copies a day of the shipped series, all of them good ones that fit, into the events."""
        return Path(shutil.copy(SHIPPED_DATA / "series" / f"{day}.jsonl", self.events))

    def break_kpis(self) -> Path:
        """Drops the broken day into the events."""
        return Path(shutil.copy(BROKEN_DAY, self.events))


def copied_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CopiedProject]:
    """The body of a fixture: a copy below `folder`, with the environment pointing at it."""
    project = CopiedProject(folder)
    for name, value in project.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("HEARTBEAT_LEDGER_URL", raising=False)
    monkeypatch.delenv("HEARTBEAT_DEBUG", raising=False)
    yield project
    # Not open_ledger: some tests leave a ledger behind that cannot be opened.
    Ledger(locate(f"sqlite:///{project.home / 'ledger.sqlite'}")).close()
