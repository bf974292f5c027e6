"""Recording a digest as a heartbeat: once, at the end of the history, in the ledger or in a JSONL file.

Writes rows and says what came of it (the append report of docs/contract.md, section 3). It must not judge a window.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from heartbeat_assets.errors import HeartbeatError, InputUnreadable
from heartbeat_assets.files import sync_folder
from heartbeat_assets.lanes.heartbeat import build_row, digest_in, validation_errors
from heartbeat_assets.lanes.history import HistoryRow, as_entry, file_rows, newest_first, render_line
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.revisions import stamped
from heartbeat_assets.lanes.values import Document, instant_text
from heartbeat_assets.ledger import Ledger, open_ledger


def append_to_ledger(
    lane: Lane, digest: Document, *, now: datetime, strict: bool = False, dagster_run_id: str | None = None
) -> Document:
    """Records `digest` in the ledger unless it is there or invalid; returns the append report.

    In a partitioned lane another digest of a recorded period becomes a revision. Raises LedgerError when the ledger
    cannot be reached or written.
    """
    ledger = open_ledger(lane.settings.ledger_url)
    digest, result = digest_in(digest), None
    while result is None:
        # What a digest of a period is depends on the rows before it; somebody may append one meanwhile.
        size = ledger.size(lane.name) if lane.spec.partitions else None
        whole = digest if size is None else stamped(digest, newest_first(ledger, lane.name, before=size + 1))
        row = build_row(lane.spec, whole)
        errors = validation_errors(lane.spec, row)
        if errors:
            return _refused(ledger, lane, row, errors, now, strict)
        entry = as_entry(HistoryRow(0, render_line(row), row))
        if size is None:
            result = ledger.append(lane.name, entry, dagster_run_id=dagster_run_id)
        else:
            result = ledger.append_at(lane.name, entry, size, dagster_run_id=dagster_run_id)
    return _report(
        row, errors, now, strict, result.size_before, result.size_after, result.malformed_before,
        appended=result.appended, duplicate=not result.appended,
    )  # fmt: skip


def _refused(ledger: Ledger, lane: Lane, row: Document, errors: list[str], now: datetime, strict: bool) -> Document:
    head = ledger.head(lane.name)
    size, malformed = (head.place, head.malformed_total) if head else (0, 0)
    duplicate = ledger.find(lane.name, str(row["heartbeat_id"])) is not None
    return _report(row, errors, now, strict, size, size, malformed, appended=False, duplicate=duplicate)


def append_to_file(lane: Lane, digest: Document, history: Path, *, now: datetime, strict: bool = False) -> Document:
    """Records `digest` as a line of the JSONL `history`, which is made when it is not there; returns the report.

    One process at a time: a lock file stands beside the history. Raises HeartbeatError when it cannot be written.
    """
    from filelock import FileLock

    try:
        history.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(history.with_name(f".{history.name}.lock")):
            if lane.spec.partitions:
                rows = list(file_rows(history)) if history.exists() else []
                digest = stamped(digest_in(digest), reversed(rows))
            row = build_row(lane.spec, digest)
            errors = validation_errors(lane.spec, row)
            size = malformed = 0
            duplicate = False
            for known in file_rows(history) if history.exists() else ():
                size += 1
                malformed += known.malformed
                duplicate = duplicate or (known.heartbeat_id == row["heartbeat_id"])
            appended = not errors and not duplicate
            if appended:
                _append_line(history, render_line(row))
    except InputUnreadable:
        raise
    except OSError as problem:
        raise HeartbeatError(f"history {history}: cannot be written: {problem.strerror or problem}") from problem
    return _report(row, errors, now, strict, size, size + appended, malformed, appended=appended, duplicate=duplicate)


def _append_line(history: Path, line: bytes) -> None:
    """Adds one whole line in one write, after ending a last line that has no end."""
    existed = history.exists()
    with history.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if not existed:
        sync_folder(history.parent)


def _report(
    row: Document, errors: list[str], now: datetime, strict: bool,
    size_before: int, size_after: int, malformed_before: int, *, appended: bool, duplicate: bool,
) -> Document:  # fmt: skip
    state = str(row["status"])
    reasons = [f"validation:{error}" for error in errors]
    if state == "failed":
        reasons += ["heartbeat_status_failed", *row["strict_fail_reasons"]]
    return {
        "generated_at": instant_text(now),
        "strict": strict,
        "history_size_before": size_before,
        "history_size_after": size_after,
        "history_malformed_lines_before": malformed_before,
        "appended": appended,
        "duplicate_detected": duplicate,
        "validation_errors": errors,
        "strict_fail_reasons": reasons,
        "heartbeat": row,
        "status": "failed" if errors else state,
    }
