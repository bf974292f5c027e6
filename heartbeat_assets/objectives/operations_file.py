"""A defs.yaml as text: the operations that one of its YAML documents is, and the project's one of them.

It must not look at what the rules are about.
"""

from __future__ import annotations

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
from heartbeat_assets.specs.component_file import spec_reader
from heartbeat_assets.specs.defs_below import only_one
from heartbeat_assets.specs.problems import checked

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
    one = only_one(
        settings.defs, _spec_in, what="operations", name=COMPONENT_TYPES[0], folder="operations", words="operation"
    )
    found = OperationsFile(one.spec, one.file) if one.spec is not None and one.file is not None else None
    return found, one.problems


def the_operations(settings: Settings) -> OperationsFile:
    """The project's operations. Raises SpecProblem when there is none, or a mistake in it."""
    found, problems = operations_in(settings)
    if problems:
        raise problems[0]
    if found is None:
        file = settings.defs / "operations" / "defs.yaml"
        raise SpecProblem(str(file), [f"there is no {COMPONENT_TYPES[0]}; docs/status.md has one to begin with"])
    return found


_spec_in = spec_reader(COMPONENT_TYPES, OperationsSpec, checked_operations)
