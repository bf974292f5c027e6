"""How everything stands, for the pages of operations: looked at when somebody asks, and kept for a few seconds.

Incidents are read again when something was recorded, so that what is decided here is there at once. It must not decide
anything; `handling` does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.ledger import Ledger
from heartbeat_assets.objectives.incidents import Incident, IncidentUnreadable, Terms, incidents
from heartbeat_assets.objectives.operations import Operations
from heartbeat_assets.objectives.operations_file import operations_in
from heartbeat_assets.objectives.operations_now import operations_now
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.settings import Settings

KEPT_SECONDS = 5.0


@dataclass(frozen=True)
class Desk:
    """What the file of operations says about incidents; without one, what holds anywhere."""

    spec: OperationsSpec | None
    terms: Terms
    components: Mapping[str, str] | None
    """Names by id; None where no file says what there is."""
    problems: tuple[str, ...]
    """What is wrong with the file, a sentence each."""


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
        self._settings = settings
        self._ledger = ledger
        self._files_version = files_version
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._kept: tuple[float, int, Operations] | None = None
        self._forgotten_at = 0.0
        self._desk: tuple[int, Desk] | None = None
        self._incidents: Incidents | None = None

    def now(self) -> Operations:
        """How everything stands, at most five seconds old.

        Raises SpecProblem when there are no operations or a mistake in them, and LedgerError.
        """
        version = self._files_version()
        with self._looking:
            kept, now = self._kept, time.monotonic()
            fresh = kept is not None and now - kept[0] < KEPT_SECONDS and kept[0] > self._forgotten_at
            if kept is not None and fresh and kept[1] == version:
                return kept[2]
            # Its age counts from before the look: what is decided while it looks may be missing in it.
            found = operations_now(self._settings, self._ledger(), datetime.now(UTC))
            self._kept = now, version, found
            return found

    def desk(self) -> Desk:
        """What the file of operations says; needs no ledger."""
        version = self._files_version()
        with self._lock:
            if self._desk is None or self._desk[0] != version:
                self._desk = version, self._read_desk()
            return self._desk[1]

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
        self._forgotten_at = time.monotonic()

    def _read_desk(self) -> Desk:
        found, problems = operations_in(self._settings)
        spec = found.spec if found else None
        return Desk(
            spec=spec,
            terms=spec.terms if spec else Terms(),
            components={one.id: one.name for one in spec.components} if spec else None,
            problems=tuple(in_project(problem, self._settings) for problem in problems),
        )
