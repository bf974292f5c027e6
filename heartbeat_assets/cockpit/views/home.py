"""The first screen: is anything wrong, since when, whose is it; then the tiles. It must not judge a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from heartbeat_assets.cockpit.views.governance import StoppedLine
from heartbeat_assets.cockpit.views.incident import IncidentLine
from heartbeat_assets.cockpit.views.tile import MARKS, SEVERITY, WORDS, TileView, worst_first

_MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many tiles are in which state."""

    red: int = 0
    amber: int = 0
    no_data: int = 0
    green: int = 0
    unverified: int = 0

    @classmethod
    def of(cls, tiles: Iterable[TileView]) -> Self:
        tiles = list(tiles)
        by_status = {status: sum(1 for tile in tiles if tile.status == status) for status in SEVERITY}
        return cls(**by_status, unverified=sum(1 for tile in tiles if not tile.verified))

    @property
    def total(self) -> int:
        return self.red + self.amber + self.no_data + self.green

    @property
    def by_status(self) -> list[tuple[str, str, str, int]]:
        """(status, mark, word, count), worst first."""
        return [(status, MARKS[status], WORDS[status], getattr(self, status)) for status in SEVERITY]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView:
    """A service and its tiles, worst first."""

    name: str
    description: str = ""
    tiles: tuple[TileView, ...] = ()
    counts: Counts = field(default_factory=Counts)

    @classmethod
    def of(cls, name: str, description: str, tiles: Iterable[TileView]) -> Self:
        ordered = worst_first(tiles)
        return cls(name=name, description=description, tiles=ordered, counts=Counts.of(ordered))


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFilters:
    """What the reader wants to see; each "" means everything. The names are those of the GET parameters."""

    q: str = ""
    status: str = ""
    """A status, or `wrong` for everything but green."""
    verified: str = ""
    """`yes` or `no`."""
    owner: str = ""
    """An e-mail, or `none` for metrics that nobody owns."""
    service: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Self:
        """From the GET parameters; unknown ones are ignored."""
        names = ("q", "status", "verified", "owner", "service")
        return cls(**{name: str(parameters.get(name, "")).strip()[:200] for name in names})

    @property
    def active(self) -> bool:
        return bool(self.q or self.status or self.verified or self.owner or self.service)

    def keeps(self, tile: TileView) -> bool:
        """Whether `tile` is shown. home.js decides the same in the browser: change both."""
        if self.status and not (self.status == tile.status or (self.status == "wrong" and tile.status != "green")):
            return False
        if self.verified and (self.verified == "yes") != tile.verified:
            return False
        if self.owner and self.owner != (tile.owner or "none"):
            return False
        if self.service and self.service != tile.service:
            return False
        text = " ".join((tile.code, tile.name, tile.metric_id, tile.owner, tile.service, tile.search)).casefold()
        return all(word in text for word in self.q.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A line at the top: what is wrong, since when, whose it is."""

    href: str
    name: str
    status: str
    """A status of a metric, or degraded|failed for a lane whose publishing is blocked."""
    mark: str
    word: str
    since: datetime | None
    owner: str
    verified: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """The home page."""

    services: tuple[ServiceView, ...] = ()
    """Worst first (`ordered`)."""
    filters: HomeFilters = field(default_factory=HomeFilters)
    problems: tuple[Problem, ...] = ()
    """What is wrong, worst and longest first; at most five are shown (`problems_of`)."""
    more_problems: int = 0
    """How many more there are than shown."""
    newest_tick: datetime | None = None
    """The newest tick of any metric; None before the first."""
    blocked_lanes: tuple[tuple[str, datetime | None], ...] = ()
    """(lane, since) of the lanes whose publishing is blocked."""
    file_problems: tuple[str, ...] = ()
    """Metric files that cannot be read: one sentence each, naming file, line and key."""
    warnings: tuple[str, ...] = ()
    """Anything else that is broken: the daemon is not running, the clock is wrong, numbers are old."""
    stopped: tuple[StoppedLine, ...] = ()
    """The switches that are engaged: the first lines."""
    incidents: tuple[IncidentLine, ...] = ()
    """The incidents that are not over: the next."""

    @classmethod
    def ordered(
        cls,
        services: Iterable[ServiceView],
        *,
        filters: HomeFilters,
        blocked_lanes: tuple[tuple[str, datetime | None], ...] = (),
        file_problems: tuple[str, ...] = (),
        warnings: tuple[str, ...] = (),
        stopped: tuple[StoppedLine, ...] = (),
        incidents: tuple[IncidentLine, ...] = (),
    ) -> Self:
        """The page of `services`: the one with the worst tile first, the problems and the newest tick found out."""
        in_order = tuple(sorted(services, key=lambda one: (_worst(one), one.name)))
        tiles = [tile for service in in_order for tile in service.tiles]
        wrong = worst_first(tile for tile in tiles if tile.status != "green")
        ticks = [tile.tick for tile in tiles if tile.tick]
        return cls(
            services=in_order,
            filters=filters,
            problems=tuple(_problem(tile) for tile in wrong[:_MOST_PROBLEMS]),
            more_problems=max(0, len(wrong) - _MOST_PROBLEMS),
            newest_tick=max(ticks, default=None),
            blocked_lanes=blocked_lanes,
            file_problems=file_problems,
            warnings=warnings,
            stopped=stopped,
            incidents=incidents,
        )

    @property
    def headline(self) -> str:
        """Is anything wrong? In one sentence."""
        counts = self.counts
        if not counts.total:
            return "No metric is registered yet"
        said = [
            f"{counts.red} {'is' if counts.red == 1 else 'are'} red" if counts.red else "",
            f"{counts.no_data} without data" if counts.no_data else "",
            f"{counts.amber} amber" if counts.amber else "",
        ]
        wrong = [words for words in said if words]
        if not wrong:
            return f"All {counts.total:,} metrics are green" if counts.total > 1 else "The only metric is green"
        metrics = "metric" if counts.total == 1 else "metrics"
        return f"Of {counts.total:,} {metrics}, {' and '.join([', '.join(wrong[:-1]), wrong[-1]][len(wrong) == 1 :])}"

    @property
    def counts(self) -> Counts:
        return Counts.of(tile for service in self.services for tile in service.tiles)

    @property
    def owners(self) -> list[str]:
        """Everybody who owns a metric, for the filter."""
        return sorted({tile.owner for service in self.services for tile in service.tiles if tile.owner})

    @property
    def shown(self) -> int:
        """How many tiles the filters keep."""
        return sum(1 for service in self.services for tile in service.tiles if self.filters.keeps(tile))


def _worst(service: ServiceView) -> int:
    return min((SEVERITY[tile.status] for tile in service.tiles), default=len(SEVERITY))


def _problem(tile: TileView) -> Problem:
    return Problem(
        href=f"/metrics/{tile.metric_id}",
        name=tile.name,
        status=tile.status,
        mark=tile.mark,
        word=tile.status_word,
        since=tile.status_since or tile.no_data_since,
        owner=tile.owner,
        verified=tile.verified,
    )
