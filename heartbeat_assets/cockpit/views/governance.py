"""What is stopped, and how each tripwire stands; plain data. It must not judge an evaluation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from heartbeat_assets.cockpit.views.look import Look, look_of
from heartbeat_assets.cockpit.views.page import FormView
from heartbeat_assets.cockpit.views.words import listed

_OUTCOMES: dict[str, Look] = {
    "triggered": Look("◆", "triggered", "red"),
    "problem": Look("◆", "cannot be judged", "red"),
    "inconclusive": Look("▲", "inconclusive", "amber"),
    "no_data": Look("○", "no data", "no_data"),
    "insufficient_events": Look("○", "too few events", "no_data"),
    "pending": Look("◔", "not looked at yet", "no_data"),
    "ok": Look("●", "ok", "green"),
    "disabled": Look("⊘", "disabled", "no_data"),
}
"""Worst first."""
_SEVERITY = {outcome: place for place, outcome in enumerate(_OUTCOMES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchView:
    """A switch, engaged or released."""

    name: str
    """`WHOLESALE`, or GLOBAL."""
    title: str
    """`WHOLESALE`, or `Everything`."""
    engaged: bool
    since: datetime | None
    who: str
    reason: str
    evidence: str = ""
    """What the evaluation said that it was engaged for; "" when a person engaged it."""
    tripwire: str = ""
    """The tripwire that was evaluated, to link to."""
    released_at: datetime | None = None
    cooldown_until: datetime | None = None
    """Until when no program engages it again; None when that is over, or when nobody released it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationView:
    """One look at a tripwire."""

    seq: int
    at: datetime
    outcome: str
    """The kind of the event: `triggered`, `ok`, `problem`, ..."""
    sentence: str
    who: str = ""
    before: str = ""
    """The baseline's figure: `95% (190 of 200)`; "" when there was none."""
    now: str = ""
    """The recent figure."""
    change: str = ""
    """`down 22.1%`."""
    interval: str = ""
    """`98% interval \u221239.3% to \u22129.06%`."""
    p_value: str = ""
    chart: str = ""
    """SVG of `charts.change_chart`; "" where the look is but a line of a table."""
    frozen_at: datetime | None = None
    """Since when its baseline is frozen; None when it is not."""
    reason: str = ""

    @property
    def look(self) -> Look:
        """How that outcome looks."""
        return _OUTCOMES.get(self.outcome) or look_of(self.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class TripwireView:
    """A tripwire: its policy in words, and the newest look at it."""

    name: str
    rule: str
    """`down 20% or more in 50 events against the 200 before: throttles WHOLESALE`."""
    outcome: str
    """Of the newest look; `disabled` when the policy is off now, `pending` before the first look."""
    newest: EvaluationView | None = None
    enabled: bool = True
    owner: str = ""
    folder: str = ""

    @property
    def look(self) -> Look:
        """How that outcome looks."""
        return _OUTCOMES.get(self.outcome) or look_of(self.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchEventView:
    """Something that was decided about a switch, or would have been."""

    at: datetime
    switch: str
    kind: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernanceView:
    """The page of switches and tripwires."""

    engaged: tuple[SwitchView, ...] = ()
    """GLOBAL first, then the longest."""
    released: tuple[SwitchView, ...] = ()
    """Those in their cooldown."""
    tripwires: tuple[TripwireView, ...] = ()
    """Worst first."""
    events: tuple[SwitchEventView, ...] = ()
    """Newest first."""
    choices: tuple[tuple[str, str], ...] = ()
    """(value, words) of what can be engaged: everything that is not engaged."""
    problems: tuple[str, ...] = ()
    """Files that cannot be read, a sentence each."""
    form: FormView = field(default_factory=FormView)
    dagster_url: str = ""

    @property
    def headline(self) -> str:
        """Is anything stopped? In one sentence."""
        if any(switch.name == "GLOBAL" for switch in self.engaged):
            return "Everything is stopped"
        if self.engaged:
            names = [switch.title for switch in self.engaged]
            return f"{listed(names)} {'is' if len(names) == 1 else 'are'} stopped"
        return "Nothing is stopped"

    @property
    def tripwires_headline(self) -> str:
        """How many of them say something."""
        total = len(self.tripwires)
        enabled = [one for one in self.tripwires if one.enabled]
        if not total:
            return "Tripwires: there is none"
        triggered = sum(1 for one in self.tripwires if one.outcome == "triggered")
        broken = sum(1 for one in self.tripwires if one.outcome == "problem")
        said = [
            f"{triggered} of {total} {'is' if triggered == 1 else 'are'} triggered" if triggered else "",
            f"{broken} of {total} cannot be judged" if broken else "",
        ]
        if triggered or broken:
            return f"Tripwires: {' and '.join(words for words in said if words)}"
        if not enabled:
            return f"Tripwires: {'the only one is' if total == 1 else f'all {total} are'} disabled"
        return f"Tripwires: none of {total} is triggered"


@dataclass(frozen=True, slots=True, kw_only=True)
class TripwirePageView:
    """The page of one tripwire: its evaluations."""

    tripwire: TripwireView
    evaluations: tuple[EvaluationView, ...] = ()
    """Newest first."""
    policy: tuple[tuple[str, str], ...] = ()
    """(field, value) as the file has it; empty when no file has it any more."""
    frozen_since: datetime | None = None
    """Since when its baseline is frozen; None when it is not."""
    form: FormView = field(default_factory=FormView)
    dagster_url: str = ""


def worst_tripwire_first(tripwires: Iterable[TripwireView]) -> tuple[TripwireView, ...]:
    """Triggered first, disabled last; then by name."""
    return tuple(sorted(tripwires, key=lambda one: (_SEVERITY.get(one.outcome, 0), one.name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedLine:
    """The first line of the home page while something is stopped."""

    title: str
    since: datetime | None
    who: str
    reason: str
