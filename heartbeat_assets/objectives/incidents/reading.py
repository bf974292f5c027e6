"""Incidents as the journal has them. It must not record anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from heartbeat_assets.objectives.incidents.fields import id_order, incident_id
from heartbeat_assets.objectives.incidents.folding import STREAM, fold
from heartbeat_assets.objectives.incidents.incident import Incident
from heartbeat_assets.objectives.incidents.problems import IncidentProblem

if TYPE_CHECKING:
    from heartbeat_assets.ledger import JournalEvent
    from heartbeat_assets.ledger.journal_store import Journal

RULES = "rule:"
"""What the subject of a rule's suggestions begins with, the rule's name behind it."""

_AT_ONCE = 1000


def incidents(journal: Journal) -> list[Incident]:
    """Every incident, the newest id first. Raises LedgerError and IncidentUnreadable."""
    of_id: dict[str, list[JournalEvent]] = {}
    for event in _all(journal):
        if not event.subject.startswith(RULES):
            of_id.setdefault(event.subject, []).append(event)
    return [fold(of_id[one]) for one in sorted(of_id, key=id_order, reverse=True)]


def incident_called(journal: Journal, called: str) -> Incident:
    """The incident with that id. Raises IncidentProblem when there is none, LedgerError and IncidentUnreadable."""
    return fold(events_of(journal, called))


def events_of(journal: Journal, called: str) -> list[JournalEvent]:
    """The events of the incident with that id, oldest first. Raises IncidentProblem when there is none."""
    spelled = incident_id(called)
    events = journal.of(STREAM, spelled)
    if not events:
        newest = max((one for one in journal.subjects(STREAM) if not one.startswith(RULES)), key=id_order, default=None)
        there = "there is none yet" if newest is None else f"the newest is {newest}"
        raise IncidentProblem("id", f"there is no incident {spelled}; {there}")
    return events


def _all(journal: Journal) -> Iterator[JournalEvent]:
    seq = 0
    while events := journal.after(seq, _AT_ONCE, stream=STREAM):
        yield from events
        seq = events[-1].seq
