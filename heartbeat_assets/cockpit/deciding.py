"""What operators decide about switches, tripwires and go-live: one door for the pages and for the API.

Whoever decides is signed in, and recorded with the way they came. It must not know how an answer is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.governing import Tripwire, tripwires_of
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.security.readers import Reader
from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.governance import switch
from heartbeat_assets.governance.runbook import declare, withdraw
from heartbeat_assets.governance.runbook.statements import BACKEND_COMPLETE
from heartbeat_assets.governance.switch import SwitchProblem, SwitchState, switch_name
from heartbeat_assets.governance.tripwires_file import tripwires_in
from heartbeat_assets.ledger import JournalEvent, LedgerError, StaleSubject

if TYPE_CHECKING:
    from heartbeat_assets.governance.actuator import Action

_CHANGES = {True: switch.engage, False: switch.release}


def change_switch(cockpit: Cockpit, reader: Reader, name: str, reason: object, *, engage: bool) -> SwitchState:
    """Engages or releases a switch, and says what it is then.

    Raises Refusal: 422 names the field that is wrong; 409 is for one that is engaged, or released, already.
    """
    why = _checked_reason(reason)
    try:
        spelled = switch_name(name)
    except SwitchProblem as problem:
        raise Refusal(422, f"domain: {problem.sentence.rstrip('.')}.", field="domain") from None
    try:
        _CHANGES[engage](cockpit.ledger.journal, spelled, actor=reader.actor, reason=why)
    except SwitchProblem as problem:
        if problem.field != "name":
            raise Refusal(422, f"{problem.field}: {problem.sentence.rstrip('.')}.", field=problem.field) from None
        raise Refusal(409, f"{problem.sentence.rstrip('.')}.", switch=spelled) from None
    cockpit.show_decision()
    return cockpit.governing.now().switches[spelled]


def chosen_tripwires(cockpit: Cockpit, domain: str | None, metric: str | None) -> list[Tripwire]:
    """The tripwires of a domain, a metric, or both, as the files are now. Raises Refusal when there is none."""
    found = tripwires_of(tripwires_in(cockpit.settings.project.defs))
    chosen = [
        one
        for one in found.values()
        if (domain is None or one.policy.domain == domain.upper())
        and (metric is None or one.policy.metric == metric.lower())
    ]
    if not chosen and (domain is not None or metric is not None):
        field = "metric" if domain is None else "domain"
        known = ", ".join(sorted(found)) or "none"
        raise Refusal(422, f"{field}: no tripwire is called that; there are {known}.", field=field)
    return chosen


def tripwire_called(cockpit: Cockpit, name: str) -> Tripwire:
    """The tripwire called `name`, as the files are now. Raises Refusal when there is none."""
    domain, _, metric = name.partition(".")
    (found, *_) = chosen_tripwires(cockpit, domain, metric)
    return found


def look_at(
    cockpit: Cockpit, reader: Reader, tripwires: Sequence[Tripwire], *, act: bool = False
) -> tuple[list[JournalEvent], list[Action]]:
    """Looks at `tripwires` and records what is found; acts on it only when it shall.

    A look that fails by itself keeps no other from looking or acting; what it raised is raised when all had their turn.
    Raises LedgerError at once.
    """
    # SciPy takes a second to load, and most cockpits never look.
    from heartbeat_assets.governance.actuator import act as act_on
    from heartbeat_assets.governance.look import look

    ledger, actor, now = cockpit.ledger, reader.actor, datetime.now(UTC)
    events: list[JournalEvent] = []
    actions: list[Action] = []
    fault: Exception | None = None
    for one in tripwires:
        try:
            events.append(look(one.policy, ledger, now=now, actor=actor).event)
        except LedgerError:
            raise
        except Exception as problem:
            fault = fault or problem
    for folder in dict.fromkeys(one.folder for one in tripwires) if act else ():
        here = [one for one in tripwires if one.folder == folder]
        # What was not looked at is left alone, though it may be in the same file.
        spec = here[0].spec.only({one.policy.name for one in here})
        actions += act_on(spec, ledger, now=now, actor=actor)
    cockpit.show_decision()
    if fault is not None:
        raise fault
    return events, actions


def release_frozen(cockpit: Cockpit, reader: Reader, name: str, reason: object) -> None:
    """Lets the baseline of a tripwire move again. Raises Refusal and LedgerError."""
    from heartbeat_assets.governance.look import release_baseline

    why = _checked_reason(reason)
    tripwire_called(cockpit, name)
    try:
        release_baseline(cockpit.ledger, name, reader.actor, why)
    except SwitchProblem as problem:
        status = 409 if problem.field == "name" else 422
        raise Refusal(status, f"{problem.sentence.rstrip('.')}.", field=problem.field) from None
    cockpit.show_decision()


def state_complete(cockpit: Cockpit, reader: Reader, reason: object, *, complete: bool) -> None:
    """Says that the backend is complete, or takes that back. Raises Refusal and LedgerError."""
    why = _checked_reason(reason)
    say = declare if complete else withdraw
    try:
        say(cockpit.ledger.journal, BACKEND_COMPLETE, actor=reader.actor, reason=why)
    except StaleSubject:
        raise Refusal(409, "Somebody else was faster. Load the page again, and look at what they said.") from None
    except UsageProblem as problem:
        raise Refusal(409, f"{str(problem).rstrip('.')}.") from None
    cockpit.show_decision()


def _checked_reason(reason: object) -> str:
    """Why somebody decides, as it is kept. Raises Refusal."""
    try:
        return switch.checked_reason(reason)
    except SwitchProblem as problem:
        raise Refusal(422, f"reason: {problem.sentence}.", field="reason") from None
