"""The pages of SLOs. They must not work out a budget, nor fetch a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from heartbeat_assets.cockpit.views.look import Look, look_of
from heartbeat_assets.cockpit.views.words import listed

_FIRING = {
    "page": Look("◆", "burning so fast that it pages", "red"),
    "ticket": Look("▲", "burning so fast that it makes a ticket", "amber"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SloLine:
    """An SLO in a list."""

    name: str
    title: str
    kind: str
    """green, yellow, red, exhausted, no_data, problem or pending."""
    sentence: str
    target: str = ""
    """`99.5%`."""
    window: str = ""
    """`calendar month`."""
    sli: str = ""
    """What it was: `99.71%`; "" without data."""
    left: str = ""
    """The share of the budget that is left: `42%`."""
    left_share: float | None = None
    overspent: str = ""
    """How much more was used than there was, in shares of the budget; "" while something is left."""
    firing: str = ""
    """page or ticket: what a burn rule calls for that fires; "" while none does."""
    owner: str = ""
    service: str = ""
    at: datetime | None = None
    stale: bool = False
    gone: bool = False
    """Whether no file promises it any more."""

    @property
    def look(self) -> Look:
        """How that kind looks."""
        return look_of(self.kind)

    @property
    def burns(self) -> Look | None:
        """How it looks that a burn rule fires; None while none does."""
        return _FIRING.get(self.firing)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlosView:
    """The list of SLOs, the worst first."""

    slos: tuple[SloLine, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """Is a budget in danger? In one sentence."""
        if not self.slos:
            return "No SLO is promised yet"
        names = {
            "exhausted": "without any budget left",
            "problem": "cannot be measured",
            "red": "red",
            "yellow": "yellow",
            "no_data": "without data",
            "pending": "not measured yet",
        }
        told = [
            f"{count} {'is' if count == 1 else 'are'} {words}" if kind != "problem" else f"{count} {words}"
            for kind, words in names.items()
            if (count := sum(1 for one in self.slos if one.kind == kind))
        ]
        total = len(self.slos)
        if not told:
            return f"All {total} SLOs are green" if total > 1 else "The only SLO is green"
        if total == 1:
            return f"The only SLO {told[0].partition(' ')[2]}"
        return f"Of {total} SLOs, {listed(told)}"


_BURNS = {
    "pages": Look("◆", "fires", "red"),
    "tickets": Look("▲", "fires", "amber"),
    "within": Look("●", "within", "green"),
    "no_data": Look("○", "no data", "no_data"),
    "few": Look("○", "too few events", "no_data"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnView:
    """A burn rule as it stands."""

    rule: str
    calls_for: str
    """`a page` or `a ticket`."""
    limit: str
    long: str
    short: str
    used: str
    state: str
    """pages, tickets, within, no_data or few."""
    sentence: str

    @property
    def look(self) -> Look:
        """How that state looks."""
        return _BURNS[self.state]


@dataclass(frozen=True, slots=True, kw_only=True)
class SloDay:
    """A UTC day of an SLO."""

    day: date
    good: str
    total: str
    share: str
    status: str
    coverage: str
    measured: str = ""
    """What it was before a correction; "" where there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePoint:
    """A point of the charts in their table."""

    at: datetime
    left: str
    rate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """What people said of measured time."""

    id: str
    start: datetime
    end: datetime
    said: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SloView:
    """The page of one SLO."""

    line: SloLine
    figures: tuple[tuple[str, str, str], ...] = ()
    """(name, value, what it was without corrections or "")."""
    window_from: datetime | None = None
    window_to: datetime | None = None
    exhausted_at: datetime | None = None
    recorded_at: datetime | None = None
    source_as_of: datetime | None = None
    description: str = ""
    file: str = ""
    queries: tuple[tuple[str, str], ...] = ()
    """(service, SQL)."""
    burns: tuple[BurnView, ...] = ()
    budget_chart: str = ""
    burn_chart: str = ""
    burn_over: str = ""
    chart_problem: str = ""
    points: tuple[CoursePoint, ...] = ()
    bars: str = ""
    days: tuple[SloDay, ...] = ()
    """The newest first."""
    corrections: tuple[CorrectionView, ...] = ()
    incidents: tuple[tuple[str, str], ...] = ()
    """(id, title) of those whose period touches the window."""
    dagster_url: str = ""
