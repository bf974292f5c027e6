"""Acts on tripwires that triggered: throttles a domain, or stops everything. Once an evaluation, whoever runs it.

1. The newest record of a tripwire counts. Only `triggered`, of a policy that is enabled and does more than notify, is
   acted on, and only once: an event of a switch that names the record as its cause says that it was.
2. A switch that is engaged stays as it is. One that a person has released since the record was made, too: they knew it.
3. Within the cooldown after a release, that the switch would have been engaged is recorded as `held`.
4. In a dry run it is recorded as `rehearsed`. Else the switch is engaged.

Two at once are safe: who comes second finds the event of the first. It must not judge events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from heartbeat_assets.governance.look import BASELINE_RELEASED, newest_record
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.governance.switch import GLOBAL, STREAM, cooldown_body, newest_change
from heartbeat_assets.governance.tripwires_spec import RiskPolicy, TripwiresSpec, switch_of
from heartbeat_assets.ledger import Actor, JournalEvent, Ledger, LedgerError, NewJournalEvent, again_when_stale

Done = Literal["engaged", "rehearsed", "held", "already", "nothing"]
TRIGGERED = "triggered"

_EVIDENCE = (
    "sentence", "kind", "recent", "baseline", "drop_pct", "interval", "confidence", "p_value", "level", "method",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """What was done about a tripwire. `switch` is the one it concerns, None where there is none; `event` is what was
    recorded, None where nothing was.
    """

    tripwire: str
    switch: str | None
    done: Done
    sentence: str
    event: JournalEvent | None = None


def act(spec: TripwiresSpec, ledger: Ledger, *, now: datetime, actor: Actor) -> list[Action]:
    """Does what the newest records of the tripwires of `spec` call for, and says for each what that was.

    What cannot be done for one stops no other; the first LedgerError is raised when all had their turn.
    """
    done: list[Action] = []
    fault: LedgerError | None = None
    for policy in spec.policies:
        try:
            done.append(_act(policy, spec, ledger, now, actor))
        except LedgerError as problem:
            fault = fault or problem
    if fault is not None:
        raise fault
    return done


def _act(policy: TripwirePolicy, spec: TripwiresSpec, ledger: Ledger, now: datetime, actor: Actor) -> Action:
    switch = switch_of(policy)
    found = newest_record(ledger, policy.name)
    why_not = _nothing_follows(policy, found)
    if why_not or switch is None or found is None:
        return Action(policy.name, switch, "nothing", f"{policy.name}: {why_not}.")
    risk = spec.risk_policy(switch)
    return again_when_stale(lambda: _throw(policy, switch, risk, ledger, found, now, actor))


def _nothing_follows(policy: TripwirePolicy, found: JournalEvent | None) -> str:
    """Why there is nothing to do about the newest record; empty when there is."""
    if not policy.enabled:
        return "its policy is disabled, so nothing follows"
    if found is None:
        return "it was never looked at, so nothing follows"
    if found.kind == BASELINE_RELEASED:
        return f"{found.actor} released its baseline after its newest look, so nothing follows"
    if found.kind != TRIGGERED:
        return f"its newest look found {found.kind.replace('_', ' ')}, so nothing follows"
    return "it triggered, and its policy says to notify only" if policy.action == "notify" else ""


def _throw(
    policy: TripwirePolicy,
    switch: str,
    risk: RiskPolicy,
    ledger: Ledger,
    found: JournalEvent,
    now: datetime,
    actor: Actor,
) -> Action:
    """One attempt; raises StaleSubject when the switch changed meanwhile."""

    def said(done: Done, sentence: str, event: JournalEvent | None = None) -> Action:
        return Action(policy.name, switch, done, f"{policy.name}: {sentence}.", event)

    what = "everything" if switch == GLOBAL else switch
    events = ledger.journal.of(STREAM, switch)
    acted = next((event for event in ledger.journal.caused_by(found.seq) if event.stream == STREAM), None)
    if acted is not None:
        return said("already", f"its newest look was acted on already ({acted.kind} {_moment(acted.at)})")
    change = newest_change(events)
    until = None
    if change is not None and change.kind == "engaged":
        return said("already", f"{what} is stopped already, since {_moment(change.at)} by {change.actor}")
    if change is not None:
        until = change.at + risk.cooldown_duration
        if found.seq < change.seq:
            return said("nothing", f"{change.actor} released {switch} after its newest look, so nothing follows")
    kind: Done = "held" if until is not None and now < until else "rehearsed" if risk.dry_run else "engaged"
    body = {**_evidence(policy, found), **cooldown_body(risk.cooldown_duration)}
    reason = str(found.body.get("sentence") or f"{policy.name} triggered")
    new = NewJournalEvent(STREAM, switch, kind, reason=reason, body=body, cause=found.seq)
    event = ledger.journal.append(new, actor, if_place=events[-1].place if events else 0)
    if kind == "held" and change is not None and until is not None:
        return said(
            "held",
            f"{what} is not stopped again: {change.actor} released it {_moment(change.at)}, and until {_moment(until)} "
            "no tripwire stops it",
            event,
        )
    if kind == "rehearsed":
        return said("rehearsed", f"{what} would be stopped, but this is a dry run", event)
    return said("engaged", f"{what} is stopped until a person releases {switch}", event)


def _evidence(policy: TripwirePolicy, found: JournalEvent) -> dict[str, Any]:
    figures = {name: found.body[name] for name in _EVIDENCE if name in found.body}
    return {"tripwire": policy.name, "action": policy.action, **figures}


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
