"""Views made by hand, as the pages are given them. Text in them is as hostile as a test wants it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from heartbeat_assets.cockpit.charts import (
    Band,
    Point,
    RowMark,
    Rule,
    ThresholdStep,
    change_chart,
    heartbeat_strip,
    kpi_trend,
    metric_chart,
    sparkline,
    status_strip,
)
from heartbeat_assets.cockpit.views import (
    AuditEvent,
    BenchmarkView,
    DocumentView,
    Editable,
    EvaluationView,
    EvidenceRow,
    FormView,
    GovernanceView,
    HistoryRow,
    HomeFilters,
    HomeView,
    ItemView,
    KpiView,
    LaneSummary,
    LaneView,
    MetricView,
    PageView,
    RangeChoice,
    RuleView,
    RunbookView,
    ServiceView,
    SourceView,
    Streak,
    SwitchEventView,
    SwitchView,
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
