"""What a finding says to a tired person at 03:00: what happened, in how many runs, against which limit.

One sentence per rule, used by the terminal, the report and Dagster alike. It must not decide anything.
"""

from __future__ import annotations

import math

from heartbeat_assets.lanes.criteria import Criterion, named
from heartbeat_assets.lanes.history import HistoryRow
from heartbeat_assets.lanes.rules import DEGRADED, FAILED, INCOMPLETE, Rule
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.spec_criteria import Condition, Kpi
from heartbeat_assets.lanes.values import Document, instant, number, text, texts
from heartbeat_assets.lanes.window import Finding, Verdict

_STATE = {
    FAILED: ("failed", "failed", "failed"),
    DEGRADED: ("are degraded", "was degraded", "were degraded"),
    INCOMPLETE: ("are not contract-complete", "was not contract-complete", "were not contract-complete"),
}
_DECIMALS = 6
# What a rule asks for, by its check; {limit} and {last} are filled in.
_ASKED = {
    "window_nonempty_ok": "The history has at least one heartbeat.",
    "malformed_entries_ok": "None of the last {last} rows is malformed.",
    "latest_not_failed_ok": "The newest heartbeat is well formed and did not fail.",
    "latest_contract_complete_ok": "The newest heartbeat is contract-complete: every KPI known, status ok.",
    "latest_thresholds_ok": "The newest heartbeat keeps every KPI threshold.",
    "min_entries_ok": "The window has at least {limit} heartbeats.",
    "latest_fresh_ok": "The newest heartbeat is not older than {limit}.",
}


def rule_sentence(spec: LaneSpec, rule: Rule) -> str:
    """What `rule` asks for, before anything is judged."""
    limit, last = limit_text(rule), spec.window.last
    criterion = named(spec.criteria, rule.subject)
    if rule.check in _ASKED:
        return _ASKED[rule.check].format(limit=limit, last=last)
    if criterion is None:
        return f"At most {limit} of the last {last} runs {_STATE[rule.subject][0]}."
    if rule.kind == "latest":
        absent = " A run from before the gate existed passes." if criterion.optional else ""
        return f"The newest heartbeat passed {_called(criterion)}.{absent}"
    what = f"violate {criterion.name}" if criterion.kind == "kpi" else f"fail {_called(criterion)}"
    return f"At most {limit} of the last {last} runs {what}."


def finding_sentence(spec: LaneSpec, finding: Finding, total: int) -> str:
    """What was found for one rule over a window of `total` rows."""
    rule, limit, count = finding.rule, limit_text(finding.rule), finding.count
    if rule.check == "window_nonempty_ok":
        return f"The window holds {_heartbeats(total)}." if total else "There is no heartbeat yet: run the lane once."
    if rule.check == "malformed_entries_ok":
        return f"{count} of {last_of(total, 'rows')} {'is' if count == 1 else 'are'} malformed (limit 0)."
    if rule.check == "min_entries_ok":
        return f"The window holds {_heartbeats(total)} (at least {limit} wanted)."
    if rule.kind in ("latest", "max_age"):
        return _latest_sentence(spec, finding, limit)
    criterion = named(spec.criteria, rule.subject)
    if criterion is not None and criterion.kind == "kpi":
        return _kpi_sentence(_kpi_of(spec, criterion), finding, total, limit)
    if criterion is not None:
        return _gate_sentence(spec, criterion, finding, total, limit)
    did = _STATE[rule.subject][1 if count == 1 else 2]
    return f"{count} of {last_of(total)} {did}{_rate(finding)} (limit {limit})."


def limit_text(rule: Rule) -> str:
    """The limit as a person writes it: 0, 5%, 36 h."""
    limit = rule.limit or 0
    if rule.kind == "rate":
        return f"{_plain(limit, _DECIMALS)}%"
    if rule.kind == "max_age":
        return f"{_plain(limit / 3600, 2)} h" if limit >= 3600 else f"{_plain(limit / 60, 2)} min"
    return _plain(limit, _DECIMALS)


def verdict_sentence(spec: LaneSpec, verdict: Verdict, *, publishes: bool = True) -> str:
    """The verdict in one or two sentences: what is wrong first, and what it blocks.

    Where nothing `publishes`, what it would block.
    """
    total, publishing = len(verdict.rows), f"Publishing {'is' if publishes else 'would be'}"
    if not verdict.blocking:
        state = "No rule is broken" if not verdict.reasons else "Only rules that warn are broken"
        return f"{state} over {last_of(total)}. {publishing} allowed."
    telling = min(verdict.blocking, key=lambda finding: _vagueness(spec, finding))
    return f"{finding_sentence(spec, telling, total)} {publishing} blocked."


def value_text(value: float | int | None) -> str:
    """A KPI value in three significant digits, or what is said when there is none."""
    return "no value" if value is None else _plain(value, _decimals(value))


def last_of(total: int, things: str = "runs") -> str:
    """`the last 20 runs`, for a window that may hold a single one."""
    return f"1 {things.removesuffix('s')}" if total == 1 else f"the last {total:,} {things}"


def minute_text(run_at: str) -> str:
    """An instant as people write it: 2026-02-23 16:03 UTC. What cannot be read is given back."""
    known = instant(run_at)
    return known.strftime("%Y-%m-%d %H:%M UTC") if known else run_at or "an unknown time"


