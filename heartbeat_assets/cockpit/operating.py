"""How everything stands, for the pages of operations: looked at when somebody asks, and kept for a few seconds.

Incidents are read again when something was recorded, so that what is decided here is there at once. It must not decide
anything; `handling` does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.keeping import Briefly, PerVersion
from heartbeat_assets.ledger import Ledger
from heartbeat_assets.objectives.incidents import Incident, IncidentUnreadable, Terms, incidents
from heartbeat_assets.objectives.operations import Operations
from heartbeat_assets.objectives.operations_file import operations_in
from heartbeat_assets.objectives.operations_now import operations_now
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.settings import Settings
from heartbeat_assets.specs.durations import duration_of


@dataclass(frozen=True)
class Desk:
    """What the file of operations says about incidents; without one, what holds anywhere."""

    spec: OperationsSpec | None
    terms: Terms
    components: Mapping[str, str] | None
    """Names by id; None where no file says what there is."""
    problems: tuple[str, ...]
    """What is wrong with the file, a sentence each."""

    @property
    def stale_after(self) -> timedelta:
        """What is older says nothing about now."""
        return duration_of(self.spec.stale_after if self.spec else _default("stale_after"))

    @property
    def figures_over(self) -> timedelta:
        """Over which time mean times of incidents are worked out."""
        return duration_of(self.spec.figures_over if self.spec else _default("figures_over"))


@dataclass(frozen=True)
class Incidents:
    """Every incident, the newest first; `problem` says why they cannot be read."""

    mark: int
    found: tuple[Incident, ...]
    problem: str = ""

    @property
    def open(self) -> tuple[Incident, ...]:
        """Those that are not over: the worst first, then the oldest."""
        return tuple(
            sorted((one for one in self.found if not one.is_over), key=lambda one: (one.severity, one.detected_at))
        )


class Operating:
    """The project's operations. Safe to use from several threads."""

    def __init__(self, settings: Settings, ledger: Callable[[], Ledger], files_version: Callable[[], int]) -> None:
        self._ledger = ledger
        self._now = Briefly(lambda: operations_now(settings, ledger(), datetime.now(UTC)), files_version)
        self._desk = PerVersion(files_version, lambda: _desk(settings))
        self._lock = threading.Lock()
        self._incidents: Incidents | None = None

    def now(self) -> Operations:
        """How everything stands, at most five seconds old.

        Raises SpecProblem when there are no operations or a mistake in them, and LedgerError.
        """
        return self._now.now()

    def desk(self) -> Desk:
        """What the file of operations says; needs no ledger."""
        return self._desk.now()

    def incidents(self) -> Incidents:
        """Every incident; costs one small query while nothing is recorded. Raises LedgerError."""
        journal = self._ledger().journal
        mark = journal.mark()
        with self._lock:
            kept = self._incidents
        # Without an event it costs nothing to ask, and another ledger may have taken the place of the one before.
        if kept is not None and kept.mark == mark and mark:
            return kept
        try:
            made = Incidents(mark, tuple(incidents(journal)))
        except IncidentUnreadable as problem:
            made = Incidents(mark, (), str(problem))
        with self._lock:
            self._incidents = made
        return made

    def forget(self) -> None:
        """Looks anew at the next use: something was just decided here."""
        self._now.forget()


def _desk(settings: Settings) -> Desk:
    found, problems = operations_in(settings)
    spec = found.spec if found else None
    return Desk(
        spec=spec,
        terms=spec.terms if spec else Terms(),
        components={one.id: one.name for one in spec.components} if spec else None,
        problems=tuple(in_project(problem, settings) for problem in problems),
    )


def _default(field: str) -> str:
    """What holds where no file of operations says so."""
    return str(OperationsSpec.model_fields[field].default)
