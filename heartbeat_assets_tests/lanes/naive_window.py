"""The contract's section 4 once more, in loops: what a window report must say. It shares nothing with the package."""

from __future__ import annotations

import json
from typing import Any

REPORT_FIELDS = [
    "generated_at", "strict", "window_last", "thresholds", "entries_total", "entries_in_window",
    "malformed_entries_in_window", "status_counts", "failed_in_window", "failed_rate_pct", "degraded_in_window",
    "degraded_rate_pct", "contract_incomplete_in_window", "contract_incomplete_rate_pct",
    "unknown_rate_violations_in_window", "unknown_rate_violation_rate_pct", "tfa_violations_in_window",
    "tfa_violation_rate_pct", "drilldown_violations_in_window", "drilldown_violation_rate_pct",
    "first_failed_run_at", "last_failed_run_at", "first_degraded_run_at", "last_degraded_run_at",
    "first_contract_incomplete_run_at", "last_contract_incomplete_run_at", "latest", "failed_streak_latest",
    "degraded_streak_latest", "checks", "strict_fail_reasons", "status",
]  # fmt: skip
LATEST_FIELDS = [
    "run_at", "heartbeat_id", "status", "line_no", "malformed_line", "digest_generated_at", "unknown_rate",
    "time_to_first_answer_seconds", "drilldown_click_rate", "unknown_rate_within_threshold",
    "time_to_first_answer_within_threshold", "drilldown_click_rate_within_threshold", "contract_complete",
]  # fmt: skip
RULES = [  # what is counted, count limit, rate limit
    ("failed", "max_failed", "max_failed_rate_pct"),
    ("degraded", "max_degraded", "max_degraded_rate_pct"),
    ("contract_incomplete", "max_contract_incomplete", "max_contract_incomplete_rate_pct"),
    ("unknown_rate_violation", "max_unknown_rate_violations", "max_unknown_rate_violation_rate_pct"),
    ("tfa_violation", "max_tfa_violations", "max_tfa_violation_rate_pct"),
    ("drilldown_violation", "max_drilldown_violations", "max_drilldown_violation_rate_pct"),
]
KPI_OF_VIOLATION = {
    "unknown_rate_violation": ("unknown_rate", "unknown_rate_within_threshold"),
    "tfa_violation": ("time_to_first_answer_seconds", "time_to_first_answer_within_threshold"),
    "drilldown_violation": ("drilldown_click_rate", "drilldown_click_rate_within_threshold"),
}


def read(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if type(found) is dict else None


def status_of(row: dict[str, Any]) -> str:
    written = row.get("status")
    if type(written) is str:
        for known in ("ok", "degraded", "failed"):
            if written.strip().lower() == known:
                return known
    return "failed"


def belongs(row: dict[str, Any], subject: str) -> bool:
    if subject in ("failed", "degraded"):
        return status_of(row) == subject
    if subject == "contract_incomplete":
        return row.get("contract_complete") is not True
    return row.get(KPI_OF_VIOLATION[subject][1]) is not True


def expected_report(history: list[bytes], last: int, limits: dict[str, float]) -> dict[str, Any]:
    everything = [line for line in history if line.strip() != b""]
    window = everything[max(0, len(everything) - last) :]
    rows = [read(line) for line in window]
    known = [row for row in rows if row is not None]
    total = len(rows)

    members = {subject: [row for row in known if belongs(row, subject)] for subject, _, _ in RULES}
    rates = {subject: round(len(found) * 100 / total, 4) if total > 0 else 0.0 for subject, found in members.items()}

    checks: dict[str, bool] = {}
    reasons: list[str] = []

    def rule(check: str, passed: bool, reason: str) -> None:
        checks[check] = passed
        if not passed:
            reasons.append(reason)

    rule("window_nonempty_ok", total > 0, "empty_window")
    rule("malformed_entries_ok", len(known) == total, "malformed_entries_present")
    for subject, count_limit, rate_limit in RULES:
        if count_limit in limits:
            passed = len(members[subject]) <= limits[count_limit]
            rule(f"{count_limit}_ok", passed, f"{count_limit}_exceeded")
        if rate_limit in limits:
            stem = rate_limit.removesuffix("_pct")
            rule(f"{stem}_ok", rates[subject] <= limits[rate_limit], f"{stem}_exceeded")
    newest = rows[-1] if rows else None
    rule("latest_not_failed_ok", newest is not None and status_of(newest) != "failed", "latest_status_failed")
    complete = newest is not None and newest.get("contract_complete") is True
    rule("latest_contract_complete_ok", complete, "latest_contract_incomplete")
    kept = newest is not None and all(newest.get(check) is True for _, check in KPI_OF_VIOLATION.values())
    rule("latest_thresholds_ok", kept, "latest_threshold_violation")

    report: dict[str, Any] = {
        "window_last": last,
        "thresholds": dict(limits),
        "entries_total": len(everything),
        "entries_in_window": total,
        "malformed_entries_in_window": total - len(known),
        "status_counts": {
            status: len([row for row in known if status_of(row) == status]) for status in ("ok", "degraded", "failed")
        },
        "checks": checks,
        "strict_fail_reasons": reasons,
        "latest": expected_latest(newest, len(everything)),
    }
    for subject, found in members.items():
        counter = f"{subject}s_in_window" if subject.endswith("violation") else f"{subject}_in_window"
        report[counter] = len(found)
        report[f"{subject}_rate_pct"] = rates[subject]
    for subject in ("failed", "degraded", "contract_incomplete"):
        found = members[subject]
        report[f"first_{subject}_run_at"] = text(found[0].get("run_at")) if found else ""
        report[f"last_{subject}_run_at"] = text(found[-1].get("run_at")) if found else ""
    for subject in ("failed", "degraded"):
        streak = 0
        while streak < total and (row := rows[total - 1 - streak]) is not None and status_of(row) == subject:
            streak += 1
        report[f"{subject}_streak_latest"] = streak

    if total == 0:
        report["status"] = "degraded"
    elif reasons:
        report["status"] = "failed"
    elif any(members[subject] for subject in members if subject != "failed"):
        report["status"] = "degraded"
    else:
        report["status"] = "ok"
    return report


def expected_latest(newest: dict[str, Any] | None, place: int) -> dict[str, Any]:
    row = newest or {}
    latest: dict[str, Any] = {
        "run_at": text(row.get("run_at")),
        "heartbeat_id": text(row.get("heartbeat_id")),
        "status": "failed" if newest is None else status_of(newest),
        "line_no": place,
        "malformed_line": newest is None,
        "digest_generated_at": text(row.get("digest_generated_at")),
        "contract_complete": truth(row.get("contract_complete")),
    }
    for kpi, check in KPI_OF_VIOLATION.values():
        value = row.get(kpi)
        latest[kpi] = value if type(value) in (int, float) and abs(value) < 1e308 else None
        latest[check] = truth(row.get(check))
    return latest


def text(value: Any) -> str:
    return value if type(value) is str else ""


def truth(value: Any) -> bool | None:
    return value if value is True or value is False else None
