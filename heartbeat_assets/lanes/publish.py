"""The last known-good report of a lane: JSON, Markdown and an SVG badge, replaced together or not at all.

Writes a release in a folder of its own and then swaps one link, so that a reader never sees a half of two reports.
It must not decide whether publishing is allowed; `may_publish` asks the verdict.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def publishing(lane: Lane) -> Iterator[None]:
    """Lets one run of the lane publish at a time. May be taken again by the one that holds it."""
    from filelock import FileLock

    folder = _releases(lane)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", is_singleton=True)
        lock.acquire()
    except OSError as problem:
        raise HeartbeatError(f"{folder}: cannot be written: {problem.strerror or problem}") from problem
    try:
        yield
    finally:
        lock.release()


def publish(lane: Lane, digest: Document, verdict: Verdict, *, now: datetime | None = None) -> Path:
    """Writes the report of `digest` and `verdict` as the lane's published one; returns its folder.

    Raises HeartbeatError when it cannot be written; the report before stays.
    """
    document = report_document(lane, digest, verdict, now or datetime.now(UTC))
    target = lane.published
    release = _releases(lane) / uuid.uuid4().hex[:12]
    contents = (
        json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        markdown(lane, document),
        badge(lane, document),
    )
    try:
        with publishing(lane):
            before = target.resolve()
            for name, content in zip(FILES, contents, strict=True):
                write_atomically(release / name, content.encode("utf-8", "replace"))
            _point(target, release)
            _remove_releases_but(release, before)
    except OSError as problem:
        if target.resolve() != release.resolve():
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
    try:
        link.symlink_to(os.path.relpath(release, target.parent), target_is_directory=True)
        link.replace(target)
    except OSError:
        link.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _remove_releases_but(current: Path, before: Path) -> None:
    """Keeps the release before as well: a reader may just be in it. What a failed attempt left goes."""
    for folder in current.parent.iterdir():
        if folder.is_dir() and folder.resolve() not in (current.resolve(), before):
            shutil.rmtree(folder, ignore_errors=True)


def _releases(lane: Lane) -> Path:
    return lane.published.parent / ".releases" / lane.name
