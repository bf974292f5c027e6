"""Switches: what is stopped, since when, by whom and why. GLOBAL stops everything, a domain's name only that domain.

A switch is what the journal's newest event of it says. Engaging needs a reason; only a person may release. It must not
decide when to engage one; `actuator` does. Light: application code asks it before it acts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from heartbeat_assets.errors import UsageProblem

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor
    from heartbeat_assets.ledger.journal_records import JournalEvent
    from heartbeat_assets.ledger.journal_store import Journal

STREAM = "switch"
GLOBAL = "GLOBAL"
DEFAULT_COOLDOWN = timedelta(hours=24)
STATES = ("engaged", "released")
"""The events that change a switch; `rehearsed` and `held` only tell."""

_COOLDOWN = "cooldown_seconds"
_LONGEST_REASON = 2000


class SwitchProblem(UsageProblem):
    """`field` (name, reason or actor) cannot be what was asked for; `sentence` says why, without its subject."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        self.sentence = sentence
        super().__init__(f"{field}: {sentence}")


@dataclass(frozen=True, slots=True)
class SwitchState:
    """A switch that was ever engaged. `since`, `actor`, `reason` and `evidence` (what the event holds beside them) are
    of the newest change. `cause` is the evaluation that engaged it. `released_at` and `cooldown_until` are None while
    it is engaged.
    """

    name: str
    engaged: bool
    since: datetime
    actor: str
    actor_kind: Literal["person", "program"]
    reason: str
    evidence: Mapping[str, Any]
    cause: int | None
    released_at: datetime | None
    cooldown_until: datetime | None


def switch_name(name: str) -> str:
    """`name` as switches are spelled: a domain in upper case, or GLOBAL. Raises SwitchProblem."""
    from heartbeat_assets.ledger import WrongKpiEvent
    from heartbeat_assets.ledger.kpi_records import domain_of

    try:
        return domain_of(name)
    except WrongKpiEvent as problem:
        raise SwitchProblem("name", f"{problem.sentence}, or {GLOBAL}") from None


def switch_states(journal: Journal, *, cooldown_of: Callable[[str], timedelta] | None = None) -> dict[str, SwitchState]:
    """Every switch that was ever engaged, by its name, sorted.

    `cooldown_of` says how long a switch rests after a release (`TripwiresSpec.cooldown_of`); without it, it is what the
    event that engaged it said, else DEFAULT_COOLDOWN. Raises LedgerError.
    """
    newest = journal.newest(STREAM, kinds=STATES)
    return {name: state_of(newest[name], cooldown_of) for name in sorted(newest)}


def switch_state(
    journal: Journal, name: str, *, cooldown_of: Callable[[str], timedelta] | None = None
) -> SwitchState | None:
    """The switch `name`, None when it was never engaged. Raises SwitchProblem and LedgerError."""
    return switch_states(journal, cooldown_of=cooldown_of).get(switch_name(name))


def engage(
    journal: Journal,
    name: str,
    *,
    actor: Actor,
    reason: str,
    body: Mapping[str, Any] | None = None,
    cause: int | None = None,
) -> JournalEvent:
    """Stops the domain `name`, or everything, until a person releases it. A program needs a `cause`: the number of the
    evaluation that triggered. Raises SwitchProblem (also when it is engaged already) and LedgerError.
    """
    spelled, why = switch_name(name), checked_reason(reason)
    if actor.kind != "person" and cause is None:
        raise SwitchProblem(
            "actor", f"{actor.name} is a program; it engages a switch only for a tripwire that triggered"
        )

    def described(newest: JournalEvent | None) -> dict[str, Any]:
        if newest is not None and newest.kind == "engaged":
            raise SwitchProblem("name", f"{spelled} is engaged already, since {_said(newest)}")
        return dict(body or {})

    return _append(journal, spelled, "engaged", actor, why, described, cause)


def release(journal: Journal, name: str, *, actor: Actor, reason: str) -> JournalEvent:
    """Lets the domain `name`, or everything, run again. Raises SwitchProblem (also when it is not engaged, or when a
    program asks) and LedgerError.
    """
    spelled, why = switch_name(name), checked_reason(reason)
    if actor.kind != "person":
        raise SwitchProblem("actor", f"{actor.name} is a program; a switch is released by people alone")

    def described(newest: JournalEvent | None) -> dict[str, Any]:
        if newest is None or newest.kind != "engaged":
            since = "it never was" if newest is None else f"released since {_said(newest)}"
            raise SwitchProblem("name", f"{spelled} is not engaged; {since}")
        # Kept with the release, so that it alone tells how long the switch rests.
        kept = {_COOLDOWN: newest.body[_COOLDOWN]} if _COOLDOWN in newest.body else {}
        return {"engaged": newest.seq, **kept}

    return _append(journal, spelled, "released", actor, why, described, None)


def checked_reason(reason: object) -> str:
    """`reason`, trimmed. Raises SwitchProblem when it says nothing, too much, or what nobody can read."""
    why = reason.strip() if isinstance(reason, str) else ""
    if not why:
        raise SwitchProblem("reason", "is required: say in a sentence why")
    if len(why) > _LONGEST_REASON:
        raise SwitchProblem("reason", f"must be at most {_LONGEST_REASON} characters long, not {len(why)}")
    # Lines may break in it, but what is kept for ever can be read by everybody, and any database takes it.
    if not " ".join(why.split()).isprintable():
        raise SwitchProblem("reason", "has characters that cannot be shown; write it anew")
    return why


def newest_change(events: list[JournalEvent]) -> JournalEvent | None:
    """The newest of a switch's events, oldest first, that changed it."""
    return next((event for event in reversed(events) if event.kind in STATES), None)


def cooldown_body(cooldown: timedelta) -> dict[str, Any]:
    """What an event that engages a switch says of how long it rests after its release."""
    return {_COOLDOWN: cooldown.total_seconds()}


def state_of(event: JournalEvent, cooldown_of: Callable[[str], timedelta] | None = None) -> SwitchState:
    """What `event`, the newest that changed a switch, makes of it."""
    engaged = event.kind == "engaged"
    if cooldown_of is not None:
        cooldown = cooldown_of(event.subject)
    else:
        cooldown = timedelta(seconds=event.body.get(_COOLDOWN, DEFAULT_COOLDOWN.total_seconds()))
    return SwitchState(
        name=event.subject,
        engaged=engaged,
        since=event.at,
        actor=event.actor,
        actor_kind=event.actor_kind,
        reason=event.reason,
        evidence=event.body,
        cause=event.cause,
        released_at=None if engaged else event.at,
        cooldown_until=None if engaged else event.at + cooldown,
    )


def _append(
    journal: Journal,
    name: str,
    kind: str,
    actor: Actor,
    reason: str,
    described: Callable[[JournalEvent | None], dict[str, Any]],
    cause: int | None,
) -> JournalEvent:
    """Appends what `described` makes of the newest change, again when somebody was faster."""
    from heartbeat_assets.ledger import NewJournalEvent, again_when_stale

    def attempt() -> JournalEvent:
        events = journal.of(STREAM, name)
        body = described(newest_change(events))
        new = NewJournalEvent(STREAM, name, kind, reason=reason, body=body, cause=cause)
        return journal.append(new, actor, if_place=events[-1].place if events else 0)

    return again_when_stale(attempt)


def _said(event: JournalEvent) -> str:
    return f"{event.at:%Y-%m-%d %H:%M} UTC by {event.actor}: {event.reason}"