def _vagueness(spec: LaneSpec, finding: Finding) -> int:
    """How little a finding says about the cause: a KPI or a gate says most, a status least."""
    criterion = named(spec.criteria, finding.rule.subject)
    if criterion is None or finding.rule.kind == "latest":
        return 2
    return 1 if criterion.kind == "focus_gate" else 0


def _kpi_of(spec: LaneSpec, criterion: Criterion) -> Kpi:
    return next(kpi for kpi in spec.kpis if kpi.name == criterion.name)


def _called(criterion: Criterion) -> str:
    return "the focus gate (all gates together)" if criterion.kind == "focus_gate" else criterion.name


def _gate_sentence(spec: LaneSpec, criterion: Criterion, finding: Finding, total: int, limit: str) -> str:
    name = "The focus gate" if criterion.kind == "focus_gate" else criterion.name
    if not finding.offenders:
        return f"{name} passed in {'all of ' if total > 1 else ''}{last_of(total)} (limit {limit})."
    why = why_gate_failed(spec, criterion, finding.offenders[-1])
    return f"{name} failed in {finding.count} of {last_of(total)}{_rate(finding)} (limit {limit}): {why}."


def why_gate_failed(spec: LaneSpec, criterion: Criterion, row: HistoryRow) -> str:
    """Which gates, or which of its conditions, kept a gate from passing in `row`."""
    content = row.content or {}
    if criterion.kind == "focus_gate":
        gates = [one.name for one in spec.criteria if one.kind == "gate" and one.broken_by(content)]
        return ", ".join(gates) or "the row does not say that it passed"
    if content.get(criterion.field) is not False:
        return "the row does not say that it passed"
    conditions = next(gate.conditions for gate in spec.gates if gate.name == criterion.name)
    known = [one for one in conditions if one.in_rows(spec) and one.figure in content]
    broken = [said for said in (_condition_text(condition, content) for condition in known) if said]
    if broken:
        return " and ".join(broken)
    if len(known) < len(conditions):
        return "not all of its figures are in the row" if known else "its figures are not in the row"
    return "its figures keep the bounds of defs.yaml today; the run had others"


def _condition_text(condition: Condition, content: Document) -> str:
    """What a recorded figure was, when it broke `condition` by the bound of defs.yaml."""
    value = number(content.get(condition.figure))
    if value is None:
        return f"{condition.figure} had no value"
    if condition.within(value, condition.threshold):
        return ""
    shown, bound = _side_by_side(value, condition.threshold)
    return f"{condition.figure} was {shown}, {condition.beyond} its {condition.extreme} {bound}"


def _kpi_sentence(kpi: Kpi, finding: Finding, total: int, limit: str) -> str:
    if not finding.offenders:
        return f"{kpi.name} kept its threshold in {'all of ' if total > 1 else ''}{last_of(total)} (limit {limit})."
    content = finding.offenders[-1].content or {}
    value, threshold = number(content.get(kpi.name)), number(content.get(kpi.threshold_name))
    bound = kpi.threshold if threshold is None else threshold
    if value is None:
        what = "had no value"
    elif kpi.within(value, bound):
        what = f"was {value_text(value)} with no check that it kept its {kpi.extreme} {value_text(bound)},"
    else:
        shown, shown_bound = _side_by_side(value, bound)
        what = f"was {shown}, {kpi.beyond} its {kpi.extreme} {shown_bound},"
    return f"{kpi.name} {what} in {finding.count} of {last_of(total)}{_rate(finding)} (limit {limit})."


def _side_by_side(value: float, bound: float) -> tuple[str, str]:
    """Two different numbers with as many decimals as the longer one has, and as it takes to tell them apart."""
    decimals = max(len(value_text(one).partition(".")[2]) for one in (value, bound))
    while decimals < _DECIMALS and f"{value:.{decimals}f}" == f"{bound:.{decimals}f}":
        decimals += 1
    return f"{value:,.{decimals}f}", f"{bound:,.{decimals}f}"


def _decimals(value: float) -> int:
    """How many decimals show three significant digits of `value`, as far as KPIs have any."""
    magnitude = math.floor(math.log10(abs(value))) if value else 0
    return min(max(2 - magnitude, 0), _DECIMALS)


def _plain(value: float, decimals: int) -> str:
    """`value` rounded, thousands apart, without zeros that say nothing and without an exponent."""
    written = f"{value:,.{decimals}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _heartbeats(count: int) -> str:
    return "1 heartbeat" if count == 1 else f"{count:,} heartbeats"


def _rate(finding: Finding) -> str:
    return f", {_plain(finding.rate_pct, _DECIMALS)}%" if finding.rule.kind == "rate" else ""


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
    criterion = named(spec.criteria, finding.rule.subject)
    if criterion is not None:
        return f"The newest heartbeat ({since}) failed {_called(criterion)}: {why_gate_failed(spec, criterion, row)}."
    if finding.rule.subject == FAILED:
        error = text(row.content.get("error"))
        if error:
            return f"The newest run ({since}) failed: {error.removesuffix('.')}."
        why = ", ".join(texts(row.content.get("failure_reasons"))) or "no reason given"
        return f"The newest heartbeat ({since}) failed: {why}."
    if finding.rule.subject == INCOMPLETE:
        missing = ", ".join(texts(row.content.get("missing_metrics")))
        return f"The newest heartbeat ({since}) is not contract-complete" + (f": no {missing}." if missing else ".")
    broken = [kpi.name for kpi in spec.kpis if row.content.get(kpi.check_name) is not True]
    return f"The newest heartbeat ({since}) breaks the threshold of {', '.join(broken)}."
