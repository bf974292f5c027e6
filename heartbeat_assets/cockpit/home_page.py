"""The first page as bytes, made once for all who see the same: the tiles of the board, compressed and kept.

While a tick is recorded, whoever asks gets the page as it was, at most two seconds old, and one thread makes the next;
whoever has just changed something gets the page with it. It must not know how a page is answered.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from heartbeat_assets.cockpit.board import Board, Snapshot
from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.governance_words import stopped_lines
from heartbeat_assets.cockpit.governing import Governing
from heartbeat_assets.cockpit.incident_words import incident_lines
from heartbeat_assets.cockpit.lane_standings import LaneStandings
from heartbeat_assets.cockpit.operating import Operating
from heartbeat_assets.cockpit.rendering import render
from heartbeat_assets.cockpit.tiles import Tiles, by_service
from heartbeat_assets.cockpit.views import HomeFilters, HomeView, IncidentLine, PageView, ServiceView, StoppedLine
from heartbeat_assets.lanes.values import instant
from heartbeat_assets.metrics.wording import instant_words

STALE_SECONDS = 2.0
_MOST_PAGES = 32
_WARM_SECONDS = 60.0
_MOST_WARM = 8
_LEVEL = 5
_CLOCK_SKEW = timedelta(minutes=5)
_OLD = timedelta(hours=2, minutes=30)


@dataclass(frozen=True)
class Wanted:
    """Which page: what it filters, and for whom."""

    filters: HomeFilters
    operator: str = ""
    csrf_token: str = ""


@dataclass(frozen=True)
class Facts:
    """What a page was made from: the same facts make the same page."""

    version: int
    blocked_lanes: tuple[tuple[str, datetime | None], ...]
    file_problems: tuple[str, ...]
    warnings: tuple[str, ...]
    mark: int
    """The newest decision that is in it."""
    stopped: tuple[StoppedLine, ...]
    incidents: tuple[IncidentLine, ...]


@dataclass(frozen=True)
class MadePage:
    """A page, plain and compressed."""

    facts: Facts
    body: bytes
    compressed: bytes
    etag: str
    made_at: float


class HomePage:
    """Makes and keeps the first page for several filters and readers. Safe to use from several threads."""

    def __init__(
        self,
        board: Board,
        lanes: LaneStandings,
        governing: Governing,
        operating: Operating,
        tiles: Tiles,
        troubles: Callable[[], tuple[str, ...]],
        page_of: Callable[[str, Wanted], PageView],
    ) -> None:
        self._board = board
        self._lanes = lanes
        self._governing = governing
        self._operating = operating
        self._tiles = tiles
        self._troubles = troubles
        self._page_of = page_of
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._pages: OrderedDict[Wanted, tuple[MadePage, float]] = OrderedDict()
        self._must_show = 0
        self._must_show_decision = 0

    def changed_here(self, snapshot: Snapshot) -> None:
        """Nobody is shown a page older than `snapshot` any more: it has what somebody has just changed here."""
        self._must_show = max(self._must_show, snapshot.version)

    def decided_here(self, mark: int) -> None:
        """The same for the decision with the number `mark` in the journal."""
        self._must_show_decision = max(self._must_show_decision, mark)

    def kept(self, wanted: Wanted) -> MadePage | None:
        """The page when it can be shown as it is. Waits for nothing."""
        with self._lock:
            found = self._pages.get(wanted)
            if found is None:
                return None
            page = found[0]
            self._pages[wanted] = page, time.monotonic()
            self._pages.move_to_end(wanted)
        if page.facts.version < self._must_show or page.facts.mark < self._must_show_decision:
            return None
        if time.monotonic() - page.made_at > STALE_SECONDS:
            return None
        return page

    def made(self, wanted: Wanted, snapshot: Snapshot) -> MadePage:
        """The page of `snapshot`. Raises LedgerError."""
        with self._making:
            return self._made(wanted, self._facts(snapshot), snapshot)

    def warm(self, snapshot: Snapshot) -> None:
        """Makes the pages anew that somebody has asked for lately, so that the next who asks need not wait."""
        now = time.monotonic()
        with self._lock:
            lately = [wanted for wanted, (_, asked) in self._pages.items() if now - asked < _WARM_SECONDS][-_MOST_WARM:]
        with self._making:
            facts = self._facts(snapshot)
            for wanted in lately:
                self._made(wanted, facts, snapshot)

    def _made(self, wanted: Wanted, facts: Facts, snapshot: Snapshot) -> MadePage:
        now = time.monotonic()
        with self._lock:
            found = self._pages.get(wanted)
        if found is not None and found[0].facts == facts:
            page = MadePage(facts, found[0].body, found[0].compressed, found[0].etag, now)
        else:
            body = self._render(wanted, facts, snapshot).encode()
            tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
            page = MadePage(facts, body, gzip.compress(body, _LEVEL, mtime=0), tag, now)
        with self._lock:
            asked = self._pages[wanted][1] if wanted in self._pages else now
            self._pages[wanted] = page, asked
            while len(self._pages) > _MOST_PAGES:
                self._pages.popitem(last=False)
        return page

    def _render(self, wanted: Wanted, facts: Facts, snapshot: Snapshot) -> str:
        tiles = by_service(self._tiles.of(snapshot), snapshot.catalog.services)
        described = {name: service.spec.description for name, service in snapshot.catalog.services.items()}
        services = [ServiceView.of(name, described.get(name, ""), found) for name, found in tiles.items()]
        view = HomeView.ordered(
            services,
            filters=wanted.filters,
            blocked_lanes=facts.blocked_lanes,
            file_problems=facts.file_problems,
            warnings=facts.warnings,
            stopped=facts.stopped,
            incidents=facts.incidents,
        )
        return render("home.html", view=view, page=self._page_of(path_of(wanted.filters), wanted))

    def _facts(self, snapshot: Snapshot) -> Facts:
        standings, broken = self._lanes.all()
        # A lane that has never run holds nothing back: there is nothing to publish yet.
        blocked = tuple(
            (one.lane.name, instant(one.blocked_since))
            for one in standings
            if one.blocked and one.verdict.report["entries_total"]
        )
        problems = tuple(dict.fromkeys(in_project(one, snapshot.catalog.settings) for one in snapshot.catalog.problems))
        wrong_lanes = tuple(f"The lane {name} cannot be read: {one}" for name, one in broken.items())
        warnings = (*self._troubles(), *wrong_lanes, *clock_warnings(snapshot, datetime.now(UTC)))
        governed = self._governing.now()
        incidents = incident_lines(self._operating.incidents())
        return Facts(snapshot.version, blocked, problems, warnings, governed.mark, stopped_lines(governed), incidents)


def path_of(filters: HomeFilters) -> str:
    """The address of the page with these filters."""
    given = {
        name: value for name in ("q", "status", "verified", "owner", "service") if (value := getattr(filters, name))
    }
    return f"/?{urlencode(given)}" if given else "/"


def clock_warnings(snapshot: Snapshot, now: datetime) -> tuple[str, ...]:
    """What is odd about the time of the newest tick: it is to come, or long over."""
    hourly = [
        values[-1].tick
        for name in snapshot.shown
        if (values := snapshot.values.get(name)) and snapshot.catalog.files[name].header.every == "hour"
    ]
    newest = max(hourly, default=None)
    if newest is None:
        return ()
    if newest > now + _CLOCK_SKEW:
        return (
            f"The newest tick, {instant_words(newest)}, is in the future: the clock of this machine or of the one that "
            "computed it is wrong. Ages on this page are too.",
        )
    if now - newest > _OLD:
        return (
            f"Nothing has been computed since {instant_words(newest)}: see whether Dagster's daemon is running, or "
            "compute with `heartbeat metrics compute`.",
        )
    return ()
