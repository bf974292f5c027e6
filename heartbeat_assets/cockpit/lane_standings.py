"""How the lanes stand: the verdict over each one's window, whether publishing is held back and since when.

A verdict is made again when the lane got a heartbeat, when its files changed, and after a minute, as some rules are
about age. It must not judge by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from heartbeat_assets.cockpit.keeping import PerVersion
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.judging import blocked_since, judge_ledger
from heartbeat_assets.lanes.lane import Lane, each_lane
from heartbeat_assets.lanes.publish import may_publish
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.lanes.window import Verdict
from heartbeat_assets.ledger import Ledger
from heartbeat_assets.settings import Settings

_KEPT_SECONDS = 60.0
_ORDER = {"failed": 0, "degraded": 1, "ok": 2}


@dataclass(frozen=True)
class Standing:
    """A lane with its verdict. `blocked_since` is "" while nothing is held back."""

    lane: Lane
    verdict: Verdict
    blocked_since: str

    @property
    def blocked(self) -> bool:
        return not may_publish(self.verdict)


class LaneStandings:
    """The lanes of a project. Safe to use from several threads."""

    def __init__(self, settings: Settings, ledger: Callable[[], Ledger], files_version: Callable[[], int]) -> None:
        self._ledger = ledger
        self._files_version = files_version
        self._lock = threading.Lock()
        self._lanes = PerVersion(files_version, lambda: dict(each_lane(settings)))
        self._kept: dict[str, tuple[tuple[int, int], float, Standing]] = {}

    def lanes(self) -> dict[str, Lane | SpecProblem]:
        """Every lane by its name; by its folder what is wrong with one that cannot be loaded."""
        return self._lanes.now()

    def of(self, name: str) -> Standing:
        """The lane called `name`. Raises Refusal for none, SpecProblem when its files are wrong."""
        lane = self.lanes().get(name)
        if lane is None:
            raise Refusal(404, f"No lane is called {name}. GET /api/lanes lists them.")
        if isinstance(lane, SpecProblem):
            raise lane
        return self._standing(lane)

    def all(self) -> tuple[list[Standing], dict[str, SpecProblem]]:
        """Every lane, the worst first; and what is wrong with those that cannot be loaded."""
        found = self.lanes()
        problems = {name: one for name, one in found.items() if isinstance(one, SpecProblem)}
        standings = []
        for name, lane in found.items():
            if isinstance(lane, Lane):
                try:
                    standings.append(self._standing(lane))
                except SpecProblem as problem:
                    problems[name] = problem
        order = sorted(standings, key=lambda one: (not one.blocked, _ORDER[one.verdict.status], one.lane.name))
        return order, problems

    def _standing(self, lane: Lane) -> Standing:
        mark, now = (self._files_version(), self._ledger().size(lane.name)), time.monotonic()
        with self._lock:
            kept = self._kept.get(lane.name)
        if kept is not None and kept[0] == mark and now - kept[1] < _KEPT_SECONDS:
            return kept[2]
        verdict = judge_ledger(lane)
        standing = Standing(lane, verdict, "" if may_publish(verdict) else blocked_since(lane))
        with self._lock:
            self._kept[lane.name] = mark, now, standing
        return standing


def lane_document(standing: Standing) -> Document:
    """A lane as the API lists it."""
    lane, report = standing.lane, standing.verdict.report
    return {
        "lane": lane.name,
        "description": lane.spec.description,
        "owners": list(lane.spec.owners),
        "status": standing.verdict.status,
        "entries_total": report["entries_total"],
        "latest_run_at": report["latest"]["run_at"],
        "blocked": standing.blocked,
        "blocked_since": standing.blocked_since,
        "strict_fail_reasons": standing.verdict.reasons,
        "error": None,
    }


def broken_lane_document(name: str, problem: SpecProblem) -> Document:
    """A lane whose files are wrong: nothing is known of it but that."""
    return {
        "lane": name,
        "description": "",
        "owners": [],
        "status": "failed",
        "entries_total": None,
        "latest_run_at": "",
        "blocked": True,
        "blocked_since": "",
        "strict_fail_reasons": [],
        "error": str(problem),
    }
