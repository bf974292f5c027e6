"""The last known-good report of a lane: JSON, Markdown and an SVG badge, replaced together or not at all.

Writes a release in a folder of its own and then swaps one link, so that a reader never sees a half of two reports.
It must not decide whether publishing is allowed; `may_publish` asks the verdict.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path

from heartbeat_assets.errors import HeartbeatError
from heartbeat_assets.files import sync_folder, write_atomically
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.report import badge, markdown, report_document
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.lanes.window import Verdict

FILES = ("report.json", "report.md", "badge.svg")


def may_publish(verdict: Verdict) -> bool:
    """Whether no blocking rule is broken. Rules that only warn do not count."""
    return not verdict.blocking


def publish(lane: Lane, digest: Document, verdict: Verdict, *, now: datetime | None = None) -> Path:
    """Writes the report of `digest` and `verdict` as the lane's published one; returns its folder.

    Raises HeartbeatError when it cannot be written; the report before stays.
    """
    document = report_document(lane, digest, verdict, now or datetime.now(UTC))
    target = lane.published
    release = target.parent / ".releases" / f"{lane.name}-{uuid.uuid4().hex[:12]}"
    try:
        write_atomically(release / "report.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        write_atomically(release / "report.md", markdown(lane, document))
        write_atomically(release / "badge.svg", badge(lane, document))
        _point(target, release)
        _remove_old_releases(lane, release)
    except OSError as problem:
        shutil.rmtree(release, ignore_errors=True)
        raise HeartbeatError(
            f"{target}: the report cannot be written: {problem.strerror or problem}; the one before stays"
        ) from problem
    return target


def published_report(lane: Lane) -> Document | None:
    """The report that is published now, or None when there is none yet."""
    try:
        document = json.loads((lane.published / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _point(target: Path, release: Path) -> None:
    """Makes `target` a link to `release` in one step."""
    link = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.link")
    link.symlink_to(os.path.relpath(release, target.parent), target_is_directory=True)
    try:
        link.replace(target)
    except OSError:
        link.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _remove_old_releases(lane: Lane, current: Path) -> None:
    """Keeps the release before as well: a reader may just be in it."""
    releases = sorted(
        (folder for folder in current.parent.glob(f"{lane.name}-*") if folder != current),
        key=lambda folder: folder.stat().st_mtime,
    )
    for folder in releases[:-1]:
        shutil.rmtree(folder, ignore_errors=True)
