"""The pages of lanes: strip, verdict with every rule, trends, streaks, why publishing is blocked, and the evidence.

All of it is in the verdict of the window already. It must not judge.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from heartbeat_assets.cockpit.charts import Point, RowMark, heartbeat_strip, kpi_trend
from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.lane_standings import Standing
from heartbeat_assets.cockpit.views import (
    DocumentView,
    EvidenceRow,
    KpiView,
    LaneSummary,
    LanesView,
    LaneView,
    RuleView,
    Streak,
)
from heartbeat_assets.cockpit.views.words import in_full, three_digits
from heartbeat_assets.errors import SpecProblem
from heartbeat_assets.lanes.advice import advice
from heartbeat_assets.lanes.history import HistoryRow
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.publish import published_report
from heartbeat_assets.lanes.rules import FAILED
from heartbeat_assets.lanes.sentences import finding_sentence, verdict_sentence, why_gate_failed
from heartbeat_assets.lanes.spec_criteria import Kpi
from heartbeat_assets.lanes.values import instant, number, text, texts

_MOST_ROWS = 200
_LONGEST_DOCUMENT = 20_000
_UNITS = {"ratio": "ratio", "seconds": "s", "count": "", "number": ""}


def lanes_view(cockpit: Cockpit) -> LanesView:
    """The list of lanes. Raises LedgerError."""
    standings, broken = cockpit.lanes.all()
    return LanesView(
        lanes=tuple(_summary(standing, links=False) for standing in standings),
        problems=tuple(in_project(problem, cockpit.settings.project) for problem in broken.values()),
    )


def lane_view(cockpit: Cockpit, standing: Standing) -> LaneView:
    """The page of a lane."""
    lane, verdict = standing.lane, standing.verdict
    spec, report, rows = lane.spec, verdict.report, verdict.rows
    total = len(rows)
    dagster_url = cockpit.settings.dagster_url
    return LaneView(
        summary=_summary(standing, links=True),
        rules=tuple(
            RuleView(
                check=finding.rule.check,
                passed=finding.passed,
                sentence=finding_sentence(spec, finding, total),
                blocks=finding.rule.blocks,
            )
            for finding in verdict.findings
        ),
        window_last=report["window_last"],
        entries_in_window=report["entries_in_window"],
        entries_total=report["entries_total"],
        kpis=tuple(_kpi(kpi, rows) for kpi in spec.kpis),
        streaks=_streaks(rows),
        blocked_why=tuple(finding_sentence(spec, finding, total) for finding in verdict.blocking),
        advice=tuple(_advice(lane)) if verdict.blocking else (),
        rows=tuple(_evidence(lane, row) for row in reversed(rows[-_MOST_ROWS:])),
        documents=_documents(lane),
        dagster_url=f"{dagster_url}/assets/{lane.name}/heartbeat?view=checks" if dagster_url else "",
    )


def _summary(standing: Standing, *, links: bool) -> LaneSummary:
    lane, verdict = standing.lane, standing.verdict
    rows = verdict.rows
    return LaneSummary(
        name=lane.name,
        description=lane.spec.description,
        status=verdict.status if rows else "no_data",
        sentence=verdict_sentence(lane.spec, verdict),
        strip=heartbeat_strip([_mark(lane, row, links) for row in rows]),
        blocked=standing.blocked,
        blocked_since=instant(standing.blocked_since),
        newest=instant(rows[-1].run_at) if rows else None,
        owners=tuple(lane.spec.owners),
    )


def _mark(lane: Lane, row: HistoryRow, links: bool) -> RowMark:
    return RowMark(
        status=_status(row),
        at=instant(row.run_at),
        words=", ".join(_reasons(lane, row)),
        href=f"#row-{row.place}" if links else "",
    )


def _status(row: HistoryRow) -> str:
    if row.malformed:
        return "malformed"
    return row.status if row.status in ("ok", "degraded", "failed") else "malformed"


def _reasons(lane: Lane, row: HistoryRow) -> list[str]:
    """Why the row is not ok, in the contract's words."""
    if row.content is None:
        return ["the line cannot be read"]
    found = [f"error: {text(row.content.get('error'))}"] if row.content.get("error") else []
    if row.status == FAILED or texts(row.content.get("failure_reasons")):
        found += texts(row.content.get("failure_reasons"))
    missing = texts(row.content.get("missing_metrics"))
    found += [f"no {name}" for name in missing]
    for criterion in lane.spec.criteria:
        if criterion.kind == "gate" and criterion.broken_by(row.content):
            found.append(f"{criterion.name}: {why_gate_failed(lane.spec, criterion, row)}")
    return list(dict.fromkeys(found))


