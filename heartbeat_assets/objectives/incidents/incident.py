"""An incident as it is by its events: severity, period, what people know of it, and what is left to do.

Plain values. Every instant is aware and in UTC. It must not read the journal, nor decide whether a promise was kept;
`sla` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Severity = Literal[1, 2, 3]
Status = Literal["open", "acknowledged", "mitigated", "resolved"]


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Something to do so that it does not happen again. `owner` is an e-mail address or `team:name`; `due` a day."""

    id: str
    text: str
    owner: str
    due: date | None
    added_at: datetime
    done_at: datetime | None = None
    done_by: str = ""
    outcome: str = ""

    def overdue(self, today: date) -> bool:
        """Whether it is still to be done and its day is over."""
        return self.done_at is None and self.due is not None and self.due < today

    def record(self, today: date) -> dict[str, Any]:
        """It as plain values."""
        return {
            "id": self.id,
            "text": self.text,
            "owner": self.owner,
            "due": self.due.isoformat() if self.due else None,
            "added_at": self.added_at.isoformat(),
            "done_at": self.done_at.isoformat() if self.done_at else None,
            "done_by": self.done_by,
            "outcome": self.outcome,
            "overdue": self.overdue(today),
        }


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline: what happened `at`, and when it was written down. `changes` are the fields that an
    update changed, as they are after it.
    """

    seq: int
    place: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor: str
    text: str
    changes: Mapping[str, Any]

    def record(self) -> dict[str, Any]:
        """It as plain values."""
        return {
            "seq": self.seq,
            "place": self.place,
            "kind": self.kind,
            "at": self.at.isoformat(),
            "recorded_at": self.recorded_at.isoformat(),
            "actor": self.actor,
            "text": self.text,
            "changes": dict(self.changes),
        }


Timeline = tuple[Entry, ...]
"""What happened, in its order; what was written down later stands where it belongs."""


@dataclass(frozen=True, slots=True)
class Spell:
    """From when an incident was known, or came back, until it was resolved: what the clocks measure.

    `severities` are what it had, each with the instant from which it did; the first begins at `since`. The first to
    mitigate or to resolve has acknowledged, and who resolves what was not mitigated has mitigated it.
    """

    since: datetime
    severities: tuple[tuple[datetime, Severity], ...]
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident. `detected_at` is since when somebody knew, `opened_at` when it was written down, `started_at` and
    `ended_at` the period in which it was felt. `place` is that of its newest event: hand it in as `if_place`.

    `spells` has one item, and one more for every time it came back. `withheld` are the places of those events whose
    words are never published.
    """

    id: str
    title: str
    severity: Severity
    status: Status
    impact: str
    rca: str
    mitigation: str
    components: tuple[str, ...]
    started_at: datetime
    ended_at: datetime | None
    detected_at: datetime
    opened_at: datetime
    opened_by: str
    updated_at: datetime
    spells: tuple[Spell, ...]
    actions: tuple[ActionItem, ...]
    timeline: Timeline
    rule: str
    suggestion: int | None
    place: int
    withheld: tuple[int, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether it is resolved."""
        return self.status == "resolved"

    @property
    def spell(self) -> Spell:
        """The newest spell."""
        return self.spells[-1]

    @property
    def acknowledged_at(self) -> datetime | None:
        """When somebody first took it on."""
        return self.spells[0].acknowledged_at

    @property
    def mitigated_at(self) -> datetime | None:
        """When it was last mitigated; None while it is not."""
        return self.spell.mitigated_at

    @property
    def resolved_at(self) -> datetime | None:
        """When it was last resolved; None while it is not."""
        return self.spell.resolved_at

    @property
    def reopened(self) -> int:
        """How often it came back."""
        return len(self.spells) - 1

    def overdue(self, today: date) -> tuple[ActionItem, ...]:
        """The action items that should be done and are not."""
        return tuple(one for one in self.actions if one.overdue(today))

    def felt_in(self, since: datetime, until: datetime) -> bool:
        """Whether its period touches the time from `since` up to `until`; what has not ended touches all later time."""
        return self.started_at < until and (self.ended_at is None or self.ended_at > since)

    def record(self, today: date) -> dict[str, Any]:
        """It as plain values, but for its clocks."""
        moments = {
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "detected_at": self.detected_at,
            "opened_at": self.opened_at,
            "acknowledged_at": self.acknowledged_at,
            "mitigated_at": self.mitigated_at,
            "resolved_at": self.resolved_at,
            "updated_at": self.updated_at,
        }
        return {
            "id": self.id,
            "title": self.title,
            "severity": self.severity,
            "status": self.status,
            "impact": self.impact,
            "rca": self.rca,
            "mitigation": self.mitigation,
            "components": list(self.components),
            **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
            "opened_by": self.opened_by,
            "reopened": self.reopened,
            "rule": self.rule,
            "suggestion": self.suggestion,
            "actions": [one.record(today) for one in self.actions],
            "timeline": [one.record() for one in self.timeline],
            "withheld": list(self.withheld),
            "place": self.place,
        }
