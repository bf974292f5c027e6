"""What a person says a component is, until an instant and with a reason; and taking that back.

An override whose instant is over needs nothing more. It must not judge by rules.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.objectives.status.timeline import overrides_in

if TYPE_CHECKING:
    from heartbeat_assets.ledger import Actor, JournalEvent
    from heartbeat_assets.ledger.journal_store import Journal

STREAM = "component"
STATES = ("OK", "DEGRADED", "DOWN")
LONGEST = timedelta(days=31)
"""So long an override may hold; what lasts longer is for the rules to say."""
_LONGEST_REASON = 2000


class StatusProblem(UsageProblem):
    """`field` (component, state, until, reason or actor) cannot be what was asked for; `sentence` says why."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        self.sentence = sentence
        super().__init__(f"{field}: {sentence}")


def override(
    journal: Journal,
    spec: OperationsSpec,
    component: str,
    *,
    state: str,
    until: datetime,
    actor: Actor,
    reason: str,
    now: datetime | None = None,
) -> JournalEvent:
    """Shows `component` as `state` until `until`, whatever the rules find. One that holds already is replaced.

    Raises StatusProblem and LedgerError.
    """
    from heartbeat_assets.ledger import NewJournalEvent

    instant = now or datetime.now(UTC)
    name, why = _component(spec, component), _said(actor, reason)
    said = state.strip().upper()
    if said not in STATES:
        raise StatusProblem("state", f"must be one of {', '.join(STATES)}, not {state!r}")
    if until.tzinfo is None:
        raise StatusProblem("until", "has no time zone; write 2026-02-23T16:00:00+00:00, or Z at the end for UTC")
    if until <= instant:
        raise StatusProblem("until", f"{until:%Y-%m-%d %H:%M %Z} is over; say until when it holds")
    if until > instant + LONGEST:
        raise StatusProblem("until", f"must be within {LONGEST.days} days; make a rule of what lasts longer")
    body = {"state": said, "until": until.astimezone(UTC).isoformat(), "at": instant.isoformat()}
    return journal.append(NewJournalEvent(STREAM, name, "overridden", reason=why, body=body), actor)


def end_override(
    journal: Journal,
    spec: OperationsSpec,
    component: str,
    *,
    actor: Actor,
    reason: str,
    now: datetime | None = None,
) -> JournalEvent:
    """Lets the rules say again how `component` is. Raises StatusProblem (also when nothing is overridden) and
    LedgerError.
    """
    from heartbeat_assets.ledger import NewJournalEvent

    instant = now or datetime.now(UTC)
    name, why = _component(spec, component), _said(actor, reason)
    events = journal.of(STREAM, name)
    holding = next((one for one in overrides_in(events, instant) if one.override.at <= instant < one.end), None)
    if holding is None:
        raise StatusProblem("component", f"nobody says anything over the rules of {name} now")
    body = {"at": instant.isoformat()}
    new = NewJournalEvent(STREAM, name, "override_ended", reason=why, body=body)
    return journal.append(new, actor, if_place=events[-1].place)


def _component(spec: OperationsSpec, name: str) -> str:
    spelled = name.strip().lower().replace("-", "_")
    known = [one.id for one in spec.components]
    if spelled not in known:
        close = get_close_matches(spelled, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"there is {', '.join(known)}"
        raise StatusProblem("component", f"there is no component {name!r}; {hint}")
    return spelled


def _said(actor: Actor, reason: str) -> str:
    if actor.kind != "person":
        raise StatusProblem("actor", f"{actor.name} is a program; only people say something over the rules")
    why = reason.strip()
    if not why:
        raise StatusProblem("reason", "is required: say in a sentence why")
    if len(why) > _LONGEST_REASON:
        raise StatusProblem("reason", f"must be at most {_LONGEST_REASON} characters long, not {len(why)}")
    return why
