"""Events of incidents for tests: with any instant, as no journal would record them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from heartbeat_assets.ledger import Actor, JournalEvent
from heartbeat_assets.objectives.incidents import Incident, fold

ANNA = Actor("anna@example.org", "person", "cli")
BEN = Actor("ben@example.org", "person", "cockpit")
RULES = Actor("operations", "program", "dagster")
ID = "INC-20260223-001"
WHAT: dict[str, Any] = {"title": "API answers 503", "severity": 1, "impact": "nobody can read deals"}


def at(text: str) -> datetime:
    """An instant in UTC: `2026-02-23 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(*steps: tuple[str, str, dict[str, Any]]) -> list[JournalEvent]:
    """Events of one incident, each as when, kind and body."""
    return [
        JournalEvent(
            seq=place, stream="incident", subject=ID, place=place, kind=kind, actor=ANNA.name, actor_kind="person",
            via="cli", reason=kind, body=body, cause=None, at=at(when), previous_hash="", entry_hash="",
        )
        for place, (when, kind, body) in enumerate(steps, start=1)
    ]  # fmt: skip


def incident(*steps: tuple[str, str] | tuple[str, str, dict[str, Any]], severity: int = 1, **body: Any) -> Incident:
    """An incident of the steps; the first is only when it was opened."""
    (opened, *_), *later = steps
    full = [(one[0], one[1], one[2] if len(one) > 2 else {}) for one in later]
    return fold(told((opened, "opened", {**WHAT, "severity": severity, **body}), *full))
