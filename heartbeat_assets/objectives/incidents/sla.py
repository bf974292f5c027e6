"""The clocks of an incident: until when it is to be acknowledged and mitigated, and whether it was.

They start when it was known, and again when it came back. A promise is kept before its instant, not at it. A severity
that is raised starts its own, shorter time, and never gives more of it than there was; one that is lowered gives its
time from the start. What was late when the severity changed stays late. It must not ask the clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from heartbeat_assets.objectives.incidents.incident import Incident, Severity, Spell
from heartbeat_assets.objectives.incidents.terms import Terms

ClockName = Literal["acknowledge", "mitigate"]
NAMES: tuple[ClockName, ...] = ("acknowledge", "mitigate")


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise about one spell of an incident. `due_at` is None for best effort; `remaining` is None when it is met
    or best effort, and less than nothing when it is late. `late` is how late it was met, or is by now; None when it is
    not. `paused` says that it is outside the hours in which it runs.
    """

    name: ClockName
    spell: int
    severity: Severity
    promise: str
    since: datetime
    due_at: datetime | None
    met_at: datetime | None
    state: Literal["running", "met", "breached"]
    remaining: timedelta | None
    late: timedelta | None
    paused: bool

    def record(self) -> dict[str, Any]:
        """It as plain values, durations in seconds."""
        return {
            "name": self.name,
            "spell": self.spell,
            "severity": self.severity,
            "promise": self.promise,
            "since": self.since.isoformat(),
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "met_at": self.met_at.isoformat() if self.met_at else None,
            "state": self.state,
            "remaining_seconds": self.remaining.total_seconds() if self.remaining is not None else None,
            "late_seconds": self.late.total_seconds() if self.late is not None else None,
            "paused": self.paused,
        }


def clocks(incident: Incident, terms: Terms, now: datetime) -> list[Clock]:
    """Its clocks as they stand at `now`: two for every spell, the newest spell last."""
    return [
        _clock(name, number, spell, terms, now)
        for number, spell in enumerate(incident.spells, start=1)
        for name in NAMES
    ]


def breached(found: Sequence[Clock]) -> bool:
    """Whether a promise was not kept."""
    return any(clock.state == "breached" for clock in found)


def incident_record(incident: Incident, terms: Terms, now: datetime) -> dict[str, Any]:
    """An incident and its clocks as plain values: what documents, pages and the API show."""
    found = clocks(incident, terms, now)
    return {
        **incident.record(terms.business_hours.day_of(now)),
        "clocks": [clock.record() for clock in found],
        "sla_breached": breached(found),
    }


def _clock(name: ClockName, number: int, spell: Spell, terms: Terms, now: datetime) -> Clock:
    met = spell.acknowledged_at if name == "acknowledge" else spell.mitigated_at
    severity, due = _due(name, spell, met, terms)
    level = terms.level(severity)
    is_late = due is not None and (met or now) >= due
    running = met is None and not is_late
    counted = level.hours == "business" or "business day" in getattr(level, name)
    return Clock(
        name=name,
        spell=number,
        severity=severity,
        promise=getattr(level, name),
        since=spell.since,
        due_at=due,
        met_at=met,
        state="breached" if is_late else "running" if running else "met",
        remaining=due - now if due is not None and met is None else None,
        late=(met or now) - due if due is not None and is_late else None,
        paused=running and due is not None and counted and not terms.business_hours.is_open(now),
    )


def _due(name: ClockName, spell: Spell, met: datetime | None, terms: Terms) -> tuple[Severity, datetime | None]:
    """The severity that counts, and until when it was promised."""
    hours = terms.business_hours
    severity = spell.severities[0][1]
    due = terms.level(severity).due(name, spell.since, hours)
    for at, changed in spell.severities[1:]:
        if (met is not None and met <= at) or (due is not None and due <= at):
            break
        if changed < severity:
            shorter = terms.level(changed).due(name, at, hours)
            due = min((one for one in (due, shorter) if one is not None), default=None)
        elif changed > severity:
            longer = terms.level(changed).due(name, spell.since, hours)
            due = None if due is None or longer is None else max(due, longer)
        severity = changed
    return severity, due
