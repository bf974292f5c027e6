"""What the environment decides: where the project, its state and its ledger are.

Every environment variable of the project is read here and documented in docs/configuration.md. A leaf: it must not
import a room.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
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
    actor: str | None = None
    """Who changes metrics from this terminal, where no option names somebody."""
    cockpit_url: str | None = "http://127.0.0.1:8420"
    """Where Dagster's links into the cockpit lead; None for none."""


@dataclass(frozen=True)
class CockpitVariables:
    """What the environment says about the cockpit, as it is written there; `cockpit.settings` makes sense of it."""

    operators: Path | None
    proxy_header: str | None
    proxies: str
    hosts: str
    dagster_url: str
    secret: str | None


def load_settings(start: Path | None = None) -> Settings:
    """Reads the environment. `start` (default: the working directory) is where the search for a project begins.

    The project is HEARTBEAT_PROJECT, else the nearest folder upwards whose pyproject.toml has a [tool.dg.project]
    table, else the checkout this package is in. Raises UsageProblem when there is none.
    """
    project, defs = _find_project(start or Path.cwd())
    home = Path(os.environ.get("HEARTBEAT_HOME") or project / ".heartbeat").expanduser().absolute()
    ledger_url = os.environ.get("HEARTBEAT_LEDGER_URL") or str(home / "ledger.sqlite")
    warehouse_url = os.environ.get("HEARTBEAT_WAREHOUSE_URL") or None
    return Settings(
        project=project,
        defs=defs,
        home=home,
        ledger_url=ledger_url,
        warehouse_url=warehouse_url,
        actor=os.environ.get("HEARTBEAT_ACTOR") or None,
        cockpit_url=_link(os.environ.get("HEARTBEAT_COCKPIT_URL") or "http://127.0.0.1:8420"),
    )


def load_ledger_url() -> str:
    """Where the ledger is, for application code too, which may run where no project is.

    Raises UsageProblem when neither HEARTBEAT_LEDGER_URL nor HEARTBEAT_HOME is set and there is no project.
    """
    named, home, _ = ledger_variables()
    if named:
        return named
    if home:
        return str(Path(home).expanduser().absolute() / "ledger.sqlite")
    return load_settings().ledger_url


def ledger_variables() -> tuple[str | None, str | None, str | None]:
    """What decides where the ledger is: its address, the home and the project, as the environment has them."""
    read = os.environ.get
    return read("HEARTBEAT_LEDGER_URL"), read("HEARTBEAT_HOME"), read("HEARTBEAT_PROJECT")


def guard_variables() -> tuple[str | None, str | None]:
    """How long a guard may keep an answer, and what it says when it has none, as the environment writes them."""
    read = os.environ.get
    return read("HEARTBEAT_GUARD_CACHE_SECONDS") or None, read("HEARTBEAT_GUARD_WHEN_UNKNOWN") or None


def cockpit_variables() -> CockpitVariables:
    """Reads what the environment says about the cockpit. A variable that is empty counts as not set."""
    operators = os.environ.get("HEARTBEAT_COCKPIT_OPERATORS")
    return CockpitVariables(
        operators=Path(operators).expanduser().absolute() if operators else None,
        proxy_header=os.environ.get("HEARTBEAT_COCKPIT_PROXY_HEADER") or None,
        proxies=os.environ.get("HEARTBEAT_COCKPIT_PROXIES") or "127.0.0.1,::1",
        hosts=os.environ.get("HEARTBEAT_COCKPIT_HOSTS") or "",
        dagster_url=os.environ.get("HEARTBEAT_DAGSTER_URL") or "http://127.0.0.1:3000",
        secret=os.environ.get("HEARTBEAT_COCKPIT_SECRET") or None,
    )


def environment() -> Mapping[str, str]:
    """Every variable as it is now, for the go-live runbook, whose file names those that matter. Not for printing."""
    return dict(os.environ)


def _link(written: str) -> str | None:
    return None if written == "off" else written.rstrip("/")


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
