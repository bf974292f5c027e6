"""Incidents in the words of a page: lines, clocks, timelines and figures. It must not read or decide anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from heartbeat_assets.cockpit.operating import Incidents
from heartbeat_assets.cockpit.views import (
    ActionView,
    ClockView,
    EntryView,
    FigureView,
    IncidentLine,
    SuggestionView,
)
from heartbeat_assets.metrics.wording import duration_words, instant_words
from heartbeat_assets.objectives.incidents import (
    ActionItem,
    Clock,
    Entry,
    Figures,
    Incident,
    Mean,
    Suggestion,
    Terms,
    clocks,
)

_DONE = {"acknowledge": "acknowledged", "mitigate": "mitigated"}
_MINUTE = timedelta(minutes=1)
_NAMES = {
    "rca": "cause",
    "started_at": "felt since",
    "ended_at": "felt until",
    "detected_at": "known since",
    "id": "item",
    "withheld": "not published: the places",
}
_INSTANTS = ("started_at", "ended_at", "detected_at")

Names = Mapping[str, str] | None
"""The names of components by their ids."""


def incident_lines(incidents: Incidents) -> tuple[IncidentLine, ...]:
    """Those that are not over, for the top of the first page. They change only when something is recorded."""
    return tuple(
        IncidentLine(id=one.id, title=one.title, severity=one.severity, status=one.status, started_at=one.started_at)
        for one in incidents.open
    )


def incident_line(incident: Incident, terms: Terms, names: Names, now: datetime) -> IncidentLine:
    """An incident with the clocks of its newest spell."""
    found = clocks(incident, terms, now)
    return IncidentLine(
        id=incident.id,
        title=incident.title,
        severity=incident.severity,
        status=incident.status,
        started_at=incident.started_at,
        ended_at=incident.ended_at,
        lasted=duration_words((incident.ended_at or now) - incident.started_at),
        components=tuple((names or {}).get(one, one) for one in incident.components),
        clocks=tuple(clock_view(one) for one in found if one.spell == len(incident.spells)),
        late=any(one.state == "breached" for one in found),
    )


def clock_view(clock: Clock) -> ClockView:
    """A promise as it stands, with what is left or how late it is."""
    left = clock.remaining if clock.state == "running" else None
    return ClockView(
        done=_DONE[clock.name],
        promise=clock.promise,
        state=clock.state,
        due_at=clock.due_at,
        met_at=clock.met_at,
        left="" if left is None else duration_words(left),
        late="" if clock.late is None else duration_words(clock.late),
        paused=clock.paused,
        spell=clock.spell,
    )


def action_view(item: ActionItem, today: date, incident: str = "") -> ActionView:
    """An action item; `incident` is the one it belongs to, where that is not clear from the page."""
    return ActionView(
        id=item.id,
        text=item.text,
        owner=item.owner,
        due=item.due,
        overdue=item.overdue(today),
        done_at=item.done_at,
        done_by=item.done_by,
        outcome=item.outcome,
        incident=incident,
    )


def entry_view(entry: Entry, names: Names) -> EntryView:
    """A line of the timeline, with what it changed: not what opened it, nor what its own words say."""
    shown = [(name, value) for name, value in entry.changes.items() if entry.kind != "opened" and value != entry.text]
    return EntryView(
        seq=entry.seq,
        at=entry.at,
        noted_at=entry.recorded_at if entry.recorded_at - entry.at >= _MINUTE else None,
        kind=entry.kind.replace("_", " "),
        who=entry.actor,
        text=entry.text,
        changes=tuple((_NAMES.get(name, name), _value(name, value, names)) for name, value in shown),
    )


def suggestion_view(one: Suggestion, names: Names) -> SuggestionView:
    """What a rule thinks is an incident, its components by their names too."""
    return SuggestionView(
        number=one.number,
        rule=one.rule,
        at=one.at,
        title=one.title,
        severity=one.severity,
        impact=one.impact,
        components=one.components,
        names=tuple((names or {}).get(name, name) for name in one.components),
        started_at=one.started_at,
        reason=one.reason,
    )


def figure_view(one: Figures) -> FigureView:
    """Mean times, each with how many incidents it is of."""
    return FigureView(
        name="all" if one.severity is None else f"Sev-{one.severity}",
        incidents=one.incidents,
        unresolved=one.unresolved,
        late=one.breached,
        detect=_mean(one.detect),
        acknowledge=_mean(one.acknowledge),
        mitigate=_mean(one.mitigate),
        resolve=_mean(one.resolve),
    )


def promises(terms: Terms) -> tuple[tuple[int, str, str, str], ...]:
    """What is promised, a row a severity."""
    hours = {"always": "around the clock", "business": "in business hours"}
    return tuple((one.severity, one.acknowledge, one.mitigate, hours[one.hours]) for one in terms.levels())


def _mean(mean: Mean) -> str:
    return "none yet" if mean.mean is None else f"{duration_words(mean.mean)} (of {mean.count})"


def _value(name: str, value: Any, names: Names) -> str:
    if value is None or value == [] or value == "":
        return "none"
    if name in _INSTANTS:
        return instant_words(datetime.fromisoformat(str(value)).astimezone(UTC))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str((names or {}).get(one, one)) for one in value)
    return str(value)
