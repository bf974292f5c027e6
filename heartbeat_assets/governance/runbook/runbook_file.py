"""A defs.yaml as text: the runbook that one of its YAML documents is, and the project's one runbook.

It must not look at what the checks look at.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.runbook.spec import RunbookSchedule, RunbookSpec
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.component_file import attributes_in
from heartbeat_assets.specs.problems import checked
from heartbeat_assets.specs.read_once import ReadOnce

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
    found: list[RunbookFile] = []
    problems: list[SpecProblem] = []
    folder = settings.defs / "runbook"
    for file in _defs_files(settings.defs, problems):
        try:
            spec = _spec_in(file)
        except SpecProblem as problem:
            if _is_meant(file):
                problems.append(problem)
                folder = file.parent
            continue
        if spec is not None:
            found.append(RunbookFile(spec, file.parent))
    if len(found) > 1:
        files = " and ".join(str(one.folder / "defs.yaml") for one in found)
        problems.append(SpecProblem(files, ["a project has one runbook; take one out"]))
    return (found[0] if found else RunbookFile(RunbookSpec(), folder)), problems


def _defs_files(defs: Path, problems: list[SpecProblem]) -> list[Path]:
    def unreadable(problem: OSError) -> None:
        if not isinstance(problem, FileNotFoundError):
            said = f"cannot be read: {problem.strerror}; a runbook may be missing"
            problems.append(SpecProblem(str(problem.filename), [said]))

    found = [
        Path(folder) / "defs.yaml" for folder, _, names in os.walk(defs, onerror=unreadable) if "defs.yaml" in names
    ]
    return sorted(found)


def _read(file: Path) -> RunbookSpec | None:
    attributes = attributes_in(file, COMPONENT_TYPES, RunbookSpec.model_fields)
    return None if attributes is None else checked_runbook(attributes, str(file))


_spec_in = ReadOnce(_read)


def _is_meant(file: Path) -> bool:
    """Whether a file that cannot be read was to be a runbook; the mistakes of others are told where they belong."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return file.parent.name == "runbook"
    return file.parent.name == "runbook" or re.search(r"^type:.*(runb|book)", text, re.I | re.M) is not None
