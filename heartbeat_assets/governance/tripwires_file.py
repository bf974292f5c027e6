"""Every defs.yaml of tripwires below the defs folder, and every mistake in them; one bad file hides no other.

It must not look at events.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.governance.policy import TripwirePolicy, spelled_name
from heartbeat_assets.governance.switch import DEFAULT_COOLDOWN
from heartbeat_assets.governance.tripwires_spec import RiskPolicy, TripwiresSpec
from heartbeat_assets.specs.component_file import spec_reader
from heartbeat_assets.specs.defs_below import add_each
from heartbeat_assets.specs.problems import checked

COMPONENT_TYPES = ("heartbeat_assets.Tripwires", "heartbeat_assets.components.Tripwires")

_MODELS: dict[object, type[BaseModel]] = {"policies": TripwirePolicy, "risk_policies": RiskPolicy}


@dataclass
class TripwiresSet:
    """The tripwires of a project. `files` and `specs` have the right files by the names of their folders, `problems`
    what is wrong with the others and between them.
    """

    files: dict[str, Path] = field(default_factory=dict)
    specs: dict[str, TripwiresSpec] = field(default_factory=dict)
    problems: list[SpecProblem] = field(default_factory=list)

    def policies(self) -> Iterator[tuple[str, TripwirePolicy]]:
        """Every policy with the name of its folder, in the order of the files."""
        for folder, spec in self.specs.items():
            for policy in spec.policies:
                yield folder, policy

    def find(self, name: str) -> tuple[str, TripwirePolicy] | None:
        """The policy called `name` (`WHOLESALE.contract_rate`, in any case) with the name of its folder."""
        spelled = spelled_name(name)
        return next(((folder, policy) for folder, policy in self.policies() if policy.name == spelled), None)

    def cooldown_of(self, switch: str) -> timedelta:
        """How long `switch` rests after its release: the longest that a file says."""
        return max((spec.cooldown_of(switch) for spec in self.specs.values()), default=DEFAULT_COOLDOWN)


def checked_tripwires(attributes: Any, file: str) -> TripwiresSpec:
    """The spec that `attributes` of `file` write. Raises SpecProblem with a sentence per mistake."""
    return checked(TripwiresSpec, attributes, file, models=_MODELS)


def tripwires_spec_in(file: Path) -> TripwiresSpec | None:
    """The tripwires in `file`, or None when it holds none. Read again only when the file has changed.

    Raises SpecProblem.
    """
    return _spec_in(file)


def tripwires_in(defs_folder: Path) -> TripwiresSet:
    """Every tripwire below `defs_folder`. Never raises for what is wrong there: that is in `problems`.

    A policy for a metric that another file has one for already is refused with its whole file, and so is a folder of
    the same name as another: which of two is meant is for a person to say.
    """
    found = TripwiresSet()
    add_each(defs_folder, _spec_in, partial(_add, found), found.problems, "tripwires")
    return found


_spec_in = spec_reader(COMPONENT_TYPES, TripwiresSpec, checked_tripwires)


def _add(found: TripwiresSet, file: Path, spec: TripwiresSpec) -> None:
    folder = file.parent.name
    if folder in found.specs:
        sentence = f"tripwires called {folder!r} are there already, {found.files[folder].parent}; rename the folder"
        raise SpecProblem(str(file), [sentence])
    taken = {policy.name: found.files[other] for other, policy in found.policies()}
    problems = [
        f"policies[{position}]: {policy.name} has a policy already, in {taken[policy.name]}; take one out"
        for position, policy in enumerate(spec.policies)
        if policy.name in taken
    ]
    if problems:
        raise SpecProblem(str(file), problems)
    found.files[folder], found.specs[folder] = file, spec
