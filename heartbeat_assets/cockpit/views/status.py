"""The pages of status and degraded mode: the plain value of operations, with what only a page needs. Not judging."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from heartbeat_assets.cockpit.views.incident import FigureView, IncidentLine
from heartbeat_assets.cockpit.views.look import Look, look_of
from heartbeat_assets.cockpit.views.page import FormView
from heartbeat_assets.cockpit.views.slo import SloLine
from heartbeat_assets.cockpit.views.words import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """A day on which a component was not just OK."""

    day: str
    worst: str
    down: str
    degraded: str
    unknown: str

    @property
    def look(self) -> Look:
        """How the worst of it looks."""
        return look_of(self.worst)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentView:
    """A component."""

    id: str
    name: str
    description: str
    state: str
    since: datetime | None
    reasons: tuple[str, ...]
    found: str
    """What the rules find at this moment, if that is another state; else ""."""
    override: tuple[str, str, datetime] | None
    """(who, why, until) of a person who says what it is."""
    updated_at: datetime | None
    stale: bool
    flaps: int
    bars: str = ""
    available: str = ""
    days: tuple[DayRow, ...] = ()
    essential: bool = True

    @property
    def look(self) -> Look:
        """How that state looks."""
        return look_of(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiLine:
    """A KPI."""

    id: str
    name: str
    value: str
    title: str
    unit: str
    window: str
    status: str
    at: datetime | None
    definition: str
    problem: str
    owner: str
    verified: bool

    @property
    def look(self) -> Look:
        """How that status looks."""
        return look_of(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomView:
    """A symptom of a scenario; `state` is shows, quiet, unknown or people."""

    text: str
    state: str
    figure: str

    @property
    def look(self) -> Look:
        """How that state looks."""
        return look_of(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioView:
    """A way in which things go wrong, known beforehand, with what to do."""

    id: str
    title: str
    applies: bool
    state: str
    """applies, rests, undecided (figures are missing or old) or people (no figure shows it)."""
    since: datetime | None
    over_since: datetime | None
    sentence: str
    symptoms: tuple[SymptomView, ...]
    actions: tuple[str, ...]
    rollback: str
    rollback_met: bool | None
    rollback_figure: str

    @property
    def look(self) -> Look:
        """How that state looks."""
        return look_of(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The page of how everything stands."""

    missing: bool = False
    """Whether the project has no operations: the page says how to write some."""
    headline: str = ""
    state: str = "NO_DATA"
    title: str = ""
    description: str = ""
    owner: str = ""
    problems: tuple[str, ...] = ()
    generated_at: datetime | None = None
    updated_at: datetime | None = None
    stale: bool = False
    components: tuple[ComponentView, ...] = ()
    incidents: tuple[IncidentLine, ...] = ()
    suggestions: int = 0
    overdue: int = 0
    scenarios: tuple[ScenarioView, ...] = ()
    """Those that apply come first."""
    slos: tuple[SloLine, ...] = ()
    kpis: tuple[KpiLine, ...] = ()
    figures: tuple[FigureView, ...] = ()
    figures_over: str = ""
    contacts: tuple[tuple[str, str], ...] = ()
    promises: tuple[tuple[int, str, str, str], ...] = ()
    form: FormView = field(default_factory=FormView)

    @property
    def look(self) -> Look:
        """How that state looks."""
        return look_of(self.state)

    @property
    def applying(self) -> tuple[ScenarioView, ...]:
        """The scenarios that apply."""
        return tuple(one for one in self.scenarios if one.applies)

    @property
    def degraded_headline(self) -> str:
        """Does a scenario apply? In one sentence."""
        names = [f"{one.id}, {one.title}" for one in self.applying]
        unknown = [one.id for one in self.scenarios if one.state == "undecided"]
        if not names and unknown:
            noun, verb = ("scenario", "applies") if len(unknown) == 1 else ("scenarios", "apply")
            return f"Nobody can say whether {noun} {listed(unknown)} {verb}"
        if not names:
            return "No scenario applies"
        return f"Scenario {names[0]} applies" if len(names) == 1 else f"{len(names)} scenarios apply"
