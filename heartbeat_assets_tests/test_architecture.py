"""The house keeps its shape: imports follow the arrows, and what must load fast loads little.

The contracts are in pyproject.toml under ``[tool.importlinter]``; docs/architecture.md gives the reasons.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What each of these costs at import, measured: dagster 1 s, pandas 0.4 s, duckdb 0.1 s, scipy.stats 0.7 s.
HEAVY = ("dagster", "pandas", "duckdb", "scipy", "statsmodels")


def test_imports_follow_the_arrows_of_the_architecture(capsys: pytest.CaptureFixture[str]) -> None:
    # Importing the interface registers the readers and printers the use case needs. The linter's own command
    # does that too, but it also resets logging for the whole process: later tests would see no log records.
    import importlinter.api  # noqa: F401
    from importlinter.application.use_cases import lint_imports

    kept = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None, no_logo=True)
    words = capsys.readouterr().out
    assert kept, f"An import goes against the architecture (docs/architecture.md):\n{words}"


# `heartbeat --help`, shell completion and every quick command start with these imports, and Dagster starts a
# process for each run. Loading the heavy libraries up front would make each of them wait more than a second
# for nothing, so they are imported inside the functions that use them. It takes a fresh process to see it:
# this one has them all.
@pytest.mark.parametrize(
    "room",
    ["cli", "emit", "governance.actuator", "governance.evaluate", "guard", "lanes", "ledger", "objectives.slo.verdict"],
)
def test_importing_a_room_loads_no_heavy_library(room: str) -> None:
    # A folder without modules would import as well, and prove nothing: a room must have a file of its own.
    program = (
        f"import sys, heartbeat_assets.{room} as room; assert room.__file__, 'there is no such room';"
        f"print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    assert not loaded, f"importing heartbeat_assets.{room} loads {', '.join(loaded)}: import it where it is used"
