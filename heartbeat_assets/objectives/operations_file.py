"""A defs.yaml as text: the operations that one of its YAML documents is, and the project's one of them.

It must not look at what the rules are about.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.objectives.incidents.hours import BusinessHours
from heartbeat_assets.objectives.incidents.terms import SlaLevel
from heartbeat_assets.objectives.operations_spec import (
    ComponentSpec,
    Contacts,
    OperationsSchedule,
    OperationsSpec,
    PersonalData,
    Publish,
    Rollback,
    Scenario,
    Suggestion,
    Symptom,
)
from heartbeat_assets.objectives.status.conditions import Condition, Rule
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.component_file import attributes_in
from heartbeat_assets.specs.problems import checked
from heartbeat_assets.specs.read_once import ReadOnce

COMPONENT_TYPES = ("heartbeat_assets.Operations", "heartbeat_assets.components.Operations")
NO_ATTRIBUTES = "attributes: must be a mapping of the settings of operations"

_MODELS: dict[object, type[BaseModel]] = {
    "components": ComponentSpec,
    "rules": Rule,
    "scenarios": Scenario,
    "symptoms": Symptom,
    "rollback": Rollback,
    "when": Condition,
    "suggestions": Suggestion,
    "contacts": Contacts,
    "sla": SlaLevel,
    "business_hours": BusinessHours,
    "personal_data": PersonalData,
    "publish": Publish,
    "schedule": OperationsSchedule,
}


@dataclass(frozen=True)
class OperationsFile:
    """Operations as they stand on disk: what is said, and the file."""

    spec: OperationsSpec
    file: Path

    @property
    def folder(self) -> Path:
        """The folder of its defs.yaml."""
        return self.file.parent


def checked_operations(attributes: Any, file: str) -> OperationsSpec:
    """The spec that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake."""
    return checked(OperationsSpec, attributes, file, models=_MODELS, no_attributes=NO_ATTRIBUTES)


def operations_in(settings: Settings) -> tuple[OperationsFile | None, list[SpecProblem]]:
    """The project's operations, and every mistake on the way to them; None when no right file has any.

    A project has one: where two files have some, both are named, and the first is taken.
    """
    found: list[OperationsFile] = []
    problems: list[SpecProblem] = []
    for file in _defs_files(settings.defs, problems):
        try:
            spec = _spec_in(file)
        except SpecProblem as problem:
            if _is_meant(file):
                problems.append(problem)
            continue
        if spec is not None:
            found.append(OperationsFile(spec, file))
    if len(found) > 1:
        files = " and ".join(str(one.file) for one in found)
        problems.append(SpecProblem(files, ["a project has one heartbeat_assets.Operations; take one out"]))
    return (found[0] if found else None), problems


def the_operations(settings: Settings) -> OperationsFile:
    """The project's operations. Raises SpecProblem when there is none, or a mistake in it."""
    found, problems = operations_in(settings)
    if problems:
        raise problems[0]
    if found is None:
        file = settings.defs / "operations" / "defs.yaml"
        raise SpecProblem(str(file), [f"there is no {COMPONENT_TYPES[0]}; docs/status.md has one to begin with"])
    return found


def _defs_files(defs: Path, problems: list[SpecProblem]) -> list[Path]:
    def unreadable(problem: OSError) -> None:
        if not isinstance(problem, FileNotFoundError):
            said = f"cannot be read: {problem.strerror}; operations may be missing"
            problems.append(SpecProblem(str(problem.filename), [said]))

    walked = os.walk(defs, onerror=unreadable)
    return sorted(Path(folder) / "defs.yaml" for folder, _, names in walked if "defs.yaml" in names)


def _read(file: Path) -> OperationsSpec | None:
    attributes = attributes_in(file, COMPONENT_TYPES, OperationsSpec.model_fields)
    return None if attributes is None else checked_operations(attributes, str(file))


_spec_in = ReadOnce(_read)


def _is_meant(file: Path) -> bool:
    """Whether a file that cannot be read was to hold operations; the mistakes of others are told where they belong."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return file.parent.name == "operations"
    return file.parent.name == "operations" or re.search(r"^type:.*operation", text, re.I | re.M) is not None
