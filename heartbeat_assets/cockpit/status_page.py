"""The pages of status and degraded mode: what `operations_now` says, worst first. They must not judge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from heartbeat_assets.cockpit.charts import DayMark, day_bars
from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.incident_words import incident_line, promises
from heartbeat_assets.cockpit.incidents_page import figures_of
from heartbeat_assets.cockpit.slo_words import lasting, percent, slo_line
from heartbeat_assets.cockpit.views import (
    ComponentView,
    DayRow,
    FormView,
    KpiLine,
    ScenarioView,
    StatusView,
    SymptomView,
)
from heartbeat_assets.cockpit.views.words import in_full, three_digits
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.metrics.wording import duration_words
from heartbeat_assets.objectives.operations import ComponentStatus, Kpi, Operations, ScenarioNow, SymptomNow, UptimeDay
from heartbeat_assets.objectives.status.timeline import rank

_ORDER = ("applies", "undecided", "people", "rests")


def status_view(cockpit: Cockpit, form: FormView | None = None) -> StatusView:
    """The page of status, `form` is one that was refused; degraded mode is made of the same. Raises LedgerError."""
    desk = cockpit.operating.desk()
    if desk.spec is None and not desk.problems:
        return StatusView(missing=True, headline="Nothing says yet what is operated here")
    try:
        operations = cockpit.operating.now()
    except SpecProblem as problem:
        said = in_project(problem, cockpit.settings.project)
        return StatusView(headline="The status cannot be told", problems=(said,))
    return _view(cockpit, operations, form or FormView())


def _view(cockpit: Cockpit, operations: Operations, form: FormView) -> StatusView:
    desk, now = cockpit.operating.desk(), datetime.now(UTC)
    incidents = cockpit.operating.incidents()
    shown = {one["name"]: place for place, one in enumerate(operations.slos)}
    contacts = operations.contacts
    told = (
        ("On call", contacts.on_call),
        ("Incidents are talked about in", contacts.incident_channel),
        ("Support", contacts.support_email),
        ("Escalation", contacts.escalation),
    )
    return StatusView(
        headline=operations.sentence.rstrip("."),
        state=operations.state,
        title=operations.title,
        description=operations.description,
        owner=operations.owner,
        problems=tuple(in_project(one, cockpit.settings.project) for one in operations.problems),
        generated_at=operations.generated_at,
        updated_at=operations.updated_at,
        stale=operations.stale,
        components=tuple(
            _component(one) for one in sorted(operations.components, key=lambda one: rank(one.state), reverse=True)
        ),
        incidents=tuple(incident_line(one, desk.terms, desk.components, now) for one in incidents.open),
        suggestions=len(operations.suggestions),
        overdue=len(operations.overdue),
        scenarios=tuple(
            sorted((_scenario(one) for one in operations.scenarios), key=lambda one: _ORDER.index(one.state))
        ),
        slos=tuple(slo_line(one) for one in cockpit.slos.all() if one.name in shown),
        kpis=tuple(_kpi(one) for one in operations.kpis),
        figures=figures_of(incidents.found, desk, now),
        figures_over=duration_words(desk.figures_over),
        contacts=tuple((name, value) for name, value in told if value),
        promises=promises(desk.terms),
        form=form,
    )


def _component(one: ComponentStatus) -> ComponentView:
    """A component with its days."""
    override = one.override
    return ComponentView(
        id=one.id,
        name=one.name,
        description=one.description,
        state=one.state,
        since=one.since,
        reasons=one.reasons,
        found=one.found if one.found != one.state else "",
        override=(override.actor, override.reason, override.until) if override else None,
        updated_at=one.updated_at,
        stale=one.stale,
        flaps=one.flaps,
        bars=day_bars([_mark(day) for day in one.days], label=_days_label(one.days)),
        available=percent(one.availability),
        days=tuple(_row(day) for day in reversed(one.days) if day.down or day.degraded),
        essential=one.essential,
    )


def _mark(day: UptimeDay) -> DayMark:
    row = _row(day)
    told = [f"DOWN for {row.down}" if row.down else "", f"DEGRADED for {row.degraded}" if row.degraded else ""]
    words = ", ".join(one for one in told if one) or ("OK" if day.worst == "OK" else "nothing is known")
    return DayMark(row.look.tone, f"{row.day}: {words}")


def _row(day: UptimeDay) -> DayRow:
    return DayRow(
        day=day.day.isoformat(),
        worst=day.worst,
        down=lasting(day.down),
        degraded=lasting(day.degraded),
        unknown=lasting(day.unknown),
    )


def _days_label(days: Sequence[UptimeDay]) -> str:
    counts = {state: sum(1 for day in days if day.worst == state) for state in ("DOWN", "DEGRADED", "OK")}
    unknown = len(days) - sum(counts.values())
    told = [f"{state} on {count}" for state, count in counts.items() if count]
    told += [f"nothing is known of {unknown}"] if unknown else []
    return f"The last {len(days)} days: {', '.join(told)}"


def _kpi(one: Kpi) -> KpiLine:
    return KpiLine(
        id=one.id,
        name=one.name,
        value="" if one.value is None else three_digits(one.value),
        title="" if one.value is None else in_full(one.value),
        unit=one.unit,
        window=one.window,
        status=one.status,
        at=one.at,
        definition=one.definition,
        problem=one.problem,
        owner=one.owner or "",
        verified=one.verified,
    )


def _scenario(one: ScenarioNow) -> ScenarioView:
    return ScenarioView(
        id=one.id,
        title=one.title,
        applies=one.applies,
        state=_state(one),
        since=one.since,
        over_since=one.over_since,
        sentence=one.sentence,
        symptoms=tuple(_symptom(symptom) for symptom in one.symptoms),
        actions=one.actions,
        rollback=one.rollback,
        rollback_met=one.rollback_met,
        rollback_figure=one.rollback_figure,
    )


def _state(one: ScenarioNow) -> str:
    """Whether it applies, as far as its figures can tell: what is not known is not said to rest."""
    if one.applies:
        return "applies"
    deciding = [symptom for symptom in one.symptoms if symptom.bound and symptom.decides]
    if not deciding:
        return "people"
    return "undecided" if all(symptom.shows is None for symptom in deciding) else "rests"


def _symptom(one: SymptomNow) -> SymptomView:
    state = "people" if not one.bound else "unknown" if one.shows is None else "shows" if one.shows else "quiet"
    figure = one.figure if one.bound and one.decides else f"{one.figure} It is shown and does not decide.".lstrip()
    return SymptomView(text=one.text, state=state, figure=figure if one.bound else "")