def _kpi(kpi: Kpi, rows: Sequence[HistoryRow]) -> KpiView:
    newest = (rows[-1].content if rows else None) or {}
    value = number(newest.get(kpi.name))
    limit = _limit(kpi, newest)
    unit = _UNITS[kpi.unit]
    passed = newest.get(kpi.check_name)
    return KpiView(
        name=kpi.name,
        value_text="" if value is None else three_digits(float(value)),
        value_title="" if value is None else in_full(float(value)),
        unit=unit,
        limit_text=f"{kpi.extreme} {in_full(limit)}",
        passed=passed if isinstance(passed, bool) else None,
        trend=kpi_trend([_point(kpi, row) for row in rows], limit, name=kpi.name, unit=unit) if rows else "",
    )


def _limit(kpi: Kpi, content: Mapping[str, Any]) -> float:
    """The limit that the row was judged by, else the lane's."""
    recorded = number(content.get(kpi.threshold_name))
    return float(recorded if recorded is not None else kpi.threshold)


def _point(kpi: Kpi, row: HistoryRow) -> Point:
    content = row.content or {}
    value = number(content.get(kpi.name))
    kept = content.get(kpi.check_name) is True
    at = instant(row.run_at)
    # A row without an instant keeps its place: the trend has one step a row.
    return Point(at or _UNKNOWN, None if value is None else float(value), "green" if kept else "red")


_known = instant("1970-01-01T00:00:00+00:00")
assert _known is not None
_UNKNOWN = _known


def _streaks(rows: Sequence[HistoryRow]) -> tuple[Streak, ...]:
    """How long the newest rows have been what they are, where that is more than one row or is not ok."""
    if not rows:
        return ()
    status, length, since = _status(rows[-1]), 0, rows[-1]
    for row in reversed(rows):
        if _status(row) != status:
            break
        length, since = length + 1, row
    return (Streak(status=status, length=length, since=instant(since.run_at)),)


def _evidence(lane: Lane, row: HistoryRow) -> EvidenceRow:
    content = row.content
    raw = row.line.decode("utf-8", "replace")
    document = raw if content is None else json.dumps(content, indent=2, ensure_ascii=False)
    return EvidenceRow(
        place=row.place,
        run_at=instant(row.run_at),
        status=_status(row),
        heartbeat_id=row.heartbeat_id,
        reasons=tuple(_reasons(lane, row)),
        values=tuple(_values(lane, content or {})),
        document=document[:_LONGEST_DOCUMENT],
    )


def _values(lane: Lane, content: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for kpi in lane.spec.kpis:
        value = number(content.get(kpi.name))
        found.append((kpi.name, "no value" if value is None else in_full(float(value))))
    for criterion in lane.spec.criteria:
        if criterion.kind == "gate":
            value = content.get(criterion.field)
            found.append((criterion.name, "passed" if value is True else "failed" if value is False else "not known"))
    return found


def _documents(lane: Lane) -> tuple[DocumentView, ...]:
    """What is published: known good, and so perhaps older than the newest row."""
    published = published_report(lane)
    if published is None:
        return ()
    try:
        page = (lane.published / "report.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ()
    written = instant(str(published.get("published_at", "")))
    return (DocumentView(name="The published report", text=page[:_LONGEST_DOCUMENT], written_at=written),)


def _advice(lane: Lane) -> list[str]:
    try:
        return list(advice(lane, lane.sql_files()))
    except SpecProblem:
        return []
