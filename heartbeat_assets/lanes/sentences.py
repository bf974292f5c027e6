"""What a finding says to a tired person at 03:00: what happened, in how many runs, against which limit.

One sentence per rule, used by the terminal, the report and Dagster alike. It must not decide anything.
"""

from __future__ import annotations

from heartbeat_assets.lanes.rules import DEGRADED, FAILED, INCOMPLETE, Rule
from heartbeat_assets.lanes.spec import Kpi, LaneSpec
from heartbeat_assets.lanes.values import instant, number
from heartbeat_assets.lanes.window import Finding, Verdict

_STATE = {
    FAILED: ("failed", "{n} of the last {total} runs failed"),
    DEGRADED: ("degraded", "{n} of the last {total} runs were degraded"),
    INCOMPLETE: ("contract-incomplete", "{n} of the last {total} runs were not contract-complete"),
}


def rule_sentence(spec: LaneSpec, rule: Rule) -> str:
    """What `rule` asks for, before anything is judged."""
    limit = limit_text(rule)
    kpi = _kpi_of(spec, rule)
    last = spec.window.last
    fixed = {
        "window_nonempty_ok": "The history has at least one heartbeat.",
        "malformed_entries_ok": f"None of the last {last} rows is malformed.",
        "latest_not_failed_ok": "The newest heartbeat is well formed and did not fail.",
        "latest_contract_complete_ok": "The newest heartbeat is contract-complete: every KPI known, status ok.",
        "latest_thresholds_ok": "The newest heartbeat keeps every KPI threshold.",
        "min_entries_ok": f"The window has at least {limit} heartbeats.",
        "latest_fresh_ok": f"The newest heartbeat is not older than {limit}.",
    }
    if rule.check in fixed:
        return fixed[rule.check]
    what = f"violate {kpi.name}" if kpi else "are " + _STATE[rule.subject][0]
    return f"At most {limit} of the last {last} runs {what}."


def finding_sentence(spec: LaneSpec, finding: Finding, total: int) -> str:
    """What was found for one rule over a window of `total` rows."""
    rule, limit = finding.rule, limit_text(finding.rule)
    kpi = _kpi_of(spec, rule)
    if rule.check == "window_nonempty_ok":
        return f"The window holds {total} heartbeats." if total else "There is no heartbeat yet: run the lane once."
    if rule.check == "malformed_entries_ok":
        return f"{finding.count} of the last {total} rows {'is' if finding.count == 1 else 'are'} malformed (limit 0)."
    if rule.check == "min_entries_ok":
        return f"The window holds {total} heartbeats (at least {limit} wanted)."
    if rule.kind in ("latest", "max_age"):
        return _latest_sentence(spec, finding, limit)
    if kpi:
        return _kpi_sentence(kpi, finding, total, limit)
    return _STATE[rule.subject][1].format(n=finding.count, total=total) + f"{_rate(finding)} (limit {limit})."


def limit_text(rule: Rule) -> str:
    """The limit as a person writes it: 0, 5%, 36 h."""
    limit = rule.limit or 0
    if rule.kind == "rate":
        return f"{limit:g}%"
    if rule.kind == "max_age":
        return f"{limit / 3600:g} h" if limit >= 3600 else f"{limit / 60:g} min"
    return f"{limit:g}"


def verdict_sentence(spec: LaneSpec, verdict: Verdict) -> str:
    """The verdict in one or two sentences: what is wrong first, and what it blocks."""
    total = len(verdict.rows)
    if not verdict.blocking:
        state = "No rule is broken" if not verdict.reasons else "Only rules that warn are broken"
        return f"{state} over the last {total} runs. Publishing is allowed."
    kpi_first = sorted(verdict.blocking, key=lambda finding: _kpi_of(spec, finding.rule) is None)
    return f"{finding_sentence(spec, kpi_first[0], total)} Publishing is blocked."


def value_text(value: float | int | None) -> str:
    """A KPI value in three significant digits, or what is said when there is none."""
    return "no value" if value is None else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def minute_text(run_at: str) -> str:
    """An instant as people write it: 2026-02-23 16:03 UTC. What cannot be read is given back."""
    known = instant(run_at)
    return known.strftime("%Y-%m-%d %H:%M UTC") if known else run_at or "an unknown time"


def _kpi_of(spec: LaneSpec, rule: Rule) -> Kpi | None:
    if rule.kind not in ("count", "rate"):
        return None
    return next((kpi for kpi in spec.kpis if kpi.window == rule.subject), None)


def _kpi_sentence(kpi: Kpi, finding: Finding, total: int, limit: str) -> str:
    if not finding.offenders:
        return f"{kpi.name} kept its threshold in all of the last {total} runs (limit {limit})."
    content = finding.offenders[-1].content or {}
    value, threshold = number(content.get(kpi.name)), number(content.get(kpi.threshold_name))
    if value is None:
        what = "had no value"
    else:
        side, edge = ("above", "maximum") if kpi.max is not None else ("below", "minimum")
        bound = kpi.threshold if threshold is None else threshold
        what = f"was {value_text(value)}, {side} its {edge} {value_text(bound)},"
    return f"{kpi.name} {what} in {finding.count} of the last {total} runs{_rate(finding)} (limit {limit})."


def _rate(finding: Finding) -> str:
    return f", {finding.rate_pct:g}%" if finding.rule.kind == "rate" else ""


def _latest_sentence(spec: LaneSpec, finding: Finding, limit: str) -> str:
    if finding.passed:
        return rule_sentence(spec, finding.rule)
    if not finding.offenders:
        return "There is no newest heartbeat: run the lane once."
    row = finding.offenders[0]
    if row.content is None:
        return f"The newest row (line {row.place}) is malformed."
    since = minute_text(row.run_at)
    if finding.rule.kind == "max_age":
        return f"The newest heartbeat is from {since}, older than {limit}: the producer may have stopped."
    if finding.rule.subject == FAILED:
        why = ", ".join(str(reason) for reason in row.content.get("failure_reasons") or []) or "no reason given"
        return f"The newest heartbeat ({since}) failed: {why}."
    if finding.rule.subject == INCOMPLETE:
        missing = ", ".join(str(name) for name in row.content.get("missing_metrics") or [])
        return f"The newest heartbeat ({since}) is not contract-complete" + (f": no {missing}." if missing else ".")
    broken = [kpi.name for kpi in spec.kpis if row.content.get(kpi.check_name) is not True]
    return f"The newest heartbeat ({since}) breaks the threshold of {', '.join(broken)}."
