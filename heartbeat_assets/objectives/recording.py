"""What is remembered of how things stand: changes of components, scenarios that begin and end, suggested incidents.

Each is written once, whoever asks and how often: of two at once, one writes. It must not judge; it writes down what was
judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from heartbeat_assets.ledger import Actor, Journal, JournalEvent, Ledger, NewJournalEvent, StaleSubject
from heartbeat_assets.objectives.degraded.scenarios import STREAM as SCENARIOS
from heartbeat_assets.objectives.incidents import Suggestion, suggest
from heartbeat_assets.objectives.operations import ComponentStatus, Operations, ScenarioNow
from heartbeat_assets.objectives.operations_now import Snapshot, snapshot
from heartbeat_assets.objectives.operations_spec import OperationsSpec
from heartbeat_assets.objectives.operations_spec import Suggestion as SuggestionSpec
from heartbeat_assets.objectives.status.facts import Facts
from heartbeat_assets.objectives.status.holding import look
from heartbeat_assets.objectives.status.overrides import STREAM as COMPONENTS
from heartbeat_assets.objectives.status.timeline import RECORD_EVERY, instant_of
from heartbeat_assets.settings import Settings


def record_operations(settings: Settings, ledger: Ledger, *, actor: Actor, now: datetime | None = None) -> Operations:
    """Looks, writes down what has changed, and returns how everything stands after that.

    Raises SpecProblem and LedgerError.
    """
    instant = now or datetime.now(UTC)
    seen = snapshot(settings, ledger, instant)
    written = write_down(ledger.journal, seen, actor)
    return snapshot(settings, ledger, instant).operations if written else seen.operations


def write_down(journal: Journal, seen: Snapshot, actor: Actor) -> int:
    """Writes down what has changed by `seen`; returns how many events that are."""
    now, found = seen.operations.generated_at, seen.operations
    events = record_components(journal, found.components, actor, now)
    events += record_scenarios(journal, found.scenarios, actor, now)
    return len(events) + len(suggest_incidents(journal, seen.spec, seen.facts, found.components, actor, now))


def record_components(
    journal: Journal, components: Sequence[ComponentStatus], actor: Actor, now: datetime
) -> list[JournalEvent]:
    """Writes down what the rules find where that has changed, and else now and then, to show that somebody looked."""
    written = []
    # The places are read first: what anybody writes after that is noticed.
    places = {name: event.place for name, event in journal.newest(COMPONENTS).items()}
    newest = journal.newest(COMPONENTS, kinds=("changed",))
    for one in components:
        before = newest.get(one.id)
        changed = before is None or before.body.get("found") != one.found
        if before is not None and not changed and now - instant_of(before) < RECORD_EVERY:
            continue
        body = {
            "at": now.isoformat(),
            "found": one.found,
            "state": one.state,
            "reasons": list(one.reasons),
            "updated_at": one.updated_at.isoformat() if one.updated_at else None,
            "stale": one.stale,
            "flaps": one.flaps,
        }
        why = " ".join(one.reasons)[:2000]
        new = NewJournalEvent(COMPONENTS, one.id, "changed", reason=why, body=body)
        event = _append(journal, new, actor, places.get(one.id, 0))
        written += [event] if event is not None else []
    return written


def record_scenarios(
    journal: Journal, scenarios: Sequence[ScenarioNow], actor: Actor, now: datetime
) -> list[JournalEvent]:
    """Writes down which scenarios began to apply, and which are over."""
    written = []
    newest = journal.newest(SCENARIOS)
    for one in scenarios:
        before = newest.get(one.id)
        applied = before is not None and before.kind == "applied"
        if one.applies == applied:
            continue
        body: dict[str, Any] = {
            "at": now.isoformat(),
            "since": one.since.isoformat() if one.since else now.isoformat(),
            "figures": [symptom.figure for symptom in one.symptoms if symptom.bound],
            "rollback": one.rollback_figure,
        }
        kind = "applied" if one.applies else "over"
        new = NewJournalEvent(SCENARIOS, one.id, kind, reason=one.sentence, body=body)
        event = _append(journal, new, actor, before.place if before is not None else 0)
        written += [event] if event is not None else []
    return written


def suggest_incidents(
    journal: Journal,
    spec: OperationsSpec,
    facts: Facts,
    components: Sequence[ComponentStatus],
    actor: Actor,
    now: datetime,
) -> list[Suggestion]:
    """Suggests the incidents whose rule holds, each once while nobody has decided about it."""
    made = []
    by_id = {one.id: one for one in components}
    for rule in spec.suggestions:
        why = _why(rule, spec, facts, by_id)
        if not why:
            continue
        component = by_id.get(rule.component or "")
        one = suggest(
            journal,
            rule.id,
            title=rule.title,
            severity=rule.severity,
            impact=rule.impact,
            reason=why[:2000],
            actor=actor,
            components=rule.components or ([rule.component] if rule.component else []),
            started_at=component.since if component is not None else None,
            seen_at=_seen_at(rule, spec, facts),
            quiet=rule.quiet_duration,
            now=now,
        )
        made += [one] if one is not None else []
    return made


def _why(rule: SuggestionSpec, spec: OperationsSpec, facts: Facts, components: dict[str, ComponentStatus]) -> str:
    """Why the incident is suggested now; empty when it is not. What a person says over the rules is no incident."""
    if rule.when is not None:
        held = look(rule.when, facts, spec.stale_duration)
        return held.sentence if held.known and held.holds else ""
    one = components[rule.component or ""]
    if one.override is not None or one.state not in rule.state or one.found not in rule.state:
        return ""
    return f"{one.name} is {one.state}. {' '.join(one.reasons)}".strip()


def _seen_at(rule: SuggestionSpec, spec: OperationsSpec, facts: Facts) -> datetime | None:
    """The instant of the newest fact by which `rule` holds; None where there is none."""
    rules = [rule.when] if rule.when is not None else []
    rules += [condition for one in spec.components if one.id == rule.component for condition in one.rules]
    looks = [look(condition, facts, spec.stale_duration) for condition in rules]
    return max((held.at for held in looks if held.holds and held.at is not None), default=None)


def _append(journal: Journal, event: NewJournalEvent, actor: Actor, place: int) -> JournalEvent | None:
    """Appends `event` after that place of its subject; None when somebody was faster, who saw the same."""
    try:
        return journal.append(event, actor, if_place=place)
    except StaleSubject:
        return None
