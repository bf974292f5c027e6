"""What Dagster shows of each result: numbers it plots, tables in Markdown, sentences. It must not compute results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from heartbeat_assets.components.markdown_tables import markdown_table
from heartbeat_assets.lanes.digest_checks import digest_checks
from heartbeat_assets.lanes.heartbeat import recorded_figures, row_names
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.report import GATE_MARKS, SYMBOLS, gate_rows, kpi_rows, with_unit
from heartbeat_assets.lanes.sentences import verdict_sentence
from heartbeat_assets.lanes.values import Document, number, section
from heartbeat_assets.lanes.window import Verdict
from heartbeat_assets.ledger import open_ledger

Metadata = dict[str, Any]
_CONTEXT_SHOWN = 25
_PERIODS_SHOWN = 50


def of_digests(lane: Lane, digests: list[Document]) -> Metadata:
    """What is shown of the digests of one run: the newest in full, and the periods when there are several."""
    shown = of_digest(lane, digests[-1])
    periods = [
        [digest["period"]["key"], digest["status"], f"{digest['events_in_period'] or 0:,}"]
        for digest in digests
        if "period" in digest
    ]
    if len(periods) > 1:
        shown["periods"] = dg.MetadataValue.md(
            markdown_table(["period", "status", "events"], periods[-_PERIODS_SHOWN:])
        )
    if periods:
        shown |= {"period": periods[-1][0], "events_in_period": digests[-1]["events_in_period"] or 0}
    return shown


def of_digest(lane: Lane, digest: Document) -> Metadata:
    """A table a person reads, and every figure as a number to plot."""
    rows = []
    for kpi, value, limit, kept in kpi_rows(lane, digest):
        mark = "● kept" if kept else "◆ broken" if kept is False else "▲ not known"
        rows.append(
            [f"`{kpi.name}`", with_unit(kpi, value), f"{kpi.edge} {with_unit(kpi, limit)}", mark, kpi.description]
        )
    shown: Metadata = {"status": digest["status"]}
    if rows:
        header = ["KPI", "value", "threshold", "", "meaning"]
        shown["kpis"] = dg.MetadataValue.md(markdown_table(header, rows))
    gates = [
        [f"`{gate.name}`", figures, GATE_MARKS[passed], gate.description]
        for gate, figures, passed in gate_rows(lane, digest)
    ]
    if gates:
        shown["gates"] = dg.MetadataValue.md(markdown_table(["gate", "figures", "", "meaning"], gates))
    for name in lane.spec.context:
        shown[name] = dg.MetadataValue.md(_context_table(digest.get(name) or []))
    figures = {**section(digest, "metrics"), **section(digest, "telemetry"), **recorded_figures(lane.spec, digest)}
    return shown | {name: value for name, value in figures.items() if value is not None}


def _context_table(rows: list[Document]) -> str:
    """The first rows of a context table, and how many more there are."""
    if not rows:
        return "No rows."
    cells = [["" if value is None else str(value) for value in row.values()] for row in rows[:_CONTEXT_SHOWN]]
    more = f"\n\nand {len(rows) - _CONTEXT_SHOWN:,} more rows." if len(rows) > _CONTEXT_SHOWN else ""
    return markdown_table(list(rows[0]), cells) + more


def digest_check_results(lane: Lane, digest: Document) -> Iterator[dg.AssetCheckResult]:
    """The digest's own checks, which tell and never block. A check that is not known does not pass."""
    for check in digest_checks(lane, digest):
        figures = {"threshold": check.limit, "value": check.value}
        yield dg.AssetCheckResult(
            check_name=check.name,
            passed=check.passed is True,
            severity=dg.AssetCheckSeverity.WARN,
            description=check.found,
            metadata={name: figure for name, figure in figures.items() if figure is not None},
        )


def of_heartbeat(lane: Lane, reports: list[Document]) -> Metadata:
    """What was appended, and how long the history is now."""
    if not reports:
        return {"appended": 0, "history_size": open_ledger(lane.settings.ledger_url).size(lane.name)}
    newest = reports[-1]
    row = newest["heartbeat"]
    shown: Metadata = {
        "history_size": newest["history_size_after"],
        "appended": sum(report["appended"] for report in reports),
        "duplicates": sum(report["duplicate_detected"] for report in reports),
        "status": row["status"],
        "run_at": row["run_at"],
        "heartbeat_id": row["heartbeat_id"],
    }
    if lane.spec.partitions:
        revisions = [report["heartbeat"] for report in reports if report["appended"] and report["heartbeat"]["revises"]]
        shown |= {"period": row["period"], "revision": row["revision"], "revisions": len(revisions)}
        if revisions:
            cells = [[one["period"], str(one["revision"]), str(one["late_events"])] for one in revisions]
            table = markdown_table(["period", "revision", "late events"], cells[-_PERIODS_SHOWN:])
            shown["revised_periods"] = dg.MetadataValue.md(table)
    known = row_names(lane.spec) - {kpi.name for kpi in lane.spec.kpis}
    return shown | {name: value for name, value in row.items() if name not in known and number(value) is not None}


def of_compaction(lane: Lane, report: Document) -> Metadata:
    """How much was kept."""
    return {
        "entries_before": report["entries_before"],
        "entries_after": report["entries_after"],
        "dropped": report["dropped"],
        "history_size": report["newest_place"],
        "path": dg.MetadataValue.path(str(lane.compacted_history)),
    }


def compaction_check(key: dg.AssetKey, report: Document) -> dg.AssetCheckResult:
    """Compaction as a check: a table per tier and per class of incident."""
    rows = [
        [name, *(f"{row[column]:,}" for column in ("entries", "kept", "dropped"))]
        for name, row in (*report["tiers"].items(), *report["incidents"].items())
    ]
    lost = ", ".join(report["strict_fail_reasons"])
    return dg.AssetCheckResult(
        check_name="compaction",
        asset_key=key,
        passed=report["status"] == "ok",
        description=f"Lost: {lost}." if lost else "Every incident and the newest row were kept.",
        metadata={"parts": dg.MetadataValue.md(markdown_table(["part", "entries", "kept", "dropped"], rows))},
    )


def parity_check(key: dg.AssetKey, report: Document) -> dg.AssetCheckResult:
    """Parity as a check: each class of incident raw and compacted."""
    rows = [[name, str(row["raw"]), str(row["compacted"])] for name, row in report["incidents"].items()]
    lost = ", ".join(report["strict_fail_reasons"])
    return dg.AssetCheckResult(
        check_name="parity",
        asset_key=key,
        passed=report["status"] == "ok",
        description=f"Lost: {lost}." if lost else f"The newest {report['entries_in_window']} rows agree.",
        metadata={
            "entries_in_window": report["entries_in_window"],
            "parts": dg.MetadataValue.md(markdown_table(["incidents", "raw", "compacted"], rows)),
        },
    )


def of_published(lane: Lane, folder: Path, digest: Document, verdict: Verdict) -> Metadata:
    """Where the report is, what it says, and what it looks like."""
    return {
        "status": f"{SYMBOLS[verdict.status]} {verdict.status}",
        "summary": verdict_sentence(lane.spec, verdict),
        "run_at": str(digest["generated_at"]),
        "folder": dg.MetadataValue.path(str(folder)),
        "report": dg.MetadataValue.md((folder / "report.md").read_text(encoding="utf-8")),
    }
