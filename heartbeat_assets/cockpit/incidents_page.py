"""The pages of incidents: what is open and late, what happened in one, and forms to decide. They must not decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.handling import incident_of
from heartbeat_assets.cockpit.incident_words import (
    Names,
    action_view,
    clock_view,
    entry_view,
    figure_view,
    incident_line,
    promises,
    suggestion_view,
)
from heartbeat_assets.cockpit.operating import Desk
from heartbeat_assets.cockpit.views import ActionView, FigureView, FormView, IncidentsView, IncidentView
from heartbeat_assets.objectives.incidents import Incident, clocks, figures, open_actions, suggestions

_MOST_OVER = 200


def incidents_view(cockpit: Cockpit, form: FormView | None = None) -> IncidentsView:
    """The list; `form` is one that was refused. Raises LedgerError."""
    desk, incidents, now = cockpit.operating.desk(), cockpit.operating.incidents(), datetime.now(UTC)
    over = [one for one in incidents.found if one.is_over]
    return IncidentsView(
        open=tuple(incident_line(one, desk.terms, desk.components, now) for one in incidents.open),
        over=tuple(incident_line(one, desk.terms, desk.components, now) for one in over[:_MOST_OVER]),
        left_out=max(0, len(over) - _MOST_OVER),
        suggestions=tuple(suggestion_view(one, desk.components) for one in suggestions(cockpit.ledger.journal)),
        actions=_actions(incidents.found, desk, now),
        figures=figures_of(incidents.found, desk, now),
        figures_days=desk.figures_over.days,
        choices=_choices(desk.components, ()),
        promises=promises(desk.terms),
        problems=(*desk.problems, *([incidents.problem] if incidents.problem else [])),
        form=form or FormView(),
    )


def incident_view(cockpit: Cockpit, called: str, form: FormView | None = None) -> IncidentView:
    """The page of one. Raises Refusal when there is none, and LedgerError."""
    incident, desk, now = incident_of(cockpit, called), cockpit.operating.desk(), datetime.now(UTC)
    today = desk.terms.business_hours.day_of(now)
    return IncidentView(
        line=incident_line(incident, desk.terms, desk.components, now),
        impact=incident.impact,
        rca=incident.rca,
        mitigation=incident.mitigation,
        component_ids=incident.components,
        detected_at=incident.detected_at,
        opened_at=incident.opened_at,
        opened_by=incident.opened_by,
        place=incident.place,
        clocks=tuple(clock_view(one) for one in clocks(incident, desk.terms, now)),
        actions=tuple(action_view(one, today) for one in incident.actions),
        timeline=tuple(entry_view(one, desk.components) for one in reversed(incident.timeline)),
        reopened=incident.reopened,
        rule=incident.rule,
        choices=_choices(desk.components, incident.components),
        form=form or FormView(),
    )


def figures_of(found: Sequence[Incident], desk: Desk, now: datetime) -> tuple[FigureView, ...]:
    """Mean times over the stated days; a severity without incidents is left out."""
    # One that is recorded at this very moment counts.
    made = figures(found, now - desk.figures_over, now + timedelta(seconds=1), terms=desk.terms, now=now)
    return tuple(figure_view(one) for one in made if one.incidents)


def _actions(found: Sequence[Incident], desk: Desk, now: datetime) -> tuple[ActionView, ...]:
    today = desk.terms.business_hours.day_of(now)
    return tuple(action_view(item, today, incident.id) for incident, item in open_actions(found))


def _choices(names: Names, there: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The components to choose from; those that an incident has already stay choices though no file has them."""
    known = dict(names or {})
    return tuple((known | {one: known.get(one, one) for one in there}).items())
