"""What a check saw, kept as files: the digest, the append report and the window report of each lane, and a summary.

`DIR/<lane>_digest_<stamp>.json`, `<lane>_heartbeat_...`, `<lane>_window_...` and `summary_...` of one check share a
stamp, its UTC instant. Nothing is ever overwritten, and a lane's files are all there or none. It must not judge.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from heartbeat_assets.files import sync_folder, write_atomically
from heartbeat_assets.lanes.checked_run import CheckedRun
from heartbeat_assets.lanes.values import Document, instant_text


def write_evidence(
    folder: Path, runs: Sequence[CheckedRun], *, now: datetime, strict: bool, exit_code: int
) -> list[Path]:
    """Writes the evidence of a check of the instant `now` into `folder`, which is made; returns the files.

    The summary is written last: when it is there, everything is. Raises OSError when something cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp, staging = _claimed(folder, now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"))
    written: list[Path] = []
    summary: Document = {
        "generated_at": instant_text(now),
        "stamp": stamp,
        "strict": strict,
        "exit_code": exit_code,
        "lanes": [],
    }
    try:
        for run in runs:
            files = _moved(staging, folder, _documents(run, stamp))
            summary["lanes"].append(_summary(run, files))
            written += files
        written += _moved(staging, folder, {f"summary_{stamp}.json": summary})
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return written


def _claimed(folder: Path, instant: str) -> tuple[str, Path]:
    """A stamp that nobody else uses, and a folder to write in before the files get their names.

    Making the folder is the claim: of two checks in one second the other gets a suffix.
    """
    for number in count(1):
        stamp = instant if number == 1 else f"{instant}-{number}"
        staging = folder / f".{stamp}.partial"
        try:
            staging.mkdir()
        except FileExistsError:
            continue
        if not any(folder.glob(f"*_{stamp}.json")):
            return stamp, staging
        staging.rmdir()
    raise AssertionError("unreachable: numbers do not end")


def _documents(run: CheckedRun, stamp: str) -> dict[str, Document]:
    """What there is of a run by file name, the window last."""
    window = run.verdict.report if run.verdict else None
    parts = {"digest": run.digest, "heartbeat": run.append, "window": window}
    return {f"{run.name}_{part}_{stamp}.json": document for part, document in parts.items() if document is not None}


def _moved(staging: Path, folder: Path, documents: dict[str, Document]) -> list[Path]:
    """Writes `documents` aside, then gives them their names in `folder`: all of them, or none on an error."""
    moved: list[Path] = []
    try:
        for name, document in documents.items():
            text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
            write_atomically(staging / name, text.encode("utf-8", "replace"))
        for name in documents:
            moved.append((staging / name).replace(folder / name))
    except BaseException:
        for file in (*moved, *(staging / name for name in documents)):
            file.unlink(missing_ok=True)
        raise
    sync_folder(folder)
    return moved


def _summary(run: CheckedRun, files: Sequence[Path]) -> Document:
    row = run.append["heartbeat"] if run.append else {}
    return {
        "lane": run.name,
        "status": run.status,
        "reasons": run.reasons,
        "error": run.error or None,
        "run_at": row.get("run_at"),
        "heartbeat_id": row.get("heartbeat_id"),
        "files": [file.name for file in files],
    }
