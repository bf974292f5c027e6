"""The pages of switches and tripwires: what is stopped and why, and every look at a tripwire. They must not judge."""

from __future__ import annotations

from datetime import UTC, datetime

from heartbeat_assets.cockpit.cockpit import Cockpit
from heartbeat_assets.cockpit.files import in_project
from heartbeat_assets.cockpit.governance_words import ended, title_of, who_of
from heartbeat_assets.cockpit.governing import TRIPWIRE, Governed, Tripwire
from heartbeat_assets.cockpit.refusals import Refusal
from heartbeat_assets.cockpit.tripwire_words import evaluation_view, frozen_at, policy_words, rule_words
from heartbeat_assets.cockpit.views import (
    FormView,
    GovernanceView,
    SwitchEventView,
    SwitchView,
    TripwirePageView,
    TripwireView,
    worst_tripwire_first,
)
from heartbeat_assets.governance.switch import GLOBAL, SwitchState
from heartbeat_assets.ledger import JournalEvent

_MOST_LOOKS = 200


def governance_view(cockpit: Cockpit, form: FormView | None = None) -> GovernanceView:
    """The page of all of them; `form` is one that was refused. Raises LedgerError."""
    governed, now = cockpit.governing.now(), datetime.now(UTC)
    engaged = governed.engaged
    return GovernanceView(
        engaged=tuple(_switch(cockpit, state) for state in engaged),
        released=tuple(_switch(cockpit, state) for state in governed.resting(now)),
        tripwires=worst_tripwire_first(
            tripwire_view(tripwire, governed.looks.get(name)) for name, tripwire in governed.tripwires.items()
        ),
        events=tuple(_decided(event) for event in cockpit.governing.decided()),
        choices=_with_asked(_choices(cockpit, governed), form),
        problems=tuple(in_project(problem, cockpit.settings.project) for problem in governed.files.problems),
        form=form or FormView(),
        dagster_url=_dagster_url(cockpit, governed),
    )


def tripwire_page_view(cockpit: Cockpit, name: str, form: FormView | None = None) -> TripwirePageView:
    """The page of one. Raises Refusal when no file and no look knows it, and LedgerError."""
    governed = cockpit.governing.now()
    tripwire = governed.tripwires.get(name)
    events = cockpit.ledger.journal.of(TRIPWIRE, name, limit=_MOST_LOOKS) if tripwire or _known(cockpit, name) else []
    if tripwire is None and not events:
        raise Refusal(404, f"No tripwire is called {name}.")
    looks = [event for event in events if event.kind != "baseline_released"]
    newest = looks[-1] if looks else None
    view = tripwire_view(tripwire, newest, name)
    base = cockpit.settings.dagster_url
    asset = name.lower().replace(".", "_")
    return TripwirePageView(
        tripwire=view,
        evaluations=tuple(evaluation_view(event) for event in reversed(events)),
        policy=policy_words(tripwire.policy) if tripwire else (),
        form=form or FormView(),
        dagster_url=f"{base}/assets/{tripwire.folder}/{asset}?view=checks" if base and tripwire else "",
        frozen_since=_frozen_since(events),
    )


def tripwire_view(tripwire: Tripwire | None, newest: JournalEvent | None, name: str = "") -> TripwireView:
    """A tripwire and the newest look at it; either may be missing."""
    look = evaluation_view(newest, drawn=True) if newest else None
    if tripwire is None:
        outcome = look.outcome if look else "pending"
        return TripwireView(
            name=name, rule="No file has this tripwire any more.", outcome=outcome, newest=look, enabled=False
        )
    policy = tripwire.policy
    if not policy.enabled:
        outcome = "disabled"
    elif look is None or look.outcome == "disabled":
        # It was switched on after the newest look.
        outcome, look = "pending", None
    else:
        outcome = look.outcome
    return TripwireView(
        name=policy.name,
        rule=rule_words(policy, dry_run=tripwire.risk.dry_run),
        outcome=outcome,
        newest=look,
        enabled=policy.enabled,
        owner=tripwire.risk.owner,
        folder=tripwire.folder,
    )


def _switch(cockpit: Cockpit, state: SwitchState) -> SwitchView:
    cause = cockpit.ledger.journal.get(state.cause) if state.cause is not None else None
    return SwitchView(
        name=state.name,
        title=title_of(state.name),
        engaged=state.engaged,
        since=state.since,
        who=who_of(state),
        reason=ended(state.reason),
        evidence=_evidence(state, cause),
        tripwire=cause.subject if cause else "",
        released_at=state.released_at,
        cooldown_until=state.cooldown_until,
    )


def _evidence(state: SwitchState, cause: JournalEvent | None) -> str:
    sentence = str(cause.body.get("sentence", "")) if cause else ""
    # A program gives the sentence itself as its reason.
    return "" if sentence and sentence.rstrip(".") in state.reason else sentence


def _decided(event: JournalEvent) -> SwitchEventView:
    return SwitchEventView(
        at=event.at, switch=title_of(event.subject), kind=event.kind, who=event.actor, reason=event.reason
    )


def _choices(cockpit: Cockpit, governed: Governed) -> tuple[tuple[str, str], ...]:
    """What may be stopped: everything, and each domain that a file, an event or a switch ever named."""
    names = {tripwire.policy.domain for tripwire in governed.tripwires.values()} | set(governed.switches)
    names |= {risk.engine for spec in governed.files.specs.values() for risk in spec.risk_policies}
    names |= {series.domain for series in cockpit.ledger.events.series()}
    engaged = {state.name for state in governed.engaged}
    everything = () if GLOBAL in engaged else ((GLOBAL, "everything"),)
    return (*((name, name) for name in sorted(names - engaged - {GLOBAL})), *everything)


def _with_asked(choices: tuple[tuple[str, str], ...], form: FormView | None) -> tuple[tuple[str, str], ...]:
    """What was asked for and refused stays chosen: sent once more, the form must not stop something else."""
    asked = form.value("engage", "domain") if form else ""
    return choices if not asked or asked in dict(choices) else ((asked, title_of(asked)), *choices)


def _known(cockpit: Cockpit, name: str) -> bool:
    return name in cockpit.ledger.journal.subjects(TRIPWIRE)


def _dagster_url(cockpit: Cockpit, governed: Governed) -> str:
    base, folders = cockpit.settings.dagster_url, sorted(governed.files.specs)
    return f"{base}/assets/{folders[0]}/switches" if base and len(folders) == 1 else ""


def _frozen_since(events: list[JournalEvent]) -> datetime | None:
    """Since when the baseline is frozen; None when it is not, or when a person released it after the newest look."""
    newest = events[-1] if events else None
    if newest is None or newest.kind == "baseline_released":
        return None
    return frozen_at(newest)
