"""A defs.yaml as text: the runbook that one of its YAML documents is, and the project's one runbook.

It must not look at what the checks look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.runbook.spec import RunbookSchedule, RunbookSpec
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.component_file import spec_reader
from heartbeat_assets.specs.defs_below import only_one
from heartbeat_assets.specs.problems import checked

COMPONENT_TYPES = ("heartbeat_assets.Runbook", "heartbeat_assets.components.Runbook")
NO_ATTRIBUTES = "attributes: must be a mapping of the runbook's settings"

_MODELS: dict[object, type[BaseModel]] = {"schedule": RunbookSchedule}


@dataclass(frozen=True)
class RunbookFile:
    """A runbook as it stands on disk: what it says, and the folder of its defs.yaml."""

    spec: RunbookSpec
    folder: Path


def checked_runbook(attributes: Any, file: str) -> RunbookSpec:
    """The spec that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake."""
    return checked(RunbookSpec, attributes, file, models=_MODELS, no_attributes=NO_ATTRIBUTES)


def runbook_in(settings: Settings) -> tuple[RunbookFile, list[SpecProblem]]:
    """The project's runbook, and every mistake on the way to it; without a file, every check as it is by default."""
    one = only_one(settings.defs, _spec_in, what="a runbook", name="runbook", folder="runbook", words="(runb|book)")
    if one.file is not None and one.spec is not None:
        return RunbookFile(one.spec, one.file.parent), one.problems
    folder = one.broken.parent if one.broken is not None else settings.defs / "runbook"
    return RunbookFile(RunbookSpec(), folder), one.problems


_spec_in = spec_reader(COMPONENT_TYPES, RunbookSpec, checked_runbook)
