"""The components as they are shown: what the rules find now, damped by what was found before, and people's overrides.

Pure: the same facts and events always make the same answer. It must not read the journal, and must not record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from heartbeat_assets.metrics.wording import duration_words, instant_words, listed
from heartbeat_assets.objectives.operations import ComponentStatus, Override
from heartbeat_assets.objectives.operations_spec import ComponentSpec, OperationsSpec
from heartbeat_assets.objectives.status.conditions import ComponentState
from heartbeat_assets.objectives.status.days_before import with_days_before
from heartbeat_assets.objectives.status.facts import Facts
from heartbeat_assets.objectives.status.holding import look
from heartbeat_assets.objectives.status.timeline import (
    damped,
    days_of,
    flaps_in,
    found_in,
    overrides_in,
    rank,
    shown,
)

if TYPE_CHECKING:
    from heartbeat_assets.ledger import JournalEvent

History = Mapping[str, Sequence["JournalEvent"]]
"""The events of stream `component` by component, oldest first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rules of a component find: the worst state of those that hold, and why."""

    state: ComponentState
    reasons: tuple[str, ...]
    updated_at: datetime | None
    stale: bool


def judge_components(spec: OperationsSpec, facts: Facts, history: History, now: datetime) -> list[ComponentStatus]:
    """Every component of `spec`, in its order, as it is shown at `now`."""
    found = [
        _status(one, find(one, facts, spec.stale_duration), history.get(one.id, ()), spec.settle_duration, now)
        for one in spec.components
    ]
    return [
        replace(status, days=with_days_before(status.days, one, facts))
        for status, one in zip(found, spec.components, strict=True)
    ]


def find(component: ComponentSpec, facts: Facts, stale_after: timedelta) -> Finding:
    """What the rules find by `facts` alone.

    NO_DATA where no rule holds and none has a fact that says something about now: nobody knows whether it is OK.
    """
    looks = [(rule.to, look(rule, facts, stale_after)) for rule in component.rules]
    holding = sorted((one for one in looks if one[1].holds), key=lambda one: -rank(one[0]))
    unknown = [held for _, held in looks if not held.known]
    updated = min((held.at for _, held in looks if held.at is not None), default=None)
    if holding:
        said = _each_once([*(held.sentence for _, held in holding), *(held.sentence for held in unknown)])
        return Finding(holding[0][0], said, updated, bool(unknown))
    if not any(held.known for _, held in looks):
        said = _each_once(held.sentence for held in unknown) or ("It has no rules; a person says how it is.",)
        return Finding("NO_DATA", said, updated, True)
    return Finding("OK", _each_once(held.sentence for held in unknown), updated, bool(unknown))


def overall(components: Sequence[ComponentStatus]) -> ComponentState:
    """The state of the whole: the worst of all, where a component that is not essential makes it no worse than
    DEGRADED.
    """
    states: list[ComponentState] = [
        "DEGRADED" if one.state == "DOWN" and not one.essential else one.state for one in components
    ]
    return max(states, key=rank, default="NO_DATA")


def overall_sentence(components: Sequence[ComponentStatus]) -> str:
    """Which components are not OK, the worst first, or that all are."""
    if all(one.state == "OK" for one in components):
        return f"All {len(components)} components are OK." if len(components) > 1 else "All is OK."
    told = []
    for state in ("DOWN", "DEGRADED"):
        names = [one.name for one in components if one.state == state]
        if names:
            told.append(f"{listed(names)} {'is' if len(names) == 1 else 'are'} {state}")
    unknown = [one.name for one in components if one.state == "NO_DATA"]
    if unknown:
        told.append(f"nothing is known of {listed(unknown)}")
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def _status(
    component: ComponentSpec,
    finding: Finding,
    events: Sequence[JournalEvent],
    settle: timedelta,
    now: datetime,
) -> ComponentStatus:
    recorded = found_in(events, now)
    found = [*recorded, (now, finding.state)]
    spans = overrides_in(events, now)
    override = next((one.override for one in spans if one.override.at <= now < one.end), None)
    by_rules = damped(found, settle, now)[-1].state
    state = override.state if override is not None else by_rules
    segments = shown(found, spans, settle, now)
    # A change that is found only now is not in any segment that has a length.
    since = segments[-1].start if segments and segments[-1].state == state else now
    return ComponentStatus(
        id=component.id,
        name=component.name,
        description=component.description,
        essential=component.essential,
        state=state,
        found=finding.state,
        since=since if recorded or override is not None else None,
        reasons=_reasons(finding, by_rules, override, settle),
        override=override,
        updated_at=finding.updated_at,
        stale=finding.stale,
        flaps=flaps_in(found, now),
        days=days_of(segments, now),
    )


def _reasons(
    finding: Finding, by_rules: ComponentState, override: Override | None, settle: timedelta
) -> tuple[str, ...]:
    said: list[str] = []
    if override is not None:
        # Who it is stands beside it, and not in what is published.
        said.append(f"A person says it is {override.state} until {instant_words(override.until)}: {override.reason}")
        if by_rules != override.state:
            said.append(f"By the rules it is {by_rules.replace('_', ' ')}.")
    if rank(finding.state) < rank(by_rules):
        said.append(
            f"It was {by_rules.replace('_', ' ')} and looks {finding.state.replace('_', ' ')} now; that is shown once "
            f"it has held for {duration_words(settle)}."
        )
    return (*said, *finding.reasons)


def _each_once(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentences))
