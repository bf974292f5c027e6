"""Tripwires and switches as documents and in the words of a terminal. It must not look, act or read anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heartbeat_assets.cli.output import state, table, wrapped
from heartbeat_assets.metrics.wording import instant_words

if TYPE_CHECKING:
    from heartbeat_assets.governance.policy import TripwirePolicy
    from heartbeat_assets.governance.switch import SwitchState
    from heartbeat_assets.ledger import JournalEvent

Document = dict[str, Any]
_DOES = {"throttle": "throttle {domain}", "kill_switch": "stop everything", "notify": "notify only"}
_TOLD = ("triggered", "inconclusive", "problem", "insufficient_events", "no_data")


def tripwire_document(policy: TripwirePolicy, folder: str, newest: JournalEvent | None) -> Document:
    """A tripwire and its newest look; what belongs to a look is None before the first one."""
    body = newest.body if newest else {}
    return {
        "name": policy.name,
        "folder": folder,
        "enabled": policy.enabled,
        "action": policy.action,
        "schedule": policy.schedule,
        "outcome": newest.kind.upper() if newest else None,
        "sentence": body.get("sentence") if newest else None,
        "looked_at": newest.at.isoformat(timespec="seconds") if newest else None,
        "evaluation": newest.seq if newest else None,
    }


def event_document(event: JournalEvent) -> Document:
    """A recorded event, whole."""
    return {
        "seq": event.seq,
        "subject": event.subject,
        "place": event.place,
        "kind": event.kind,
        "at": event.at.isoformat(timespec="microseconds"),
        "actor": event.actor,
        "actor_kind": event.actor_kind,
        "via": event.via,
        "reason": event.reason,
        "cause": event.cause,
        "body": event.body,
    }


def switch_document(name: str, one: SwitchState | None) -> Document:
    """A switch as it is; one that was never engaged is off."""
    if one is None:
        return {"switch": name, "engaged": False, "since": None, "by": None, "by_kind": None, "reason": None,
                "cause": None, "released_at": None, "cooldown_until": None}  # fmt: skip
    return {
        "switch": name,
        "engaged": one.engaged,
        "since": _instant(one.since),
        "by": one.actor,
        "by_kind": one.actor_kind,
        "reason": one.reason,
        "cause": one.cause,
        "released_at": _instant(one.released_at),
        "cooldown_until": _instant(one.cooldown_until),
    }


def outcome_words(outcome: str | None, enabled: bool = True) -> str:
    """`◆ triggered`, or why there is no outcome."""
    if not enabled:
        return state("disabled")
    return state("not looked at yet" if outcome is None else outcome.lower().replace("_", " "))


def does_words(document: Document) -> str:
    """What a tripwire does when it triggers: `throttle WHOLESALE`."""
    return _DOES[document["action"]].format(domain=document["name"].partition(".")[0])


def tripwires_text(documents: list[Document]) -> str:
    """The table of tripwires; below it a sentence for each that is not quiet."""
    rows = [
        [one["name"], outcome_words(one["outcome"], one["enabled"]), minute(one["looked_at"]), does_words(one)]
        for one in documents
    ]
    told = [
        wrapped(str(one["sentence"]))
        for one in documents
        if one["enabled"] and one["sentence"] and str(one["outcome"]).lower() in _TOLD
    ]
    return "\n\n".join([table(["tripwire", "outcome", "looked at", "when it triggers"], rows), *told])


def switches_text(documents: list[Document]) -> str:
    """The table of switches."""
    rows = [
        [
            one["switch"],
            state("engaged" if one["engaged"] else "released" if one["since"] else "never engaged"),
            minute(one["since"]),
            one["by"] or "",
            _reason(one),
        ]
        for one in documents
    ]
    return table(["switch", "", "since", "by", "reason"], rows)


def _reason(switch: Document) -> str:
    """Why it was changed; of a release, also until when no tripwire engages it again."""
    from datetime import UTC, datetime

    until = switch["cooldown_until"]
    rests = until is not None and datetime.fromisoformat(until) > datetime.now(UTC)
    return f"{switch['reason'] or ''}{f' (no tripwire stops it before {minute(until)})' if rests else ''}"


def events_text(documents: list[Document]) -> str:
    """The table of events, oldest first."""
    rows = [
        [
            minute(one["at"]), one["kind"].replace("_", " "), one["actor"],
            one["reason"] or str(one["body"].get("sentence", "")),
        ]
        for one in documents
    ]  # fmt: skip
    return table(["at", "what", "by", "why"], rows)


def minute(instant: str | None) -> str:
    """The ISO instant to the minute, in UTC; nothing for none."""
    from datetime import datetime

    return "" if instant is None else instant_words(datetime.fromisoformat(instant))


def _instant(value: Any) -> str | None:
    return None if value is None else str(value.isoformat(timespec="seconds"))
