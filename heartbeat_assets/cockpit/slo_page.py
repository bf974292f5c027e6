"""The pages of SLOs: how each budget stands, how it went, how fast it burns, what it rests on. They must not judge."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from heartbeat_assets.cockpit.charts import DayMark, Line, Point, Rule, day_bars, metric_chart
from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.slo_standings import Course, SloNow
from heartbeat_assets.cockpit.slo_words import burns, corrections, day_of, figures, moment, percent, rate, slo_line
from heartbeat_assets.cockpit.views import CoursePoint, SlosView, SloView
from heartbeat_assets.objectives.incidents import Incident
from heartbeat_assets.objectives.slo.slo import DEFAULT_LIMITS

_MOST_RULES = 20


def slos_view(cockpit: Cockpit) -> SlosView:
    """The list. Raises LedgerError."""
    return SlosView(slos=tuple(slo_line(one) for one in cockpit.slos.all()), problems=cockpit.slos.problems)


def slo_view(cockpit: Cockpit, name: str) -> SloView:
    """The page of one. Raises Refusal when there is none, and LedgerError."""
    one = cockpit.slos.of(name)
    record, line = one.record(), slo_line(one)
    window = record.get("window") or {}
    since, until, judged = moment(window.get("start")), moment(window.get("end")), moment(record.get("judged_at"))
    course = cockpit.slos.course(one)
    met = _incidents(cockpit, since, judged)
    days = [day_of(day, float(record.get("target") or 0)) for day in record.get("days") or ()]
    base = cockpit.settings.dagster_url
    file, queries = (one.slo.file, one.slo.queries) if one.slo else ("", ())
    asset = f"{one.folder.name}/{name.replace('-', '_')}" if one.folder else ""
    return SloView(
        line=line,
        figures=figures(record, over_words(one)),
        window_from=since,
        window_to=until,
        exhausted_at=moment(record.get("exhausted_at")),
        recorded_at=moment(record.get("recorded_at")),
        source_as_of=moment(record.get("source_as_of")),
        description=one.slo.description if one.slo else "",
        file=in_project(file, cockpit.settings.project),
        queries=tuple(dict.fromkeys((query.service, query.sql.strip()) for query in queries)),
        burns=burns(record),
        budget_chart=budget_chart(one, course, met),
        burn_chart=burn_chart(one, course, met),
        burn_over=over_words(one),
        chart_problem=course.problem,
        points=tuple(
            CoursePoint(at=point.at, left=percent(point.left_fraction, digits=3), rate=rate(point.burn_rate))
            for point in reversed(course.points)
        ),
        bars=day_bars(
            [DayMark(day.status, f"{day.day}: {day.share or 'no data'}, {day.good} of {day.total}") for day in days],
            label=_days_label(days),
        ),
        days=tuple(reversed(days)),
        corrections=corrections(record),
        incidents=tuple((incident.id, incident.title) for incident in met),
        dagster_url=f"{base}/assets/{asset}?view=checks" if base and asset else "",
    )


def budget_chart(one: SloNow, course: Course, met: Sequence[Incident] = ()) -> str:
    """The SVG of the share of the budget that was left; "" when nothing is known of it."""
    limits = one.slo.limits if one.slo else DEFAULT_LIMITS
    yellow, red = float(limits.yellow) * 100, float(limits.red) * 100

    def status(left: float | None) -> str:
        if left is None:
            return "no_data"
        return "red" if left <= red else "amber" if left <= yellow else "green"

    left = [None if one.left_fraction is None else round(one.left_fraction * 100, 2) for one in course.points]
    points = [Point(at.at, value, status(value)) for at, value in zip(course.points, left, strict=True)]
    return _chart(
        points,
        course,
        f"Error budget of {one.name}",
        "% of the budget left",
        [Line(yellow, f"yellow {yellow:g}%"), Line(red, f"red {red:g}%"), Line(0, "used up", worst=True)],
        (0, 100),
        met,
    )


def burn_chart(one: SloNow, course: Course, met: Sequence[Incident] = ()) -> str:
    """The SVG of the burn rate; "" when nothing is known of it."""
    rates = [None if point.burn_rate is None else round(point.burn_rate, 3) for point in course.points]
    points = [
        Point(point.at, value, "no_data" if value is None else "amber" if value > 1 else "green")
        for point, value in zip(course.points, rates, strict=True)
    ]
    lines = [Line(1, "just lasts")]
    return _chart(points, course, f"Burn rate of {one.name}", f"times, over {over_words(one)}", lines, (0, 1.2), met)


def over_words(one: SloNow) -> str:
    """Over which time its burn rate is."""
    return one.slo.forecast.words if one.slo else str(one.record().get("burn_rate_over") or "")


def course_csv(course: Course) -> str:
    """The points as a table to keep."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["at", "budget_left", "burn_rate"])
    for point in course.points:
        writer.writerow([point.at.isoformat(), _cell(point.left_fraction), _cell(point.burn_rate)])
    return out.getvalue()


def _chart(
    points: Sequence[Point],
    course: Course,
    name: str,
    unit: str,
    lines: Sequence[Line],
    include: Sequence[float],
    met: Sequence[Incident],
) -> str:
    if not any(point.value is not None for point in points):
        return ""
    since, until = course.points[0].at, course.points[-1].at
    rules = [Rule(one.started_at, f"{one.id}: {one.title}") for one in met[:_MOST_RULES]]
    return metric_chart(
        points, since=since, until=until, lines=lines, include=include, rules=rules, unit=unit, name=name
    )


def _incidents(cockpit: Cockpit, since: datetime | None, until: datetime | None) -> list[Incident]:
    """The incidents that were felt in the window, the newest first."""
    if since is None or until is None:
        return []
    return [incident for incident in cockpit.operating.incidents().found if incident.felt_in(since, until)]


def _days_label(days: Sequence[Any]) -> str:
    known = [day for day in days if day.status != "no_data"]
    missed = sum(1 for day in known if day.status == "red")
    told = f"target missed on {missed}, met on {len(known) - missed}, no data on {len(days) - len(known)}"
    return f"The last {len(days)} days: {told}"


def _cell(value: float | None) -> str:
    return "" if value is None else repr(value)
