"""Every defs.yaml of service objectives below the defs folder with its SLOs, and every mistake in them.

One bad file hides no other. It must not measure anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.objectives.objectives_spec import (
    Maintenance,
    ObjectiveChecks,
    ObjectivesSchedule,
    ObjectivesSpec,
)
from heartbeat_assets.objectives.slo.openslo import files_in
from heartbeat_assets.objectives.slo.resolve import SloSet, load_slos
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets.specs.component_file import spec_reader
from heartbeat_assets.specs.defs_below import add_each
from heartbeat_assets.specs.problems import checked

COMPONENT_TYPES = ("heartbeat_assets.ServiceObjectives", "heartbeat_assets.components.ServiceObjectives")
NO_ATTRIBUTES = "attributes: must be a mapping of the settings of service objectives"
NO_DOCUMENT = "has no OpenSLO document beside it; write one, such as api.openslo.yaml"

_MODELS: dict[object, type[BaseModel]] = {
    "maintenance": Maintenance,
    "schedule": ObjectivesSchedule,
    "checks": ObjectiveChecks,
}


@dataclass(frozen=True)
class ObjectivesFolder:
    """One folder of SLOs: what its defs.yaml says, and its documents put together."""

    file: Path
    spec: ObjectivesSpec
    documents: SloSet

    @property
    def name(self) -> str:
        """What the folder is called."""
        return self.file.parent.name


@dataclass
class ObjectivesSet:
    """The SLOs of a project: the right ones by folder, `problems` being what is wrong with the others."""

    folders: dict[str, ObjectivesFolder] = field(default_factory=dict)
    problems: list[SpecProblem] = field(default_factory=list)

    def slos(self) -> Iterator[tuple[ObjectivesFolder, Slo]]:
        """Every right SLO and its folder, in the order of the files."""
        for folder in self.folders.values():
            for slo in folder.documents.slos:
                yield folder, slo

    def find(self, name: str) -> tuple[ObjectivesFolder, Slo] | None:
        """The SLO called `name` and its folder."""
        return next(((folder, slo) for folder, slo in self.slos() if slo.name == name), None)


def checked_objectives(attributes: Any, file: str) -> ObjectivesSpec:
    """The spec that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake."""
    return checked(ObjectivesSpec, attributes, file, models=_MODELS, no_attributes=NO_ATTRIBUTES)


def objectives_folder(file: Path, spec: ObjectivesSpec) -> tuple[ObjectivesFolder, list[SpecProblem]]:
    """The folder of `file` with its documents, and what is wrong with these."""
    paths = files_in(file.parent)
    documents = load_slos(paths)
    folder = ObjectivesFolder(file, spec, documents)
    problems = _by_file(documents.problems, paths)
    if not paths:
        problems.append(SpecProblem(str(file), [NO_DOCUMENT]))
    # While a document is wrong, its SLO may well be the one that is meant.
    elif not problems:
        unknown = list(_unknown_names(spec, documents))
        problems += [SpecProblem(str(file), unknown)] if unknown else []
    return folder, problems


def objectives_in(defs_folder: Path) -> ObjectivesSet:
    """Every SLO below `defs_folder`. Never raises for what is wrong there: that is in `problems`.

    An SLO whose name another folder has already is left out: which of the two is meant is for a person to say.
    """
    found = ObjectivesSet()
    add_each(defs_folder, _spec_in, partial(_add, found), found.problems, "SLOs")
    return found


_spec_in = spec_reader(COMPONENT_TYPES, ObjectivesSpec, checked_objectives)


def _add(found: ObjectivesSet, file: Path, spec: ObjectivesSpec) -> None:
    name = file.parent.name
    if name in found.folders:
        sentence = f"SLOs in a folder {name!r} are there already, {found.folders[name].file.parent}; rename the folder"
        raise SpecProblem(str(file), [sentence])
    folder, problems = objectives_folder(file, spec)
    found.problems += problems
    taken = {slo.name: other for other, slo in found.slos()}
    twins = [slo for slo in folder.documents.slos if slo.name in taken]
    for slo in twins:
        where = taken[slo.name].documents.named(slo.name).file
        found.problems.append(SpecProblem(slo.file, [f"SLO {slo.name}: {where} has one of that name; rename one"]))
    left = tuple(slo for slo in folder.documents.slos if slo not in twins)
    found.folders[name] = replace(folder, documents=replace(folder.documents, slos=left))


def _by_file(sentences: tuple[str, ...], paths: list[Path]) -> list[SpecProblem]:
    """A problem per sentence, which begins with the name of its file."""
    problems = []
    for sentence in sentences:
        path = next((str(path) for path in paths if sentence.startswith(f"{path}: ")), "OpenSLO")
        problems.append(SpecProblem(path, [sentence.removeprefix(f"{path}: ")]))
    return problems


def _unknown_names(spec: ObjectivesSpec, documents: SloSet) -> Iterator[str]:
    known = [slo.name for slo in documents.slos]
    for position, one in enumerate(spec.maintenance):
        for name in one.slos or ():
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"there is {', '.join(known) or 'none'}"
                yield f"maintenance[{position}].slos: there is no SLO {name!r} here; {hint}"
