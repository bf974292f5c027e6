"""How everything stands, without the people in it: what may be read by everybody.

Who opened an incident, who took it on and who set a state is left out, and an owner who is a person is not named. What
people wrote themselves stays as it is: the privacy check reads it.
"""

from __future__ import annotations

from dataclasses import replace

from heartbeat_assets.objectives.operations import Operations, Record

A_PERSON = "a named person"
WITHHELD = "Withheld."
_SLO = ("name", "display_name", "description", "service", "method", "target", "judged_at", "window", "state",
        "severity", "budget", "raw", "coverage", "burns", "burn_rate", "burn_rate_over", "exhausted_at", "recorded_at",
        "stale", "days", "sentence")  # fmt: skip
_INCIDENT = ("id", "title", "severity", "status", "impact", "rca", "mitigation", "components", "started_at", "ended_at",
             "detected_at", "opened_at", "acknowledged_at", "mitigated_at", "resolved_at", "updated_at", "reopened",
             "sla_breached")  # fmt: skip
_ACTION = ("id", "text", "due", "done_at", "outcome", "overdue")
_ENTRY = ("kind", "at", "text")
_CLOCK = ("name", "spell", "severity", "promise", "due_at", "met_at", "state")


def published(operations: Operations) -> Operations:
    """`operations` as everybody may see it."""
    support = operations.contacts.support_email

    def owner(named: str | None) -> str:
        return owner_words(named, support)

    def incident(given: Record) -> Record:
        one = _without_withheld(given)
        return {
            **_only(one, _INCIDENT),
            "actions": [{**_only(item, _ACTION), "owner": owner(item.get("owner"))} for item in one.get("actions", ())],
            "timeline": [_only(entry, _ENTRY) for entry in one.get("timeline", ())],
            "clocks": [_only(clock, _CLOCK) for clock in one.get("clocks", ())],
        }

    incidents = tuple(incident(one) for one in operations.incidents)
    items = {(one["id"], item["id"]): item for one in incidents for item in one["actions"]}

    def overdue(item: Record) -> Record:
        shown = {**_only(item, (*_ACTION, "incident")), "owner": owner(item.get("owner"))}
        return {**shown, **items.get((item.get("incident"), item.get("id")), {})}

    return replace(
        operations,
        owner=owner(operations.owner),
        components=tuple(
            replace(one, override=replace(one.override, actor="") if one.override else None)
            for one in operations.components
        ),
        slos=tuple({**_only(one, _SLO), "owner": owner(one.get("owner"))} for one in operations.slos),
        kpis=tuple(replace(one, owner=owner(one.owner)) for one in operations.kpis),
        incidents=incidents,
        suggestions=(),
        overdue=tuple(overdue(one) for one in operations.overdue),
        problems=(),
    )


def _without_withheld(one: Record) -> Record:
    """An incident without the words that somebody withheld. They stay in the journal, where nothing is taken away."""
    places = set(one.get("withheld", ()))
    if not places:
        return one
    entries = [entry for entry in one.get("timeline", ()) if entry["place"] in places]
    hidden = {(entry["kind"], entry["changes"].get("id")) for entry in entries}
    return {
        **one,
        "timeline": [{**entry, "text": WITHHELD} if entry in entries else entry for entry in one.get("timeline", ())],
        "actions": [
            {
                **item,
                "text": WITHHELD if ("action_added", item["id"]) in hidden else item["text"],
                "outcome": WITHHELD if ("action_done", item["id"]) in hidden else item.get("outcome"),
            }
            for item in one.get("actions", ())
        ],
    }


def owner_words(named: str | None, support: str = "") -> str:
    """An owner by name: a team's, or that it is a person; '' for none."""
    if not named:
        return ""
    if "@" in named and named.casefold() != support.casefold():
        return A_PERSON
    return named.removeprefix("team:")


def _only(record: Record, names: tuple[str, ...]) -> Record:
    return {name: record[name] for name in names if name in record}
