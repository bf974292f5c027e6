"""A bare Dagster project of somebody's own, for tests that add lanes to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from heartbeat_assets.lanes.lane import Lane, find_lane
from heartbeat_assets.ledger import Ledger
from heartbeat_assets.ledger.location import locate
from heartbeat_assets.settings import Settings, load_settings

PACKAGE = "own_shop"
PROJECT_FILE = f'[tool.dg]\ndirectory_type = "project"\n\n[tool.dg.project]\nroot_module = "{PACKAGE}"\n'
DEFINITIONS = """from pathlib import Path

from dagster import Definitions, definitions, load_from_defs_folder


@definitions
def defs() -> Definitions:
    return load_from_defs_folder(path_within_project=Path(__file__).parent)
"""
LANE = """type: heartbeat_assets.HeartbeatLane
attributes:
  owners: ["team:shop"]
  sources:
    orders:
      kind: table
      path: data/orders.csv
      columns: {order_id: text, amount: number}
  kpis:
    - {name: orders_total, unit: count, min: 1, missing: failed}
    - {name: mean_amount, max: 100}
  window: {limits: {max_failed: 0, max_orders_total_violations: 0}}
  schedule: {cron: "0 6 * * *"}
"""
SQL = "SELECT count(*) AS orders_total,\n  avg(amount) AS mean_amount\nFROM orders\n"


class OwnProject:
    """A project in `folder`, with nothing in its defs folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.defs = folder / PACKAGE / "defs"
        self.defs.mkdir(parents=True)
        (folder / "pyproject.toml").write_text(PROJECT_FILE, encoding="utf-8")
        (folder / PACKAGE / "__init__.py").touch()
        (folder / PACKAGE / "definitions.py").write_text(DEFINITIONS, encoding="utf-8")

    @property
    def settings(self) -> Settings:
        return load_settings(self.folder)

    def write(self, path: str, text: str) -> Path:
        """Writes a file below the project."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def write_lane(self, name: str = "shop", yaml: str = LANE, sql: str | None = SQL) -> Path:
        """Writes a lane over three orders; returns its defs.yaml."""
        self.write("data/orders.csv", "order_id,amount\nA1,10\nA2,20.5\nA3,\n")
        if sql is not None:
            self.write(f"{PACKAGE}/defs/{name}/digest.sql", sql)
        return self.write(f"{PACKAGE}/defs/{name}/defs.yaml", yaml)

    def lane(self, name: str) -> Lane:
        """The lane as its files now are."""
        return find_lane(self.settings, name)

    def definitions(self) -> dg.Definitions:
        """The project as Dagster loads it."""
        return dg.load_from_defs_folder(path_within_project=self.defs)

    def refusal(self) -> str:
        """What Dagster says when it loads the project and a file of it is wrong."""
        with pytest.raises(Exception) as caught:  # noqa: PT011
            self.definitions()
        return sentences_of(caught.value)


def sentences_of(problem: BaseException | None) -> str:
    """Everything a chain of errors says."""
    said = []
    while problem is not None:
        said.append(str(problem))
        problem = problem.__cause__ or problem.__context__
    return "\n".join(said)


def own_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnProject]:
    """The body of a fixture: a project below `folder`, with the environment pointing at it."""
    project = OwnProject(folder)
    monkeypatch.setenv("HEARTBEAT_PROJECT", str(folder))
    monkeypatch.setenv("HEARTBEAT_HOME", str(project.home))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    for name in ("HEARTBEAT_LEDGER_URL", "HEARTBEAT_WAREHOUSE_URL", "HEARTBEAT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.syspath_prepend(str(folder))
    yield project
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    Ledger(locate(f"sqlite:///{project.home / 'ledger.sqlite'}")).close()
