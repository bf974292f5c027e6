"""One look of a tripwire at the ledger: the events it needs, the evaluation, and its record in the journal.

Only the events of the two windows are fetched, however many there are. A baseline that froze is handed from one record
to the next until a person releases it. It must not act on what it finds; `actuator` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from heartbeat_assets.governance.evaluate import evaluate
from heartbeat_assets.governance.evaluation import Evaluation
from heartbeat_assets.governance.policy import TripwirePolicy, spelled_name
from heartbeat_assets.governance.series import FrozenBaseline, KpiEvent, SeriesProblem
from heartbeat_assets.governance.switch import SwitchProblem, checked_reason
from heartbeat_assets.ledger import Actor, JournalEvent, Ledger, NewJournalEvent, again_when_stale
from heartbeat_assets.ledger import KpiEvent as Recorded

STREAM = "tripwire"
PROBLEM, BASELINE_RELEASED, DISABLED = "problem", "baseline_released", "disabled"

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Look:
    """A look and its record. Events that cannot be compared have no evaluation, but a `problem`: a sentence."""

    evaluation: Evaluation | None
    problem: str
    event: JournalEvent


@dataclass(frozen=True, slots=True)
class _Kept:
    """A frozen baseline, and what it takes to fetch it again: when its first and last event happened, and the highest
    number it has seen. An event with a higher one was recorded later, and is none of it.
    """

    bounds: FrozenBaseline
    since: datetime
    until: datetime
    mark: int

    def record(self) -> dict[str, Any]:
        """What the journal keeps of it beside its bounds."""
        return {"since": self.since.isoformat(), "until": self.until.isoformat(), "mark": self.mark}


def look(policy: TripwirePolicy, ledger: Ledger, *, now: datetime, actor: Actor) -> Look:
    """What `policy` says of the events before `now`, recorded by `actor`; raises LedgerError.

    The record has the outcome as its kind, and as its body the evaluation and the policy as it was. A policy that is
    off is recorded once, and not again at every look.
    """
    return again_when_stale(lambda: _look(policy, ledger, now, actor, newest_record(ledger, policy.name)))


def release_baseline(ledger: Ledger, name: str, actor: Actor, reason: str) -> JournalEvent:
    """Lets the tripwire called `name` (`WHOLESALE.contract_rate`) take a new baseline at its next look.

    Raises SwitchProblem when there is no frozen one, or when it is not a person with a reason who asks; LedgerError.
    """
    why = checked_reason(reason)
    spelled = spelled_name(name)
    if actor.kind != "person":
        raise SwitchProblem("actor", f"{actor.name} is a program; a baseline is released by people alone")

    def attempt() -> JournalEvent:
        newest = newest_record(ledger, spelled)
        if newest is None or not newest.body.get("freeze"):
            raise SwitchProblem("name", f"{spelled} has no frozen baseline; one freezes when its tripwire triggers")
        body = {"released": newest.body["freeze"]}
        new = NewJournalEvent(STREAM, spelled, BASELINE_RELEASED, reason=why, body=body)
        return ledger.journal.append(new, actor, if_place=newest.place)

    return again_when_stale(attempt)


def newest_record(ledger: Ledger, name: str) -> JournalEvent | None:
    """The newest record of the tripwire called `name`, None when it was never looked at."""
    records = ledger.journal.of(STREAM, name, limit=1)
    return records[-1] if records else None


def _look(policy: TripwirePolicy, ledger: Ledger, now: datetime, actor: Actor, newest: JournalEvent | None) -> Look:
    kept = _kept_in(newest)
    frozen = kept.bounds if kept else None
    problem, found, fetched = "", None, list[Recorded]()
    try:
        fetched = _fetched(policy, ledger, now, kept) if policy.enabled else []
        found = evaluate(policy, [_plain(event) for event in fetched], now=now, frozen=frozen)
    except SeriesProblem as odd:
        problem = str(odd)
    if found is not None and found.outcome == "DISABLED" and newest is not None and newest.kind == DISABLED:
        return Look(found, "", newest)
    if found is not None and found.freeze is not None and kept is None:
        kept = _keep(found.freeze, fetched)
    body = found.record() if found else _of_problem(policy, now, kept, problem)
    body |= {"policy": policy.model_dump(mode="json"), "frozen_events": kept.record() if kept else None}
    kind = found.outcome.lower() if found else PROBLEM
    new = NewJournalEvent(STREAM, policy.name, kind, body=body)
    return Look(found, problem, ledger.journal.append(new, actor, if_place=newest.place if newest else 0))


def _fetched(policy: TripwirePolicy, ledger: Ledger, now: datetime, kept: _Kept | None) -> list[Recorded]:
    """The events that the look needs, in the order of their time, and hardly any other."""
    newest = ledger.events.newest
    if kept is None:
        return newest(policy.domain, policy.metric, policy.recent + policy.baseline, until=now)
    until = min(kept.until + _MICROSECOND, now)
    of_then = ledger.events.between(policy.domain, policy.metric, kept.since, until)
    recent = newest(policy.domain, policy.metric, policy.recent, until=now)
    last = (kept.until, kept.bounds.last)
    before = [event for event in of_then if event.seq <= kept.mark and (event.at, event.seq) <= last]
    return [*before, *(event for event in recent if (event.at, event.seq) > last)]


def _plain(event: Recorded) -> KpiEvent:
    return KpiEvent(event.seq, success=event.success, value=event.value)


def _keep(bounds: FrozenBaseline, fetched: list[Recorded]) -> _Kept:
    at = {event.seq: event.at for event in fetched}
    return _Kept(bounds, at[bounds.first], at[bounds.last], max(at))


def _kept_in(newest: JournalEvent | None) -> _Kept | None:
    """The frozen baseline that the newest record hands on: none where a person has released it."""
    if newest is None or not newest.body.get("freeze"):
        return None
    events = newest.body["frozen_events"]
    since, until = (datetime.fromisoformat(events[end]) for end in ("since", "until"))
    return _Kept(FrozenBaseline.of_record(newest.body["freeze"]), since, until, events["mark"])


def _of_problem(policy: TripwirePolicy, now: datetime, kept: _Kept | None, problem: str) -> dict[str, Any]:
    """What is recorded of events that cannot be compared. The frozen baseline stays."""
    return {
        "domain": policy.domain,
        "metric": policy.metric,
        "outcome": "PROBLEM",
        "sentence": problem,
        "action": policy.action,
        "evaluated_at": now.isoformat(),
        "level": policy.level,
        "freeze": kept.bounds.record() if kept else None,
    }
