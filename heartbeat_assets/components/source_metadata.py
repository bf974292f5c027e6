"""What Dagster shows of a source: how much there is, how old it is, its columns, and what could not be read.

It must not read sources; `sources` does.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg

from heartbeat_assets.components.markdown_tables import markdown_table
from heartbeat_assets.lanes.late import LatePeriod
from heartbeat_assets.sources.opening import telemetry_store
from heartbeat_assets.sources.owner import SourceOwner
from heartbeat_assets.sources.spec import EventsSource
from heartbeat_assets.telemetry.event_files import event_files
from heartbeat_assets.telemetry.store import IngestReport
from heartbeat_assets.telemetry.typed_sql import TYPED_COLUMNS
from heartbeat_assets.warehouse.tables import TableSeen

Metadata = dict[str, Any]
_QUARANTINE_SHOWN = 10
_PERIODS_SHOWN = 50
_TYPES = ("varchar", "varchar", "bigint", "double")


def of_telemetry(owner: SourceOwner, source: str, report: IngestReport | None) -> Metadata:
    """What a look at the telemetry came to, with the newest bad lines."""
    if report is None:
        return {"present": False}
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
        "dagster/column_schema": dg.TableSchema(columns=_event_columns(owner, source)),
    }
    path = owner.source_path(source)
    files = event_files(path) if path else []
    if files:
        shown["modified"] = dg.MetadataValue.timestamp(max(file.stat().st_mtime for file in files))
    if report.parse_errors:
        bad = []
        for line in telemetry_store(owner, source).quarantined():
            bad.append([line["file"], str(line["line"]), line["reason"], _short(line["text"])])
            if len(bad) == _QUARANTINE_SHOWN:
                break
        shown["quarantine"] = dg.MetadataValue.md(markdown_table(["file", "line", "reason", "text"], bad))
    return shown


def _event_columns(owner: SourceOwner, source: str) -> list[dg.TableColumn]:
    """The columns that SQL sees of telemetry: the typed ones, and a flag per event set."""
    events = owner.sources[source]
    sets = events.event_sets if isinstance(events, EventsSource) else {}
    typed = [dg.TableColumn(name, type=kind) for name, kind in zip(TYPED_COLUMNS, _TYPES, strict=True)]
    flags = [dg.TableColumn(name, type="boolean", description=", ".join(names)) for name, names in sets.items()]
    return typed + flags


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


def of_table(place: str, seen: TableSeen, rows: int) -> Metadata:
    """What a source of rows is: where, how many rows, how old, which columns."""
    columns = [dg.TableColumn(name, type=kind.lower()) for name, kind in seen.columns]
    shown: Metadata = {
        "present": True,
        "place": place,
        "dagster/row_count": rows,
        "dagster/column_schema": dg.TableSchema(columns=columns),
        "files": len(seen.files),
    }
    if seen.modified is not None:
        shown["modified"] = dg.MetadataValue.timestamp(seen.modified)
    return shown


def of_newest_event(at: datetime | None) -> Metadata:
    """How fresh a source of events is: when the newest of them happened."""
    return {} if at is None else {"modified": dg.MetadataValue.timestamp(at)}


def of_late_telemetry(found: list[LatePeriod]) -> Metadata:
    """How many events came after their period was recorded, and of which periods."""
    shown: Metadata = {"late_events": sum(one.late for one in found)}
    if found:
        rows = [[one.period.key, f"{one.recorded:,}", f"{one.now:,}", f"{one.late:,}"] for one in found]
        header = ["period", "events when recorded", "events now", "late"]
        shown["late_periods"] = dg.MetadataValue.md(markdown_table(header, rows[-_PERIODS_SHOWN:]))
    return shown


def _short(text: str) -> str:
    return f"`{text[:80].replace('`', chr(39))}`" + ("…" if len(text) > 80 else "")
