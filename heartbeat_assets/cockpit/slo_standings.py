"""How the SLOs stand: the newest verdict on each, what the files promise, and how its budget went, for the charts.

Verdicts are those of the journal. The charts are measured again, at the instant of the newest verdict, once for each
verdict. It must not record anything.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.keeping import PerVersion
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.ledger import JournalEvent, Ledger, LedgerError
from heartbeat_assets.objectives.correcting import STREAM as CORRECTIONS
from heartbeat_assets.objectives.objectives_file import ObjectivesFolder, ObjectivesSet, objectives_in
from heartbeat_assets.objectives.records_days import newest_of_all
from heartbeat_assets.objectives.slo.slo import Slo
from heartbeat_assets.objectives.slo.timeline import Point
from heartbeat_assets.objectives.status.gathering import slo_fact
from heartbeat_assets.settings import Settings

_WORST = ("exhausted", "problem", "red", "yellow", "no_data", "pending", "green")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SloNow:
    """An SLO: what a file promises (None when none does any more) and the newest verdict (None before the first)."""

    name: str
    folder: ObjectivesFolder | None
    slo: Slo | None
    newest: JournalEvent | None
    stale: bool

    @property
    def kind(self) -> str:
        """green, yellow, red, exhausted, no_data or problem; pending before the first verdict."""
        return self.newest.kind if self.newest else "pending"

    def record(self) -> dict[str, Any]:
        """It as plain values: the verdict, or what is known without one."""
        if self.newest is None:
            slo = self.slo
            assert slo is not None
            known = {"name": self.name, "display_name": slo.display_name, "service": slo.service, "owner": slo.owner}
            return {**known, "target": float(slo.target), "kind": "pending", "recorded_at": None, "stale": False}
        own = {"kind": self.kind, "recorded_at": self.newest.at.isoformat(), "stale": self.stale}
        return {**self.newest.body, "name": self.name, **own}


@dataclass(frozen=True)
class Course:
    """How a budget went; `problem` says why that cannot be told."""

    points: tuple[Point, ...] = ()
    problem: str = ""


class SloStandings:
    """The SLOs of a project. Safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        ledger: Callable[[], Ledger],
        files_version: Callable[[], int],
        stale_after: Callable[[], timedelta],
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._files_version = files_version
        self._stale_after = stale_after
        self._measuring = threading.Lock()
        self._files = PerVersion(files_version, lambda: objectives_in(settings.defs))
        self._courses: dict[str, tuple[tuple[int, int, int], Course]] = {}

    def files(self) -> ObjectivesSet:
        """What the files promise; read again when one of the project's changed."""
        return self._files.now()

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the files, a sentence each."""
        return tuple(in_project(problem, self._settings) for problem in self.files().problems)

    def all(self) -> list[SloNow]:
        """Every SLO that a file promises or a verdict is about, the worst first. Raises LedgerError."""
        newest = newest_of_all(self._ledger().journal)
        promised = {slo.name: (folder, slo) for folder, slo in self.files().slos()}
        now, oldest = datetime.now(UTC), self._stale_after()
        found = []
        for name in {**promised, **newest}:
            folder, slo = promised.get(name, (None, None))
            event = newest.get(name)
            stale = event is not None and now - slo_fact(event).at > oldest
            found.append(SloNow(name, folder, slo, event, stale))
        return sorted(found, key=lambda one: (one.slo is None, _WORST.index(one.kind), one.name))

    def of(self, name: str) -> SloNow:
        """The SLO called `name`. Raises Refusal when there is none, and LedgerError."""
        found = next((one for one in self.all() if one.name == name), None)
        if found is None:
            raise Refusal(404, f"No SLO is called {name}. GET /api/slos lists them.")
        return found

    def course(self, one: SloNow) -> Course:
        """How its budget went until the newest verdict; measured when no chart of that verdict was made yet."""
        if one.newest is None or one.kind == "problem":
            return Course()
        if one.slo is None or one.folder is None:
            return Course(problem="No file promises it any more, so its past cannot be measured again.")
        journal = self._ledger().journal
        corrected = journal.of(CORRECTIONS, one.name, limit=1)
        key = (one.newest.seq, corrected[-1].seq if corrected else 0, self._files_version())
        with self._measuring:
            kept = self._courses.get(one.name)
            if kept is None or kept[0] != key:
                kept = key, self._measured(one.slo, one.folder, one.newest)
                self._courses[one.name] = kept
            return kept[1]

    def _measured(self, slo: Slo, folder: ObjectivesFolder, newest: JournalEvent) -> Course:
        # It opens sources, which most cockpits never do.
        from heartbeat_assets.objectives.course import course

        at = datetime.fromisoformat(newest.body["judged_at"])
        try:
            return Course(tuple(course(slo, folder, self._settings, self._ledger().journal, at)))
        except LedgerError:
            raise
        except (HeartbeatError, ValueError) as problem:
            _log.warning("the chart of %s could not be measured: %s", slo.name, problem)
            return Course(problem=f"{in_project(problem, self._settings).rstrip('.')}.")
