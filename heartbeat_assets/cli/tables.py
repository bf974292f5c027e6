"""Reports as tables for a person at a terminal: at most 100 columns, the verdict last. It must not compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from heartbeat_assets.cli.output import shown_width, state, table, wrapped
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.report import gate_rows, gates_summary, kpi_rows, with_unit
from heartbeat_assets.lanes.sentences import finding_sentence, minute_text, verdict_sentence
from heartbeat_assets.lanes.values import STATUSES, Document, section
from heartbeat_assets.lanes.window import Verdict

if TYPE_CHECKING:
    from heartbeat_assets.lanes.late import LatePeriod

_LATE_SHOWN = 5


def digest_table(lane: Lane, digest: Document) -> str:
    """KPIs with thresholds, gates with their figures, what the telemetry held, and the status."""
    kpis = [
        [kpi.name, with_unit(kpi, value), f"{kpi.edge} {with_unit(kpi, limit)}", _kept(kept)]
        for kpi, value, limit, kept in kpi_rows(lane, digest)
    ]
    gates = [[_kept(passed), gate.name, figures] for gate, figures, passed in gate_rows(lane, digest)]
    lines = [table(["KPI", "value", "threshold", ""], kpis), ""] if kpis else []
    lines += [table(["", "gate", "figures"], gates), "", f"{gates_summary(lane, digest)}."] if gates else []
    counts = digest.get("telemetry") or {}
    if counts.get("events_total") is not None:
        lines.append(
            f"{counts['events_total']:,} events in {counts['sessions_total']:,} sessions, "
            f"{counts['parse_errors']:,} lines in quarantine."
        )
    reasons = digest.get("error") or ", ".join(digest["failure_reasons"] or digest.get("missing_metrics", []))
    about = section(digest, "period").get("key") or minute_text(digest["generated_at"])
    lines.append(wrapped(f"Digest of {about}: {state(digest['status'])} {reasons}".rstrip()))
    return "\n".join(lines)


def figures_line(metrics: Mapping[str, float | None]) -> str:
    """KPI values as NAME=VALUE, for people who search for them."""
    return " ".join(f"{name}={'no value' if value is None else value}" for name, value in metrics.items())


def states_line(statuses: Sequence[str]) -> str:
    """How many there are in each state, the worst first."""
    counts = [(statuses.count(status), status) for status in reversed(STATUSES)]
    return ", ".join(f"{count} {state(status)}" for count, status in counts if count)


def late_lines(lane: Lane, late: Sequence[LatePeriod]) -> Iterator[str]:
    """The newest periods that something came late for, each with the command that records it again."""
    mark = state("degraded", "late")
    for one in late[-_LATE_SHOWN:]:
        key = one.period.key
        yield f"{mark}  {key} ({one.late:,}): heartbeat run {lane.name} --period {key}"
    if len(late) > _LATE_SHOWN:
        yield f"        and {len(late) - _LATE_SHOWN:,} more, older"


def _kept(kept: bool | None) -> str:
    return state("ok" if kept else "failed" if kept is False else "degraded")


def append_table(lane: Lane, report: Document) -> str:
    """What came of recording a digest."""
    row = report["heartbeat"]
    did = "appended" if report["appended"] else "already there" if report["duplicate_detected"] else "refused"
    lines = [f"Heartbeat {row['heartbeat_id'][:12]} of {minute_text(row['run_at'])}: {did}."]
    lines += [f"  {error}" for error in report["validation_errors"]]
    lines.append(f"{lane.name} has {report['history_size_after']:,} rows. {state(report['status'])}")
    return "\n".join(lines)


def window_table(lane: Lane, verdict: Verdict) -> str:
    """Every rule with what was found, then the verdict."""
    total = len(verdict.rows)
    rows = []
    for finding in verdict.findings:
        shown = "ok" if finding.passed else "failed" if finding.rule.blocks else "degraded"
        rows.append([state(shown), finding.rule.check.removesuffix("_ok"), finding_sentence(lane.spec, finding, total)])
    lines = []
    width = max(shown_width(mark) for mark, _, _ in rows)
    for mark, name, sentence in rows:
        lines.append(f"{mark}{' ' * (width - shown_width(mark))}  {name}")
        if mark != state("ok"):
            lines.append(wrapped(sentence, " " * (width + 2)))
    report = verdict.report
    lines += [
        "",
        f"{report['entries_in_window']} of {report['entries_total']:,} rows judged: {state(report['status'])}",
    ]
    lines.append(wrapped(verdict_sentence(lane.spec, verdict)))
    return "\n".join(lines)


def compaction_table(report: Document) -> str:
    """What was kept and dropped, per tier and per class of incident."""
    lines = [_kept_table("tier", report["tiers"]), "", _kept_table("incidents", report["incidents"]), ""]
    counts = (
        f"{report['entries_after']:,} of {report['entries_before']:,} rows kept, {report['dropped']:,} thinned out."
    )
    lines.append(wrapped(f"{counts} {state(report['status'])} {', '.join(report['strict_fail_reasons'])}".rstrip()))
    return "\n".join(lines)


def parity_table(report: Document) -> str:
    """Each class of incident in the raw window and in the compacted history."""
    rows = [[name, str(row["raw"]), str(row["compacted"])] for name, row in report["incidents"].items()]
    lines = [table(["incidents", "raw", "compacted"], rows), ""]
    compared = f"{report['entries_in_window']} newest raw rows compared."
    lines.append(wrapped(f"{compared} {state(report['status'])} {', '.join(report['strict_fail_reasons'])}".rstrip()))
    return "\n".join(lines)


def _kept_table(first: str, counts: Document) -> str:
    rows = [[name, *(f"{row[key]:,}" for key in ("entries", "kept", "dropped"))] for name, row in counts.items()]
    return table([first, "entries", "kept", "dropped"], rows)
