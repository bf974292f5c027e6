"""How everything stands, made by hand: calm, in trouble, and with nothing known yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from heartbeat_assets.objectives.operations import (
    ComponentStatus,
    ContactsNow,
    Kpi,
    Operations,
    Override,
    ScenarioNow,
    SymptomNow,
    UptimeDay,
)

NOW = datetime(2026, 2, 8, 0, 4, 31, tzinfo=UTC)
AS_OF = datetime(2026, 2, 8, tzinfo=UTC)
SUPPORT = "support@clawdeals.example"
DAY = 86_400


def days(*bad: tuple[int, str], unknown: int = 0) -> tuple[UptimeDay, ...]:
    """90 days up to 7 February, so many of the oldest unknown; `bad` are days ago and state."""
    worse = dict(bad)
    made = []
    for ago in range(89, -1, -1):
        day = date(2026, 2, 7) - timedelta(days=ago)
        down = 5_400 if worse.get(ago) == "DOWN" else 0
        degraded = 9_000 if worse.get(ago) == "DEGRADED" else 0
        nobody = DAY if ago >= 90 - unknown else 0
        made.append(UptimeDay(day, DAY - down - degraded - nobody, degraded, down, nobody))
    return tuple(made)


def component(name: str, title: str, state: str = "OK", **fields: Any) -> ComponentStatus:
    """A component."""
    given: dict[str, Any] = {
        "description": "", "essential": True, "found": state, "since": AS_OF - timedelta(hours=2), "reasons": (),
        "override": None, "updated_at": AS_OF, "stale": False, "flaps": 0, "days": days(), **fields,
    }  # fmt: skip
    return ComponentStatus(id=name, name=title, state=state, **given)  # type: ignore[arg-type]


def slo(name: str, title: str, kind: str, **fields: Any) -> dict[str, Any]:
    """A record of a verdict."""
    budget = {"state": "GREEN", "unit": "events", "good": 99_962.0, "bad": 38.0, "total": 100_000.0, "sli": 0.99962,
              "is_met": True, "allowed": 500.0, "left": 462.0, "consumed": 0.076, "left_fraction": 0.924,
              "seconds": 13_392.0, "seconds_left": 12_374.0}  # fmt: skip
    return {
        "name": name, "display_name": title, "document": name, "service": "api", "owner": "team:platform",
        "description": "", "method": "Occurrences", "target": 0.995, "judged_at": AS_OF.isoformat(),
        "window": {"kind": kind, "duration": "1M", "start": "2026-02-01T00:00:00+00:00"}, "state": "GREEN",
        "severity": None, "sentence": "92.4% of the budget is left.", "budget": budget, "raw": budget,
        "coverage": {"elapsed": 604_800.0, "measured": 604_500.0, "excluded": 0.0, "fraction": 0.9995}, "burns": [],
        "burn_rate": 0.31, "burn_rate_over": "1h", "exhausted_at": None, "corrections": [], "kind": "green",
        "recorded_at": AS_OF.isoformat(), "stale": False, "days": [], **fields,
    }  # fmt: skip


def kpi(name: str, definition: str, value: float | None, unit: str, **fields: Any) -> Kpi:
    """A metric."""
    given: dict[str, Any] = {
        "name": name.replace("_", " ").capitalize(), "methodology": "Count of rows in the window.",
        "window": "rolling 7 days", "sources": ("public.offers",), "status": "green", "at": AS_OF, "computed_at": NOW,
        "owner": "team:product", "verified": True, **fields,
    }  # fmt: skip
    return Kpi(id=name, definition=definition, unit=unit, value=value, **given)


def incident(number: int = 1, **fields: Any) -> dict[str, Any]:
    """A record of an incident that is over; those who worked on it are in it."""
    return {
        "id": f"INC-20260205-{number:03d}", "title": "Stream stood still", "severity": 2, "status": "resolved",
        "impact": "Clients saw no new events.", "rca": "A worker ran out of memory.", "mitigation": "Restarted it.",
        "components": ["sse_stream"], "started_at": "2026-02-05T10:00:00+00:00",
        "ended_at": "2026-02-05T11:30:00+00:00", "detected_at": "2026-02-05T10:05:00+00:00",
        "opened_at": "2026-02-05T10:07:00+00:00", "acknowledged_at": "2026-02-05T10:12:00+00:00",
        "mitigated_at": "2026-02-05T11:30:00+00:00", "resolved_at": "2026-02-05T12:00:00+00:00",
        "updated_at": "2026-02-05T12:00:00+00:00", "opened_by": "ann@clawdeals.example", "reopened": 0, "rule": "",
        "suggestion": None, "place": 4, "sla_breached": True,
        "actions": [
            {"id": "A1", "text": "Give workers a limit", "owner": "team:platform", "due": "2026-02-12",
             "added_at": "2026-02-05T12:00:00+00:00", "done_at": None, "done_by": "", "outcome": "", "overdue": False},
            {"id": "A2", "text": "Alert on memory", "owner": "ben@clawdeals.example", "due": "2026-02-06",
             "added_at": "2026-02-05T12:00:00+00:00", "done_at": None, "done_by": "", "outcome": "", "overdue": True},
        ],
        "timeline": [
            {"seq": 1, "place": 1, "kind": "opened", "at": "2026-02-05T10:07:00+00:00",
             "recorded_at": "2026-02-05T10:07:00+00:00", "actor": "ann@clawdeals.example", "text": "No events arrive",
             "changes": {}},
            {"seq": 2, "place": 2, "kind": "mitigated", "at": "2026-02-05T11:30:00+00:00",
             "recorded_at": "2026-02-05T11:31:00+00:00", "actor": "ben@clawdeals.example", "text": "Restarted",
             "changes": {}},
        ],
        "clocks": [
            {"name": "acknowledge", "spell": 1, "severity": 2, "promise": "1h", "since": "2026-02-05T10:05:00+00:00",
             "due_at": "2026-02-05T11:05:00+00:00", "met_at": "2026-02-05T10:12:00+00:00", "state": "met",
             "remaining_seconds": None, "late_seconds": None, "paused": False},
            {"name": "mitigate", "spell": 1, "severity": 2, "promise": "1 business day",
             "since": "2026-02-05T10:05:00+00:00", "due_at": "2026-02-05T11:00:00+00:00",
             "met_at": "2026-02-05T11:30:00+00:00", "state": "breached", "remaining_seconds": None,
             "late_seconds": 1800.0, "paused": False},
        ],
        **fields,
    }  # fmt: skip


def figures() -> tuple[dict[str, Any], ...]:
    """The figures of all incidents."""
    return ({
        "severity": None, "incidents": 1, "unresolved": 0, "mttd": {"seconds": 300.0, "count": 1},
        "mtta": {"seconds": 420.0, "count": 1}, "mttm": {"seconds": 5100.0, "count": 1},
        "mttr": {"seconds": 6900.0, "count": 1}, "sla_breached": 1,
    },)  # fmt: skip


SCENARIO = ScenarioNow(
    id="A", title="SSE down or delayed", applies=False, since=None, over_since=None,
    symptoms=(
        SymptomNow("no new events in client stream", False, "SSE delay is 1.2 s, not above 30", True, True, AS_OF),
        SymptomNow("SSE reconnect storms", None, "", False, False, None),
    ),
    actions=("Switch clients to polling mode (e.g. `/api/v1/*` list endpoints) at 15-30s interval.",
             "Verify SSE workers and restart if needed."),
    rollback="restore SSE and revert polling once P95 delay < 5s.", rollback_met=None,
    rollback_figure="", sentence="Scenario A does not apply.",
)  # fmt: skip


def calm() -> Operations:
    """All is well; one incident is over."""
    return Operations(
        generated_at=NOW, title="Marketplace", description="Deals, listings and offers.", owner="Platform/Ops",
        state="OK", sentence="Everything people use works.", updated_at=AS_OF, stale=False,
        components=(
            component("api_read", "API Read", description="What clients read, by GET.", days=days(unknown=30)),
            component("api_write", "API Write", days=days((12, "DEGRADED"), unknown=30)),
            component("sse_stream", "SSE Stream", days=days((2, "DOWN"), (3, "DEGRADED"), (40, "DOWN"), unknown=30)),
            component("background_jobs", "Background Jobs", essential=False),
            component("console_admin", "Console/Admin", essential=False),
        ),
        slos=(
            slo("api-read", "API read availability (GET requests)", "this calendar window of 1 month",
                description="`audit_logs` where `request.method = GET` and `outcome = success`."),
            slo("sse-delay", "SSE delivery delay (P95): <= 5s", "the last 7 days", target=0.95),
        ),
        kpis=(
            kpi("deals_per_day", "Count of deals created in NEW state per day.", 41.0, "deals",
                window="rolling 24h", sources=("public.deals",)),
            kpi("offer_to_accept_rate", "Share of offers accepted.", 17.625, "%"),
            kpi("reports_per_1000_actions", "Reports per 1,000 write actions.", 1.2375, "reports", status="amber",
                owner="ann@clawdeals.example", verified=False),
            kpi("votes_per_deal", "Average total votes per ACTIVE deal.", None, "votes", status="no_data", at=None),
        ),
        incidents=(incident(),), suggestions=(), overdue=(), figures=figures(),
        scenarios=(SCENARIO,),
        contacts=ContactsNow("#ops-oncall", "#incidents", SUPPORT, "24/7 for Sev-1, business hours for Sev-2/3"),
        sla=(
            {"severity": 1, "acknowledge": "15m", "mitigate": "4h", "hours": "always"},
            {"severity": 2, "acknowledge": "1h", "mitigate": "1 business day", "hours": "business"},
            {"severity": 3, "acknowledge": "1 business day", "mitigate": "best effort", "hours": "business"},
        ),
        settle_seconds=600,
    )  # fmt: skip


def trouble() -> Operations:
    """The stream is down, an incident is open, a scenario applies, one state was set by hand."""
    now = calm()
    down = component(
        "sse_stream", "SSE Stream", "DOWN", description="Events that clients receive as they happen.",
        reasons=("The delay of events (P95) is 412 s, above 300.",), stale=True, flaps=3,
        days=days((0, "DOWN"), (3, "DEGRADED"), (40, "DOWN"), unknown=30),
    )  # fmt: skip
    by_hand = component(
        "console_admin", "Console/Admin", "DEGRADED", essential=False,
        override=Override("DEGRADED", NOW + timedelta(hours=3), "ann@clawdeals.example", "Moving house", NOW),
        reasons=("A person says it is DEGRADED until 2026-02-08 03:04 UTC: Moving house", "By the rules it is OK."),
    )  # fmt: skip
    burning = slo("api-read", "API read availability (GET requests)", "this calendar window of 1 month", state="RED",
                  exhausted_at="2026-02-11T06:00:00+00:00", burn_rate=14.8)  # fmt: skip
    burning["budget"] = {**burning["budget"], "sli": 0.9951, "left_fraction": 0.021, "state": "RED"}
    burning["burns"] = [
        {
            "fires": True,
            "severity": "ERROR",
            "rule": "2% in 1h+5min",
            "sentence": "2% of the budget went in the last hour.",
        }
    ]
    worn = slo("sse-delay", "SSE delivery delay (P95): <= 5s", "the last 7 days", target=0.95, state="EXHAUSTED")
    worn["budget"] = {**worn["budget"], "sli": 0.91, "left_fraction": -0.8, "state": "EXHAUSTED"}
    still = incident(
        2, id="INC-20260207-001", title="Events do not arrive", severity=1, status="open", ended_at=None, rca="",
        started_at="2026-02-07T22:50:00+00:00", opened_at="2026-02-07T23:00:00+00:00", resolved_at=None,
        mitigated_at=None, mitigation="", updated_at="2026-02-07T23:10:00+00:00", actions=[],
    )  # fmt: skip
    return replace(
        now, state="DOWN", sentence="SSE Stream is DOWN since 2026-02-07 22:55 UTC.", stale=True,
        components=(*now.components[:2], down, now.components[3], by_hand), slos=(burning, worn),
        incidents=(still, *now.incidents),
        scenarios=(replace(
            SCENARIO, applies=True, since=AS_OF - timedelta(hours=1), rollback_met=False,
            rollback_figure="P95 delay is 412 s, not below 5",
            symptoms=(replace(SCENARIO.symptoms[0], shows=True, figure="SSE delay is 412 s, above 30"),),
        ),),
    )  # fmt: skip


def unknown() -> Operations:
    """Nothing was measured and nothing is declared."""
    return Operations(
        generated_at=NOW, title="Operations", description="", owner="", state="NO_DATA",
        sentence="Nothing is known yet.", updated_at=None, stale=True,
        components=(component("api", "API", "NO_DATA", since=None, updated_at=None, stale=True, days=(),
                              reasons=("Nothing was measured yet.",)),),
        slos=(), kpis=(), incidents=(), suggestions=(), overdue=(), figures=(), scenarios=(),
        contacts=ContactsNow("", "", "", ""), sla=(), settle_seconds=600,
    )  # fmt: skip
