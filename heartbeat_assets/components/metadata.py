"""What Dagster shows of each result: numbers it plots, tables in Markdown, sentences. It must not compute results."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from heartbeat_assets.lanes.heartbeat import check_names
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.report import SYMBOLS, kpi_rows, with_unit
from heartbeat_assets.lanes.sentences import verdict_sentence
from heartbeat_assets.lanes.values import Document, section
from heartbeat_assets.lanes.window import Verdict
from heartbeat_assets.telemetry.store import IngestReport

Metadata = dict[str, Any]
_QUARANTINE_SHOWN = 10


def of_telemetry(lane: Lane, source: str, report: IngestReport | None) -> Metadata:
    """What a look at the telemetry came to, with the newest bad lines."""
    if report is None:
        return {"present": False}
    from heartbeat_assets.lanes.compute import telemetry_store

    shown: Metadata = {
        "present": True,
        "dagster/row_count": report.events_total,
        "parse_errors": report.parse_errors,
        "new_events": report.new_events,
        "new_parse_errors": report.new_parse_errors,
        "files": report.files,
        "files_read": report.files_read,
        "files_forgotten": report.files_forgotten,
        "bytes_read": report.bytes_read,
    }
    if report.parse_errors:
        bad = []
        for line in telemetry_store(lane, source).quarantined():
            bad.append([line["file"], str(line["line"]), line["reason"], _short(line["text"])])
            if len(bad) == _QUARANTINE_SHOWN:
                break
        shown["quarantine"] = dg.MetadataValue.md(markdown_table(["file", "line", "reason", "text"], bad))
    return shown


def of_document(path: Path | None, document: str | None) -> Metadata:
    """What a JSON source is: where, how big, which keys."""
    if path is None or document is None:
        return {"present": False}
    keys = ", ".join(f"`{key}`" for key in json.loads(document))
    return {
        "present": True,
        "path": dg.MetadataValue.path(str(path)),
        "bytes": path.stat().st_size,
        "modified": dg.MetadataValue.timestamp(path.stat().st_mtime),
        "sha256": hashlib.sha256(document.encode()).hexdigest()[:12],
        "keys": dg.MetadataValue.md(keys),
    }


def of_digest(lane: Lane, digest: Document) -> Metadata:
    """A table a person reads, and every figure as a number to plot."""
    rows = []
    for kpi, value, limit, kept in kpi_rows(lane, digest):
        edge = "at most" if kpi.max is not None else "at least"
        mark = "● kept" if kept else "◆ broken" if kept is False else "▲ not known"
        rows.append([f"`{kpi.name}`", with_unit(kpi, value), f"{edge} {with_unit(kpi, limit)}", mark, kpi.description])
    table = markdown_table(["KPI", "value", "threshold", "", "meaning"], rows)
    shown: Metadata = {"status": digest["status"], "kpis": dg.MetadataValue.md(table)}
    figures = {**section(digest, "metrics"), **section(digest, "telemetry")}
    return shown | {name: value for name, value in figures.items() if value is not None}


def digest_check_sentence(lane: Lane, name: str) -> str:
    """What a check of the digest asks for."""
    for kpi in lane.spec.kpis:
        if kpi.check_name == name:
            edge = "at most" if kpi.max is not None else "at least"
            return f"{kpi.name} is {edge} {with_unit(kpi, kpi.threshold)} in this run. Tells, never blocks."
    for availability in lane.spec.availability:
        if availability.check == name:
            return f"At least one of {', '.join(availability.any_of)} is known. Tells, never blocks."
    return "Every KPI is known and the status is ok. Tells, never blocks."


def digest_check_results(lane: Lane, digest: Document) -> Iterator[dg.AssetCheckResult]:
    """The digest's own checks. A check that is not known does not pass."""
    values = {kpi.check_name: (kpi, value, limit) for kpi, value, limit, _ in kpi_rows(lane, digest)}
    for name in check_names(lane.spec):
        shown: Metadata = {}
        sentence = digest_check_sentence(lane, name).removesuffix(" Tells, never blocks.")
        if name in values:
            kpi, value, limit = values[name]
            shown = {"threshold": limit} | ({} if value is None else {"value": value})
            edge = "maximum" if kpi.max is not None else "minimum"
            sentence = f"{kpi.name} is {with_unit(kpi, value)}; its {edge} is {with_unit(kpi, limit)}."
        yield dg.AssetCheckResult(
            check_name=name,
            passed=digest["checks"].get(name) is True,
            severity=dg.AssetCheckSeverity.WARN,
            description=sentence,
            metadata=shown,
        )


def of_heartbeat(lane: Lane, reports: list[Document]) -> Metadata:
    """What was appended, and how long the history is now."""
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
    return shown | {kpi.name: row[kpi.name] for kpi in lane.spec.kpis if row[kpi.name] is not None}


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


def markdown_table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; a `|` or a line end in a cell does not break it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("\r", " ")


def _short(text: str) -> str:
    return f"`{text[:80].replace('`', chr(39))}`" + ("…" if len(text) > 80 else "")
