"""Operations, facts and a journal made by hand for tests: what was measured, and what was recorded of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from heartbeat_assets.ledger import JournalEvent
from heartbeat_assets.objectives.operations_file import checked_operations
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.objectives.status.facts import Facts, LaneFact, MetricFact, ScheduleFact, SloFact

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
STALE = timedelta(hours=3)


def ago(**lasts: float) -> datetime:
    """An instant before NOW."""
    return NOW - timedelta(**lasts)


def spec(*components: dict[str, Any], **fields: Any) -> OperationsSpec:
    """Operations with these components; without any, with one called `api`."""
    return checked_operations({"components": list(components) or [{"id": "api", "name": "API"}], **fields}, "defs.yaml")


def slo(kind: str = "green", name: str = "reads", at: datetime = NOW, **record: Any) -> SloFact:
    """The newest verdict about an SLO."""
    return SloFact(name, kind, record, "99.9% of the budget is left", at, at)


def metric(value: float | None, status: str = "green", name: str = "delay", at: datetime | None = NOW) -> MetricFact:
    """The newest value of a metric in seconds."""
    return MetricFact(name, value, "s", status, at, at)


def lane(passes: bool | None, name: str = "market", at: datetime | None = NOW) -> LaneFact:
    """The newest verdict of a lane."""
    return LaneFact(name, passes, "No rule is broken." if passes else "A rule is broken.", at)


def schedule(missed: int | None, name: str = "market", *, enabled: bool = True) -> ScheduleFact:
    """A schedule that was due so often since an hour ago."""
    last = None if missed is None else ago(hours=1)
    return ScheduleFact(name, "lane", "*/10 * * * *", "UTC", enabled, last, missed)


def facts(*known: SloFact | MetricFact | LaneFact | ScheduleFact, at: datetime = NOW) -> Facts:
    """What is known, and nothing else."""
    return Facts(
        at,
        slos={one.name: one for one in known if isinstance(one, SloFact)},
        metrics={one.id: one for one in known if isinstance(one, MetricFact)},
        lanes={one.name: one for one in known if isinstance(one, LaneFact)},
        schedules={one.name: one for one in known if isinstance(one, ScheduleFact)},
    )


def event(kind: str, at: datetime, reason: str = "", **body: Any) -> JournalEvent:
    """An event as the journal has it; what is in `body` as instants is written as text."""
    written = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in body.items()}
    return JournalEvent(
        1, "component", "api", 1, kind, "ana@example.org", "person", "cli", reason,
        {"at": at.isoformat(), **written}, None, at, "", "",
    )  # fmt: skip


def changed(*found: tuple[datetime, str]) -> list[JournalEvent]:
    """What the rules were recorded to find."""
    return [event("changed", at, found=state) for at, state in found]


def states(segments: Iterable[Any]) -> list[tuple[str, datetime]]:
    """What was shown, and from when on."""
    return [(one.state, one.start) for one in segments]
