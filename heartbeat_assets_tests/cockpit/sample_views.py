"""Views made by hand, as the pages are given them. Text in them is as hostile as a test wants it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from heartbeat_assets.cockpit.charts import (
    Band,
    DayMark,
    Point,
    RowMark,
    Rule,
    ThresholdStep,
    change_chart,
    day_bars,
    heartbeat_strip,
    kpi_trend,
    metric_chart,
    sparkline,
    status_strip,
)
from heartbeat_assets.cockpit.views import (
    ActionView,
    AuditEvent,
    BenchmarkView,
    BurnView,
    ClockView,
    ComponentView,
    CorrectionView,
    CoursePoint,
    DayRow,
    DocumentView,
    Editable,
    EntryView,
    EvaluationView,
    EvidenceRow,
    FigureView,
    FormView,
    GovernanceView,
    HistoryRow,
    HomeFilters,
    HomeView,
    IncidentLine,
    IncidentsView,
    IncidentView,
    ItemView,
    KpiLine,
    KpiView,
    LaneSummary,
    LaneView,
    MetricView,
    PageView,
    RangeChoice,
    RuleView,
    RunbookView,
    ScenarioView,
    ServiceView,
    SloDay,
    SloLine,
    SloView,
    SourceView,
    StatusView,
    Streak,
    SuggestionView,
    SwitchEventView,
    SwitchView,
    SymptomView,
    TileView,
    TripwirePageView,
    TripwireView,
)

NOW = datetime(2026, 2, 23, 14, 0, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script>\'&'
SIGNED_IN = PageView(path="/?status=red", operator="anna.bell@example.org", csrf_token="token-1")


def hourly(values: list[float | None], status: str = "green") -> list[Point]:
    """One point an hour until NOW."""
    first = NOW - timedelta(hours=len(values) - 1)
    return [
        Point(first + timedelta(hours=index), value, "no_data" if value is None else status)
        for index, value in enumerate(values)
    ]


def wave(count: int) -> list[Point]:
    """Values between 0.8 and 0.95 without a gap."""
    return hourly([0.8 + (index * 37 % 16) / 100 for index in range(count)])


def tile(number: int = 1, **other: Any) -> TileView:
    fields: dict[str, Any] = {
        "metric_id": f"answered_sessions_{number}",
        "code": f"A{number % 1000:03d}",
        "name": f"Answered sessions {number}",
        "service": "citizen_app",
        "value_text": "0.176",
        "value_title": "0.17612",
        "unit": "ratio",
        "period": "last 24 hours",
        "change_text": "+0.012",
        "status": "green",
        "verified": True,
        "owner": "anna.bell@example.org",
        "owner_initials": "AB",
        "tick": NOW,
        "source_as_of": NOW - timedelta(minutes=20),
        "sparkline": sparkline(wave(30), Band(0.88, 0.04), 0.82, 0.75),
        "search": "growth app share of the sessions that got an answer",
    }
    return TileView(**fields | other)


def home(*tiles: TileView, filters: HomeFilters | None = None, **other: Any) -> HomeView:
    services = {one.service for one in tiles}
    return HomeView.ordered(
        [ServiceView.of(name, "What it is.", [one for one in tiles if one.service == name]) for name in services],
        filters=filters or HomeFilters(),
        **other,
    )


def metric(words: str = "Words.", **other: Any) -> MetricView:
    since, points = NOW - timedelta(days=7), wave(168)
    fields: dict[str, Any] = {
        "tile": tile(name=words, unit=words, period=words, owner=words),
        "description": words,
        "how_to_read": words,
        "methodology": words,
        "direction": "higher_is_better",
        "range": RangeChoice(key="7d", since=since, until=NOW),
        "chart": metric_chart(
            points,
            since=since,
            until=NOW,
            thresholds=[ThresholdStep(since, 0.85, 0.8)],
            rules=[Rule(NOW - timedelta(days=1), words)],
            unit=words,
            name=words,
        ),
        "strip": status_strip(points, since=since, until=NOW),
        "rows": (HistoryRow(tick=NOW, value_text="0.176", status="green", error=words),),
        "editable": Editable(owner=words, norm_value="0.85", target_due_date=date(2026, 3, 31)),
        "thresholds_sentence": words,
        "differences": (words,),
        "benchmark": BenchmarkView(sentence=words, computed_at=NOW),
        "stage": 9,
        "events": (AuditEvent(at=NOW, who=words, via="cockpit", field="owner", before=words, after=words, why=words),),
        "chain_problem": words,
        "sql": words,
        "sql_hash": "ab" * 32,
        "sql_path": words,
        "crosscheck": words,
        "lineage_url": "http://127.0.0.1:3000/assets/x",
        "sources": (SourceView(name=words, kind=words, as_of=NOW),),
        "tags": (words,),
        "etag": '"12"',
    }
    return MetricView(**fields | other)


def lane(words: str = "Words.", **other: Any) -> LaneView:
    marks = [RowMark("ok", NOW, words, "#row-1"), RowMark("failed", NOW, words, "#row-2")]
    summary = LaneSummary(
        name=words,
        description=words,
        status="failed",
        sentence=words,
        strip=heartbeat_strip(marks),
        blocked=True,
        blocked_since=NOW,
        newest=NOW,
        owners=(words,),
    )
    fields: dict[str, Any] = {
        "summary": summary,
        "rules": (
            RuleView(check=words, passed=True, sentence=words),
            RuleView(check="max_failed_ok", passed=False, sentence="1 of 2 rows failed; at most 0 may."),
        ),
        "entries_in_window": 2,
        "entries_total": 2,
        "kpis": (
            KpiView(
                name=words,
                value_text="0.14",
                value_title="0.1415",
                unit=words,
                limit_text="minimum 0.2",
                passed=False,
                trend=kpi_trend(wave(2), 0.2, name=words, unit=words),
            ),
        ),
        "streaks": (Streak(status="failed", length=1, since=NOW),),
        "blocked_why": (words,),
        "advice": (words,),
        "rows": (
            EvidenceRow(
                place=2,
                run_at=NOW,
                status="failed",
                reasons=(words,),
                values=((words, words),),
                document=words,
            ),
        ),
        "documents": (DocumentView(name=words, text=words, written_at=NOW),),
    }
    return LaneView(**fields | other)


def switch(words: str = "Words.", **other: Any) -> SwitchView:
    fields: dict[str, Any] = {
        "name": "WHOLESALE",
        "title": "WHOLESALE",
        "engaged": True,
        "since": NOW,
        "who": words,
        "reason": words,
        "evidence": words,
        "tripwire": words,
    }
    return SwitchView(**fields | other)


def evaluation(words: str = "Words.", **other: Any) -> EvaluationView:
    fields: dict[str, Any] = {
        "seq": 7,
        "at": NOW,
        "outcome": "triggered",
        "sentence": words,
        "who": words,
        "before": words,
        "now": words,
        "change": words,
        "interval": words,
        "p_value": words,
        "chart": change_chart(-22.1, limit=-20, interval=(-39.3, -9.1), status="red", label=words),
    }
    return EvaluationView(**fields | other)


def tripwire(words: str = "Words.", **other: Any) -> TripwireView:
    fields: dict[str, Any] = {
        "name": words,
        "rule": words,
        "outcome": "triggered",
        "newest": evaluation(words),
        "owner": words,
        "folder": words,
    }
    return TripwireView(**fields | other)


def governance(words: str = "Words.", **other: Any) -> GovernanceView:
    fields: dict[str, Any] = {
        "engaged": (switch(words, name="GLOBAL", title="Everything"), switch(words)),
        "released": (switch(words, name=words, engaged=False, released_at=NOW, cooldown_until=NOW),),
        "tripwires": (tripwire(words), tripwire(name="CAPITAL.roi_event", outcome="ok", newest=None)),
        "events": (SwitchEventView(at=NOW, switch=words, kind="engaged", who=words, reason=words),),
        "choices": ((words, words),),
        "problems": (words,),
        "form": FormView(name="engage", problem=words, values={"reason": words, "domain": words}),
        "dagster_url": "http://127.0.0.1:3000/assets/tripwires/switches",
    }
    return GovernanceView(**fields | other)


def tripwire_page(words: str = "Words.", **other: Any) -> TripwirePageView:
    fields: dict[str, Any] = {
        "tripwire": tripwire(words),
        "evaluations": (evaluation(words), evaluation(words, seq=6, outcome="baseline_released", reason=words)),
        "policy": ((words, words),),
        "frozen_since": NOW,
        "form": FormView(name=f"baseline {words}", problem=words, values={"reason": words}),
    }
    return TripwirePageView(**fields | other)


def incident_line(words: str = "Words.", **other: Any) -> IncidentLine:
    clock = ClockView(done="acknowledged", promise="15m", state="running", due_at=NOW, left="5 min", paused=True)
    late = ClockView(done="mitigated", promise="4h", state="breached", due_at=NOW, met_at=NOW, late=words)
    fields: dict[str, Any] = {
        "id": "INC-20260223-001",
        "title": words,
        "severity": 1,
        "status": "open",
        "started_at": NOW,
        "lasted": words,
        "components": (words,),
        "clocks": (clock, late),
        "late": True,
    }
    return IncidentLine(**fields | other)


def action(words: str = "Words.", **other: Any) -> ActionView:
    fields: dict[str, Any] = {"id": "A1", "text": words, "owner": words, "due": NOW.date(), "overdue": True}
    return ActionView(**fields | {"incident": "INC-20260223-001"} | other)


def figure(words: str = "Words.") -> FigureView:
    return FigureView(
        name=words, incidents=2, unresolved=1, late=None, detect=words, acknowledge=words, mitigate=words, resolve=words
    )


def incidents(words: str = "Words.", **other: Any) -> IncidentsView:
    fields: dict[str, Any] = {
        "open": (incident_line(words),),
        "over": (incident_line(words, id="INC-20260222-001", status="resolved"),),
        "left_out": 5,
        "suggestions": (
            SuggestionView(
                number=7,
                rule=words,
                at=NOW,
                title=words,
                severity=2,
                impact=words,
                components=("api_read",),
                names=(words,),
                started_at=NOW,
                reason=words,
            ),
        ),
        "actions": (action(words),),
        "figures": (figure(words),),
        "choices": (("api_read", words),),
        "promises": ((1, words, words, words),),
        "problems": (words,),
        "form": FormView(name="open", problem=words, values={"title": words, "impact": words}, wrong="impact"),
    }
    return IncidentsView(**fields | other)


def incident(words: str = "Words.", **other: Any) -> IncidentView:
    line = incident_line(words)
    fields: dict[str, Any] = {
        "line": line,
        "impact": words,
        "rca": words,
        "mitigation": words,
        "component_ids": ("api_read",),
        "detected_at": NOW,
        "opened_at": NOW,
        "opened_by": words,
        "place": 3,
        "clocks": line.clocks,
        "actions": (action(words), action(words, id="A2", done_at=NOW, done_by=words, outcome=words, overdue=False)),
        "timeline": (
            EntryView(seq=3, at=NOW, noted_at=NOW, kind="updated", who=words, text=words, changes=((words, words),)),
        ),
        "reopened": 1,
        "rule": words,
        "choices": (("api_read", words),),
        "form": FormView(name="update", problem=words, values={"title": words, "rca": words}, wrong="title"),
    }
    return IncidentView(**fields | other)


def slo_line(words: str = "Words.", **other: Any) -> SloLine:
    fields: dict[str, Any] = {
        "name": words,
        "title": words,
        "kind": "exhausted",
        "sentence": words,
        "target": "99.5%",
        "window": words,
        "sli": "98%",
        "left": "\u221250%",
        "left_share": -0.5,
        "overspent": "50%",
        "firing": "page",
        "owner": words,
        "service": words,
        "at": NOW,
        "stale": True,
    }
    return SloLine(**fields | other)


def slo(words: str = "Words.", **other: Any) -> SloView:
    burn = {"rule": words, "calls_for": words, "limit": words, "long": words, "short": words, "used": words}
    drawn = metric_chart(wave(9), since=NOW - timedelta(hours=9), until=NOW, unit=words, name=words)
    fields: dict[str, Any] = {
        "line": slo_line(words),
        "figures": ((words, words, words),),
        "window_from": NOW,
        "window_to": NOW,
        "exhausted_at": NOW,
        "recorded_at": NOW,
        "source_as_of": NOW,
        "description": words,
        "file": words,
        "queries": ((words, words),),
        "burns": (BurnView(**burn, state="pages", sentence=words), BurnView(**burn, state="few", sentence=words)),
        "budget_chart": drawn,
        "burn_chart": drawn,
        "burn_over": words,
        "chart_problem": words,
        "points": (CoursePoint(at=NOW, left=words, rate=""),),
        "bars": day_bars([DayMark("red", words), DayMark("no_data", words)], label=words),
        "days": (
            SloDay(day=NOW.date(), good=words, total=words, share=words, status="red", coverage=words, measured=words),
        ),
        "corrections": (CorrectionView(id=words, start=NOW, end=NOW, said=words, reason=words),),
        "incidents": (("INC-20260223-001", words),),
        "dagster_url": "http://127.0.0.1:3000/assets/x/y",
    }
    return SloView(**fields | other)


def status(words: str = "Words.", **other: Any) -> StatusView:
    fields: dict[str, Any] = {
        "headline": words,
        "state": "DOWN",
        "title": words,
        "description": words,
        "owner": words,
        "problems": (words,),
        "generated_at": NOW,
        "updated_at": NOW,
        "stale": True,
        "components": (
            ComponentView(
                id="api_read",
                name=words,
                description=words,
                state="DOWN",
                since=NOW,
                reasons=(words,),
                found="OK",
                override=(words, words, NOW),
                updated_at=NOW,
                stale=True,
                flaps=2,
                bars=day_bars([DayMark("amber", words)], label=words),
                available="99%",
                days=(DayRow(day=words, worst="DOWN", down=words, degraded=words, unknown=words),),
            ),
        ),
        "incidents": (incident_line(words),),
        "suggestions": 1,
        "overdue": 1,
        "scenarios": (
            ScenarioView(
                id="A",
                title=words,
                applies=True,
                state="applies",
                since=NOW,
                over_since=None,
                sentence=words,
                symptoms=(SymptomView(text=words, state="shows", figure=words),),
                actions=(words,),
                rollback=words,
                rollback_met=None,
                rollback_figure=words,
            ),
        ),
        "slos": (slo_line(words),),
        "kpis": (
            KpiLine(
                id=words,
                name=words,
                value=words,
                title=words,
                unit=words,
                window=words,
                status="amber",
                at=NOW,
                definition=words,
                problem="",
                owner=words,
                verified=False,
            ),
        ),
        "figures": (figure(words),),
        "figures_over": words,
        "form": FormView(name="end api_read", problem=words, values={"reason": words}, wrong="reason"),
        "contacts": ((words, words),),
        "promises": ((1, words, words, words),),
    }
    return StatusView(**fields | other)


def runbook(words: str = "Words.", **other: Any) -> RunbookView:
    fields: dict[str, Any] = {
        "headline": words,
        "ok": False,
        "generated_at": NOW,
        "items": (
            ItemView(id="kill_switch_clear", state="blocks", message=words, detail=((words, words),), fix=f"`{words}`"),
            ItemView(id="env_sanity", state="warns", message=words, fix=words),
            ItemView(id="lanes_passing", state="passed", message=words),
        ),
        "declared": True,
        "statement": words,
        "statement_at": NOW,
        "form": FormView(name="withdraw", problem=words, values={"reason": words}),
    }
    return RunbookView(**fields | other)
