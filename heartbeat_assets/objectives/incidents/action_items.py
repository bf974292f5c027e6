"""What is to be done so that it does not happen again: adding an item to an incident, and finishing it.

`if_place` and `at` are as in `store`. It must not remind anybody.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from heartbeat_assets.objectives.incidents.appending import append_event, at_body
from heartbeat_assets.objectives.incidents.fields import checked_due, checked_owner, checked_text, said
from heartbeat_assets.objectives.incidents.incident import Incident
from heartbeat_assets.objectives.incidents.problems import IncidentProblem

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor
    from heartbeat_assets.ledger.journal_store import Journal


def add_action(
    journal: Journal,
    called: str,
    *,
    text: str,
    owner: str,
    due: date | str | None,
    actor: Actor,
    reason: str = "",
    if_place: int | None = None,
) -> Incident:
    """Notes what is to be done, by whom (an e-mail address or `team:name`) and until which day. Its id is A1, A2, ...
    in the incident. Raises IncidentProblem and LedgerError.
    """
    what, who, until = checked_text("text", text, one_line=True), checked_owner(owner), checked_due(due)

    def described(incident: Incident) -> dict[str, Any]:
        day = {"due": until.isoformat()} if until else {}
        return {"id": f"A{len(incident.actions) + 1}", "text": what, "owner": who, **day}

    return append_event(journal, called, "action_added", actor, reason or what, described, if_place)


def finish_action(
    journal: Journal,
    called: str,
    item: str,
    *,
    actor: Actor,
    reason: str,
    at: datetime | str | None = None,
    if_place: int | None = None,
    now: datetime | None = None,
) -> Incident:
    """The action item is done, or will not be: `reason` says how. Raises IncidentProblem when there is no such item or
    it is done, and LedgerError.
    """

    def described(incident: Incident) -> dict[str, Any]:
        found = next((one for one in incident.actions if one.id == item.strip().upper()), None)
        if found is None:
            there = ", ".join(one.id for one in incident.actions) or "none"
            raise IncidentProblem("item", f"{incident.id} has no action item {item!r}; there is {there}")
        if found.done_at is not None:
            raise IncidentProblem("item", f"{found.id} is done already, since {said(found.done_at)}: {found.outcome}")
        return {"id": found.id, **at_body(at, incident.opened_at, f"{incident.id} was opened", now)}

    return append_event(journal, called, "action_done", actor, reason, described, if_place)
