"""What the subcommands of `heartbeat slo` ask for: the files, the ledger, one SLO, several, instants. No printing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

import click

from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Ledger
    from heartbeat_assets.objectives.objectives_file import ObjectivesFolder, ObjectivesSet
    from heartbeat_assets.objectives.slo.slo import Slo

name_argument = click.argument("name", metavar="NAME")
_OPTIONS = {"start": "--from", "end": "--to", "total": "--total", "reason": "--reason", "actor": "--as", "id": "NUMBER"}


@dataclass(frozen=True)
class Room:
    """The SLOs of the project and what the ledger has of them."""

    settings: Settings

    @cached_property
    def files(self) -> ObjectivesSet:
        from heartbeat_assets.objectives.objectives_file import objectives_in

        return objectives_in(self.settings.defs)

    @cached_property
    def ledger(self) -> Ledger:
        from heartbeat_assets.ledger import open_ledger

        return open_ledger(self.settings.ledger_url)

    def chosen(self, names: Sequence[str]) -> list[tuple[ObjectivesFolder, Slo]]:
        """Those that `names` (SLOs, folders) ask for, each once; all without a name. Raises HeartbeatError."""
        every = list(self.files.slos())
        if not names:
            return every
        wanted: dict[str, tuple[ObjectivesFolder, Slo]] = {}
        for name in names:
            found = [(folder, slo) for folder, slo in every if name in (slo.name, folder.name)]
            if not found:
                raise self.unknown(name)
            wanted |= {slo.name: (folder, slo) for folder, slo in found}
        return list(wanted.values())

    def one(self, name: str) -> tuple[ObjectivesFolder, Slo]:
        """The SLO called `name`. Raises HeartbeatError."""
        found = self.files.find(name)
        if found is None:
            raise self.unknown(name)
        return found

    def unknown(self, name: str) -> HeartbeatError:
        """What to say of a name that nothing has; a file with mistakes may be why."""
        if self.files.problems:
            return self.files.problems[0]
        known = [slo.name for _, slo in self.files.slos()]
        close = get_close_matches(name, known, n=1)
        if close:
            return UsageProblem(f"no SLO {name!r}; did you mean {close[0]!r}?")
        return UsageProblem(f"no SLO {name!r}; there is {', '.join(known) or f'none below {self.settings.defs}'}")


def the_room() -> Room:
    """The SLOs of this project."""
    return Room(load_settings())


def instant_of(option: str, text: str) -> datetime:
    """The instant that `option` gives. Raises UsageProblem."""
    from heartbeat_assets.objectives.objectives_spec import instant

    try:
        return instant(text)
    except ValueError as problem:
        raise UsageProblem(f"{option}: {problem}") from None


@contextmanager
def as_usage() -> Iterator[None]:
    """Names the option that a correction was refused for."""
    from heartbeat_assets.objectives.correcting import CorrectionProblem

    try:
        yield
    except CorrectionProblem as problem:
        raise UsageProblem(f"{_OPTIONS.get(problem.field, problem.field)}: {problem}") from problem
