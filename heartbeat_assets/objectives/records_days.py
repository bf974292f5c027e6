"""The days in the records of an SLO: most are the same an hour later, so most records hold those that changed alone.

Such a record names an earlier one of the same SLO that holds every day. Both are in the journal for ever, so nothing
that is written meanwhile can part them. It must not measure, nor write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from heartbeat_assets.ledger import Journal, JournalEvent

STREAM = "objective"
"""Where the journal keeps how SLOs stood."""
MOST_CHANGED = 10
"""With more days than so many that changed, a record holds every day again."""
_OTHERS, _FIRST = "other_days_in", "first_day"


def newest_of(journal: Journal, name: str) -> JournalEvent | None:
    """The newest record of the SLO called `name`, with every day; None when it was never measured."""
    events = journal.of(STREAM, name, limit=1)
    return whole(journal, events[-1]) if events else None


def newest_of_all(journal: Journal) -> dict[str, JournalEvent]:
    """The newest record of each SLO, with every day."""
    return {name: whole(journal, event) for name, event in journal.newest(STREAM).items()}


def whole(journal: Journal, event: JournalEvent) -> JournalEvent:
    """`event` with every day in its body."""
    if _OTHERS not in event.body:
        return event
    body = dict(event.body)
    number, first = body.pop(_OTHERS), str(body.pop(_FIRST, ""))
    others = journal.get(number) if isinstance(number, int) else None
    known = _days(others.body) if others is not None and _is_of(others, event.subject) else {}
    days = {day: told for day, told in (known | _days(body)).items() if day >= first}
    return replace(event, body=body | {"days": [days[day] for day in sorted(days)]})


def spared(journal: Journal, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """`body`, a record to come of the SLO called `name`, without the days that an earlier record holds."""
    days, newest = _days(body), journal.of(STREAM, name, limit=1)
    if not days or not newest:
        return dict(body)
    number = newest[-1].body.get(_OTHERS, newest[-1].seq)
    others = journal.get(number) if isinstance(number, int) else None
    known = _days(others.body) if others is not None and _is_of(others, name) else {}
    changed = {day: told for day, told in days.items() if known.get(day) != told}
    # With the clock set back the earlier record has days that are still to come.
    if len(changed) > min(MOST_CHANGED, len(days) // 2) or max(known, default="") > max(days):
        return dict(body)
    return {**body, "days": list(changed.values()), _OTHERS: number, _FIRST: min(days)}


def _is_of(event: JournalEvent, name: str) -> bool:
    return (event.stream, event.subject) == (STREAM, name) and _OTHERS not in event.body


def _days(body: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The days of a record, each as it is told, by its date."""
    told = body.get("days")
    return {str(day.get("day")): day for day in told if isinstance(day, Mapping)} if isinstance(told, list) else {}
