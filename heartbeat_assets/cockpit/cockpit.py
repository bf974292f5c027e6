"""Everything a running cockpit has, in one place, and how a request gets at it. It must not answer requests."""

from __future__ import annotations

import threading
import time
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from heartbeat_assets.cockpit.background import Repeated
from heartbeat_assets.cockpit.board import Board, Snapshot
from heartbeat_assets.cockpit.files import Files
from heartbeat_assets.cockpit.governing import Governing
from heartbeat_assets.cockpit.home_page import STALE_SECONDS, HomePage, Wanted
from heartbeat_assets.cockpit.keeping import Briefly
from heartbeat_assets.cockpit.lane_standings import LaneStandings
from heartbeat_assets.cockpit.operating import Operating
from heartbeat_assets.cockpit.security.readers import Reader, Readers
from heartbeat_assets.cockpit.settings import CockpitSettings
from heartbeat_assets.cockpit.slo_standings import SloStandings
from heartbeat_assets.cockpit.tiles import Tiles
from heartbeat_assets.cockpit.views import PageView
from heartbeat_assets.cockpit.watching import SECONDS, Watching
from heartbeat_assets.governance.runbook import build_runbook
from heartbeat_assets.ledger import Ledger, LedgerError, MetricStore, existing_ledger, open_ledger

_FOLLOW_SECONDS = 0.5
_AGAIN_SECONDS = 1.0


class Cockpit:
    """The parts of one cockpit. The ledger is opened when it is needed, and again after it was away."""

    def __init__(self, settings: CockpitSettings, readers: Readers) -> None:
        self.settings = settings
        self.readers = readers
        self.files = Files(settings.project)
        self.board = Board(self.files, lambda: self.store)
        self.lanes = LaneStandings(settings.project, lambda: self.ledger, self.files.version)
        self.watching = Watching(self.files, lambda: self.store, self._changed)
        self.governing = Governing(settings.project, lambda: self.ledger, self.files.version)
        # A look asks the ledger, the files and Dagster, which may take a second or two.
        self.runbook = Briefly(lambda: build_runbook(settings.project))
        self.operating = Operating(settings.project, lambda: self.ledger, self.files.version)
        self.slos = SloStandings(
            settings.project, lambda: self.ledger, self.files.version, lambda: self.operating.desk().stale_after
        )
        self.home = HomePage(
            self.board,
            self.lanes,
            self.governing,
            self.operating,
            Tiles(lambda: self.store),
            self._troubles,
            self._home_page_view,
        )
        self.following = Repeated("heartbeat cockpit board", _FOLLOW_SECONDS, self._follow)
        self.watcher = Repeated("heartbeat cockpit files", SECONDS, self.watching.look)
        self._lock = threading.Lock()
        self._ledger: Ledger | None = None
        self._was_there = False
        self._failed: tuple[float, str] | None = None

    @property
    def ledger(self) -> Ledger:
        """The open ledger. Raises LedgerError while it cannot be opened; then it is tried again after a second."""
        with self._lock:
            if self._ledger is None:
                if self._failed is not None and time.monotonic() - self._failed[0] < _AGAIN_SECONDS:
                    raise LedgerError(self._failed[1])
                try:
                    # One that was there and is gone is not made anew: in an empty one nothing would be stopped.
                    opening = existing_ledger if self._was_there else open_ledger
                    self._ledger = opening(self.settings.project.ledger_url)
                    self._was_there = True
                except LedgerError as problem:
                    self._failed = time.monotonic(), str(problem)
                    raise
            return self._ledger

    @property
    def store(self) -> MetricStore:
        """Its metrics. Raises LedgerError."""
        return self.ledger.metrics

    def forget_ledger(self, problem: LedgerError) -> None:
        """Opens the ledger anew at the next use, in a second: it failed, and may have been replaced meanwhile."""
        with self._lock:
            if self._ledger is not None:
                self._ledger, self._failed = None, (time.monotonic(), str(problem))

    def ledger_problem(self) -> str:
        """Why the ledger does not answer, "" when it does; costs one small query."""
        try:
            self.store.marks()
        except LedgerError as problem:
            self.forget_ledger(problem)
            return str(problem)
        return ""

    def snapshot(self) -> Snapshot:
        """The board: up to date, or as old as the thread that follows the ledger lets it become. Raises LedgerError."""
        return self.board.now(at_most_seconds=STALE_SECONDS if self.following.running else 0.0)

    def show_now(self) -> None:
        """Lets nobody see the metrics any more as they were before what was just changed here."""
        self.home.changed_here(self.board.refresh())

    def show_decision(self) -> None:
        """The same for what was just decided about a switch, a tripwire, go-live or an incident."""
        self.home.decided_here(self.governing.now().mark)
        self.runbook.forget()
        self.operating.forget()

    def _follow(self) -> None:
        try:
            self.home.warm(self.board.refresh())
        except LedgerError as problem:
            self.forget_ledger(problem)

    def _changed(self) -> None:
        self.following.wake()

    def _troubles(self) -> tuple[str, ...]:
        refused = tuple(f"Not registered: {problem}" for problem in self.watching.refused)
        problem = self.watching.problem
        return (*refused, *([f"The registry could not follow the files: {problem}"] if problem else []))

    def _home_page_view(self, path: str, wanted: Wanted) -> PageView:
        return self.page_view(path, wanted.operator, wanted.csrf_token)

    def page_view(self, path: str, operator: str = "", csrf_token: str = "") -> PageView:
        """What is around a page, for `operator`."""
        return PageView(
            path=path,
            operator=operator,
            csrf_token=csrf_token,
            sign_in_offered=self.settings.proxy_header is None,
            dagster_url=self.settings.dagster_url,
        )


def cockpit_of(request: HTTPConnection) -> Cockpit:
    """The cockpit that answers `request`."""
    cockpit = request.app.state.cockpit
    assert isinstance(cockpit, Cockpit)
    return cockpit


# Neither waits for anything, so both run where the request is; a plain function would be sent to another thread.
async def _cockpit(request: Request) -> Cockpit:
    return cockpit_of(request)


async def _reader(request: Request) -> Reader:
    reader = request.state.reader
    assert isinstance(reader, Reader)
    return reader


TheCockpit = Annotated[Cockpit, Depends(_cockpit)]
TheReader = Annotated[Reader, Depends(_reader)]
