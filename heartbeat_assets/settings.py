"""What the environment decides: where the project, its state and its ledger are.

Every environment variable of the project is read here and documented in docs/configuration.md. A leaf: it must not
import a room.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from heartbeat_assets.errors import UsageProblem


@dataclass(frozen=True)
class Settings:
    """Where things are: `project` holds pyproject.toml, `defs` the lanes, `home` everything computed."""

    project: Path
    defs: Path
    home: Path
    ledger_url: str
    warehouse_url: str | None = None


def load_settings(start: Path | None = None) -> Settings:
    """Reads the environment. `start` (default: the working directory) is where the search for a project begins.

    The project is HEARTBEAT_PROJECT, else the nearest folder upwards whose pyproject.toml has a [tool.dg.project]
    table, else the checkout this package is in. Raises UsageProblem when there is none.
    """
    project, defs = _find_project(start or Path.cwd())
    home = Path(os.environ.get("HEARTBEAT_HOME") or project / ".heartbeat").expanduser().absolute()
    ledger_url = os.environ.get("HEARTBEAT_LEDGER_URL") or str(home / "ledger.sqlite")
    warehouse_url = os.environ.get("HEARTBEAT_WAREHOUSE_URL") or None
    return Settings(project=project, defs=defs, home=home, ledger_url=ledger_url, warehouse_url=warehouse_url)


def _find_project(start: Path) -> tuple[Path, Path]:
    named = os.environ.get("HEARTBEAT_PROJECT")
    if named:
        folder = Path(named).expanduser().absolute()
        defs = _defs_folder(folder)
        if defs is None:
            raise UsageProblem(
                f"HEARTBEAT_PROJECT={named}: no pyproject.toml with a [tool.dg.project] table there; "
                "point it at the folder of a Dagster project"
            )
        return folder, defs
    for folder in (start.absolute(), *start.absolute().parents):
        defs = _defs_folder(folder)
        if defs is not None:
            return folder, defs
    # A checkout has its pyproject.toml beside the package; where the package is installed there is none.
    checkout = Path(__file__).absolute().parent.parent
    defs = _defs_folder(checkout)
    if defs is None:
        raise UsageProblem(
            f"{start}: neither here nor above is a pyproject.toml with a [tool.dg.project] table; go to the folder of "
            "a Dagster project, or set HEARTBEAT_PROJECT to it"
        )
    return checkout, defs


def _defs_folder(project: Path) -> Path | None:
    try:
        with (project / "pyproject.toml").open("rb") as file:
            table = tomllib.load(file).get("tool", {}).get("dg", {}).get("project")
    except (OSError, tomllib.TOMLDecodeError):
        return None
    if not isinstance(table, dict) or "root_module" not in table:
        return None
    module = str(table.get("defs_module") or f"{table['root_module']}.defs")
    # As `dg` looks for modules, and as it lays new projects out.
    root = project / "src" if (project / "src").is_dir() else project
    return root.joinpath(*module.split("."))
