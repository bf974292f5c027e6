"""The last known-good report of a lane: JSON, Markdown and an SVG badge, replaced together or not at all.

It must not decide whether publishing is allowed; `may_publish` asks the verdict.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.report import badge, markdown, report_document
from heartbeat_assets.lanes.values import Document
from heartbeat_assets.lanes.window import Verdict
from heartbeat_assets.releases import release, releasing

FILES = ("report.json", "report.md", "badge.svg")


def may_publish(verdict: Verdict) -> bool:
    """Whether no blocking rule is broken. Rules that only warn do not count."""
    return not verdict.blocking


def publishing(lane: Lane) -> AbstractContextManager[None]:
    """Lets one run of the lane publish at a time. May be taken again by the one that holds it."""
    return releasing(lane.published)


def publish(lane: Lane, digest: Document, verdict: Verdict, *, now: datetime | None = None) -> Path:
    """Writes the report of `digest` and `verdict` as the lane's published one; returns its folder.

    Raises HeartbeatError when it cannot be written; the report before stays.
    """
    document = report_document(lane, digest, verdict, now or datetime.now(UTC))
    contents = (
        json.dumps(document, indent=2, ensure_ascii=False) + "\n",
        markdown(lane, document),
        badge(lane, document),
    )
    release(lane.published, dict(zip(FILES, contents, strict=True)), "report")
    return lane.published


def published_report(lane: Lane) -> Document | None:
    """The report that is published now, or None when there is none yet."""
    try:
        document = json.loads((lane.published / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None
