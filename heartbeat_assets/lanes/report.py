"""What a published report says: the digest and verdict as a document, a page of Markdown and a badge.

Pure text from documents. It must not write files.
"""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from typing import Any

from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.outcome import figure
from heartbeat_assets.lanes.sentences import finding_sentence, last_of, minute_text, value_text, verdict_sentence
from heartbeat_assets.lanes.spec_criteria import Condition, Gate, Kpi
from heartbeat_assets.lanes.values import Document, instant_text, number, section
from heartbeat_assets.lanes.window import Verdict

SYMBOLS = {"ok": "●", "degraded": "▲", "failed": "◆"}
GATE_MARKS = {True: "● passed", False: "◆ failed", None: "○ not known"}
_COLOURS = {"ok": "#2e7d32", "degraded": "#b26a00", "failed": "#b3261e"}
# What XML cannot hold, escaped or not.
_CONTROL = re.compile(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_UNITS = {"ratio": "", "seconds": " s", "count": "", "number": ""}


def report_document(lane: Lane, digest: Document, verdict: Verdict, now: datetime) -> Document:
    """The report as one JSON document: what, since when, the digest, the verdict."""
    return {
        "lane": lane.name,
        "title": lane.spec.publish.title or lane.name,
        "published_at": instant_text(now),
        "status": verdict.status,
        "summary": verdict_sentence(lane.spec, verdict),
        "digest": digest,
        "window": verdict.report,
        "rules": [
            {"check": finding.rule.check, "passed": finding.passed, "severity": finding.rule.severity,
             "finding": finding_sentence(lane.spec, finding, len(verdict.rows))}
            for finding in verdict.findings
        ],
    }  # fmt: skip


def kpi_rows(lane: Lane, digest: Document) -> list[tuple[Kpi, float | None, float, bool | None]]:
    """Each KPI with its value, its threshold and whether it keeps to it (None: not known)."""
    metrics, limits, checks = (section(digest, name) for name in ("metrics", "thresholds", "checks"))
    return [
        (kpi, metrics.get(kpi.name), limits.get(kpi.threshold_name, kpi.threshold), checks.get(kpi.check_name))
        for kpi in lane.spec.kpis
    ]


def gate_rows(lane: Lane, digest: Document) -> list[tuple[Gate, str, bool | None]]:
    """Each gate, its figures beside their bounds in words, and whether it passed (None: not known)."""
    limits, checks = section(digest, "thresholds"), section(digest, "checks")
    return [
        (gate, "; ".join(_condition(one, digest, limits) for one in gate.conditions), checks.get(gate.name))
        for gate in lane.spec.gates
    ]


def _condition(condition: Condition, digest: Document, limits: Document) -> str:
    try:
        value = number(figure(digest, condition.value))
    except KeyError:
        value = None
    bound = limits.get(condition.threshold_name, condition.threshold)
    return f"{condition.value.rpartition('.')[2]} {value_text(value)} ({condition.edge} {value_text(bound)})"


def gates_summary(lane: Lane, digest: Document) -> str:
    """How many gates passed, in words."""
    passed, total = sum(1 for _, _, held in gate_rows(lane, digest) if held), len(lane.spec.gates)
    return f"{passed} of {total} {'gate' if total == 1 else 'gates'} passed"


def with_unit(kpi: Kpi, value: float | None) -> str:
    """A KPI value as a person reads it, its unit beside it."""
    return value_text(value) + ("" if value is None else _UNITS[kpi.unit])


def markdown(lane: Lane, document: Document) -> str:
    """The report as a page a person reads."""
    digest, window = document["digest"], document["window"]
    lines = [
        f"# {document['title']}",
        "",
        f"{SYMBOLS[document['status']]} **{document['status']}** · run of {minute_text(digest['generated_at'])} · "
        f"published {minute_text(document['published_at'])}",
        "",
        document["summary"],
        "",
    ]
    if lane.spec.kpis:
        lines += ["| KPI | value | threshold | |", "|---|---:|---:|---|"]
    for kpi, value, limit, kept in kpi_rows(lane, digest):
        mark = SYMBOLS["ok" if kept else "failed" if kept is False else "degraded"]
        state = "kept" if kept else "broken" if kept is False else "not known"
        lines.append(f"| {kpi.name} | {with_unit(kpi, value)} | {kpi.edge} {with_unit(kpi, limit)} | {mark} {state} |")
    if lane.spec.gates:
        lines += ["", f"{gates_summary(lane, digest)}.", "", "| gate | figures | |", "|---|---|---|"]
    for gate, figures, passed in gate_rows(lane, digest):
        lines.append(f"| {gate.name} | {figures} | {GATE_MARKS[passed]} |")
    counts = window["status_counts"]
    lines += [
        "",
        f"In {last_of(window['entries_in_window'])}: {counts['ok']} ok, {counts['degraded']} degraded, "
        f"{counts['failed']} failed, {window['malformed_entries_in_window']} malformed.",
        "",
        "| rule | | finding |",
        "|---|---|---|",
        *(_rule_line(rule) for rule in document["rules"]),
    ]
    return "\n".join(lines) + "\n"


def _rule_line(rule: dict[str, Any]) -> str:
    state = "ok" if rule["passed"] else "failed" if rule["severity"] == "error" else "degraded"
    finding = " ".join(str(rule["finding"]).split()).replace("|", "\\|")
    return f"| `{rule['check']}` | {SYMBOLS[state]} | {finding} |"


def _told_by_badge(lane: Lane, digest: Document) -> str:
    if not lane.spec.kpis:
        return gates_summary(lane, digest)
    name = lane.spec.publish.badge_kpi or lane.spec.kpis[0].name
    return f"{name} {with_unit(lane.spec.kpi(name), section(digest, 'metrics').get(name))}"


def badge(lane: Lane, document: Document) -> str:
    """A badge of the lane's chosen KPI, or of its gates: the title, then the value, coloured by status."""
    told = _told_by_badge(lane, document["digest"])
    left = _CONTROL.sub(" ", str(document["title"]))
    right = f"{SYMBOLS[document['status']]} {told}"
    label = escape(f"{left}: {document['status']}, {told}")
    left_width, right_width = 7 * len(left) + 16, 7 * len(right) + 16
    width = left_width + right_width
    colour = _COLOURS[document["status"]]
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}">
<title>{label}</title>
<rect width="{width}" height="20" rx="3" fill="#424a53"/>
<path d="M{left_width} 0h{right_width - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H{left_width}z" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="{left_width / 2:g}" y="14" textLength="{left_width - 16}">{escape(left)}</text>
<text x="{left_width + right_width / 2:g}" y="14" textLength="{right_width - 16}">{escape(right)}</text>
</g>
</svg>
"""
