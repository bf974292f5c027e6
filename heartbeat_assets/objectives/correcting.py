"""What people say of measured time afterwards: that it shall not count, or what it came to. Kept in the journal.

Nothing measured is changed: a correction stands beside it, and a person may withdraw it. It must not judge anything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.ledger import Actor, Journal, JournalEvent, NewJournalEvent
from heartbeat_assets.objectives.objectives_spec import ObjectivesSpec
from heartbeat_assets.objectives.slo.corrections import Correction

STREAM = "correction"
CORRECTED, WITHDRAWN = "corrected", "withdrawn"


class CorrectionProblem(UsageProblem):
    """A correction that cannot be made; `field` is what of it is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def correct(
    journal: Journal,
    name: str,
    *,
    start: datetime,
    end: datetime,
    actor: Actor,
    reason: str,
    kind: Literal["exclude", "set"] = "exclude",
    good: int = 0,
    total: int = 0,
) -> JournalEvent:
    """Takes the time from `start` up to `end` out of the SLO called `name`, or sets its good and total events.

    Raises CorrectionProblem, and LedgerError.
    """
    why = _checked(actor, reason)
    try:
        one = Correction(start, end, kind, good, total, why)
    except ValueError as problem:
        raise CorrectionProblem("total" if start < end else "end", str(problem)) from None
    figures = {"good": one.good, "total": one.total} if kind == "set" else {}
    body = {"kind": kind, "start": start.isoformat(), "end": end.isoformat(), **figures}
    return journal.append(NewJournalEvent(STREAM, name, CORRECTED, reason=why, body=body), actor)


def withdraw(journal: Journal, name: str, number: int, *, actor: Actor, reason: str) -> JournalEvent:
    """Takes the correction that event `number` made back: what was measured counts again.

    Raises CorrectionProblem, and LedgerError.
    """
    why = _checked(actor, reason)
    events = journal.of(STREAM, name)
    made = [event for event in events if event.kind == CORRECTED]
    if number not in {event.seq for event in made}:
        known = ", ".join(f"#{event.seq}" for event in made) or "none"
        raise CorrectionProblem("id", f"{name} has no correction #{number}; there is {known}")
    if any(event.kind == WITHDRAWN and event.cause == number for event in events):
        raise CorrectionProblem("id", f"correction #{number} of {name} is withdrawn already")
    new = NewJournalEvent(STREAM, name, WITHDRAWN, reason=why, cause=number)
    return journal.append(new, actor, if_place=events[-1].place)


def corrections_of(journal: Journal, name: str) -> list[Correction]:
    """The corrections of the SLO called `name` that nobody withdrew, in the order they were made."""
    events = journal.of(STREAM, name)
    withdrawn = {event.cause for event in events if event.kind == WITHDRAWN}
    return [_correction(event) for event in events if event.kind == CORRECTED and event.seq not in withdrawn]


def all_corrections(spec: ObjectivesSpec, journal: Journal, name: str) -> list[Correction]:
    """What counts otherwise than it was measured of the SLO called `name`: the maintenance of its file, then what
    people corrected.
    """
    return [*spec.maintenance_of(name), *corrections_of(journal, name)]


def _correction(event: JournalEvent) -> Correction:
    body = event.body
    return Correction(
        datetime.fromisoformat(body["start"]),
        datetime.fromisoformat(body["end"]),
        body["kind"],
        body.get("good", 0),
        body.get("total", 0),
        event.reason,
        f"#{event.seq}",
    )


def _checked(actor: Actor, reason: str) -> str:
    if actor.kind != "person":
        raise CorrectionProblem("actor", f"{actor.name} is a program; what was measured is corrected by people alone")
    if not reason.strip():
        raise CorrectionProblem("reason", "say in a sentence why, for those who compare the figures later")
    return reason.strip()
