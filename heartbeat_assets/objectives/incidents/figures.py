"""How fast incidents were seen, acknowledged, mitigated and resolved in the mean, and what is left to do after them.

All times but the first start when an incident was known. It must not read the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from heartbeat_assets.objectives.incidents.incident import ActionItem, Incident, Severity
from heartbeat_assets.objectives.incidents.sla import breached, clocks
from heartbeat_assets.objectives.incidents.terms import Terms

SEVERITIES: tuple[Severity, ...] = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of so many times; None of none."""

    mean: timedelta | None
    count: int

    def record(self) -> dict[str, Any]:
        """It as plain values."""
        return {"seconds": self.mean.total_seconds() if self.mean is not None else None, "count": self.count}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the incidents of one severity (None: of all) that became known in a period.

    `detect` is from the start until it was known, `acknowledge`, `mitigate` and `resolve` from then on: MTTA, mean time
    to mitigate, and MTTR. What has not happened yet does not count. Of what came back, the mitigation and the
    resolution that held count. `breached` is None without terms.
    """

    severity: Severity | None
    incidents: int
    unresolved: int
    detect: Mean
    acknowledge: Mean
    mitigate: Mean
    resolve: Mean
    breached: int | None

    def record(self) -> dict[str, Any]:
        """It as plain values."""
        return {
            "severity": self.severity,
            "incidents": self.incidents,
            "unresolved": self.unresolved,
            "mttd": self.detect.record(),
            "mtta": self.acknowledge.record(),
            "mttm": self.mitigate.record(),
            "mttr": self.resolve.record(),
            "sla_breached": self.breached,
        }


def figures(
    found: Iterable[Incident],
    since: datetime,
    until: datetime,
    *,
    terms: Terms | None = None,
    now: datetime | None = None,
) -> list[Figures]:
    """The figures of the incidents that became known from `since` on and before `until`: of all, then of each severity.

    With `terms` it counts those with a promise that was not kept by `now` (default: `until`).
    """
    period = [one for one in found if since <= one.detected_at < until]
    return [
        _figures(severity, [one for one in period if severity in (None, one.severity)], terms, now or until)
        for severity in (None, *SEVERITIES)
    ]


def overdue_actions(found: Iterable[Incident], today: date) -> list[tuple[Incident, ActionItem]]:
    """The action items that should be done and are not, the longest overdue first."""
    late = [(incident, item) for incident in found for item in incident.overdue(today)]
    return sorted(late, key=lambda one: (one[1].due or today, one[0].id, one[1].id))


def open_actions(found: Iterable[Incident]) -> list[tuple[Incident, ActionItem]]:
    """The action items that are not done, the next due first, those without a day last."""
    left = [(incident, item) for incident in found for item in incident.actions if item.done_at is None]
    return sorted(left, key=lambda one: (one[1].due or date.max, one[0].id, one[1].id))


def _figures(severity: Severity | None, found: Sequence[Incident], terms: Terms | None, now: datetime) -> Figures:
    late = None if terms is None else sum(breached(clocks(one, terms, now)) for one in found)
    return Figures(
        severity=severity,
        incidents=len(found),
        unresolved=sum(not one.is_over for one in found),
        detect=_mean([(one.started_at, one.detected_at) for one in found]),
        acknowledge=_mean([(one.detected_at, one.acknowledged_at) for one in found]),
        mitigate=_mean([(one.detected_at, one.mitigated_at) for one in found]),
        resolve=_mean([(one.detected_at, one.resolved_at) for one in found]),
        breached=late,
    )


def _mean(spans: Sequence[tuple[datetime, datetime | None]]) -> Mean:
    times = [until - since for since, until in spans if until is not None]
    return Mean(sum(times, timedelta()) / len(times) if times else None, len(times))
