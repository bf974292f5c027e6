"""The pages of incidents. They must not work out a clock, nor fetch an incident."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from heartbeat_assets.cockpit.views.look import Look, look_of
from heartbeat_assets.cockpit.views.page import FormView


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """A promise about an incident: that it is acknowledged, or mitigated, by then."""

    done: str
    """`acknowledged` or `mitigated`."""
    promise: str
    """`15m`, `1 business day`, `best effort`."""
    state: str
    """running, met or breached."""
    due_at: datetime | None = None
    met_at: datetime | None = None
    left: str = ""
    """`12 min`; "" when it is met, late or best effort."""
    late: str = ""
    """`1 h 5 min`; "" when it is not late."""
    paused: bool = False
    spell: int = 1

    @property
    def look(self) -> Look:
        """How that state looks."""
        return look_of(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """An incident in a list."""

    id: str
    title: str
    severity: int
    status: str
    started_at: datetime
    ended_at: datetime | None = None
    lasted: str = ""
    """How long it was felt, or has been so far."""
    components: tuple[str, ...] = ()
    """Their names."""
    clocks: tuple[ClockView, ...] = ()
    """Those of the newest spell."""
    late: bool = False
    """Whether any promise was not kept."""

    @property
    def look(self) -> Look:
        """How that status looks."""
        return look_of(self.status)

    @property
    def urgent(self) -> ClockView | None:
        """The clock that matters now: one that runs towards an instant, else one that is late and not met."""
        running = [one for one in self.clocks if one.state == "running" and one.due_at]
        overdue = [one for one in self.clocks if one.state == "breached" and one.met_at is None]
        return next(iter([*overdue, *running]), None) if self.status != "resolved" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionView:
    """Something that is to be done."""

    id: str
    text: str
    owner: str
    due: date | None
    overdue: bool
    done_at: datetime | None = None
    done_by: str = ""
    outcome: str = ""
    incident: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """A line of the timeline."""

    seq: int
    at: datetime
    noted_at: datetime | None
    """When it was written down, if that was later."""
    kind: str
    who: str
    text: str
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionView:
    """What a rule thinks is an incident."""

    number: int
    rule: str
    at: datetime
    title: str
    severity: int
    impact: str
    components: tuple[str, ...]
    """Their ids."""
    names: tuple[str, ...]
    started_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureView:
    """Mean times of the incidents of one severity, or of all."""

    name: str
    incidents: int
    unresolved: int
    late: int | None
    detect: str
    acknowledge: str
    mitigate: str
    resolve: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentsView:
    """The list of incidents, and the form to open one."""

    open: tuple[IncidentLine, ...] = ()
    """The worst first, then the oldest."""
    over: tuple[IncidentLine, ...] = ()
    """The newest first; at most the newest few hundred."""
    left_out: int = 0
    suggestions: tuple[SuggestionView, ...] = ()
    actions: tuple[ActionView, ...] = ()
    """What is left to do, the overdue first."""
    figures: tuple[FigureView, ...] = ()
    figures_days: int = 90
    choices: tuple[tuple[str, str], ...] = ()
    """(id, name) of the components that an incident may be about."""
    promises: tuple[tuple[int, str, str, str], ...] = ()
    """(severity, acknowledge, mitigate, hours)."""
    problems: tuple[str, ...] = ()
    form: FormView = field(default_factory=FormView)

    @property
    def headline(self) -> str:
        """Is anything open? In one sentence."""
        if not self.open:
            return "No incident is open"
        many = len(self.open)
        worst = f"{'is' if many == 1 else 'are'} open, the worst Sev-{self.open[0].severity}"
        return f"{many} incidents {worst}" if many > 1 else f"1 incident is open, Sev-{self.open[0].severity}"

    @property
    def overdue(self) -> int:
        """How many action items should be done and are not."""
        return sum(1 for one in self.actions if one.overdue)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentView:
    """The page of one incident."""

    line: IncidentLine
    impact: str
    rca: str
    mitigation: str
    component_ids: tuple[str, ...]
    detected_at: datetime
    opened_at: datetime
    opened_by: str
    place: int
    """That of its newest event: what a form sends, so that nobody decides on what is old."""
    clocks: tuple[ClockView, ...] = ()
    """Of all spells."""
    actions: tuple[ActionView, ...] = ()
    timeline: tuple[EntryView, ...] = ()
    """The newest first."""
    reopened: int = 0
    rule: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    form: FormView = field(default_factory=FormView)
