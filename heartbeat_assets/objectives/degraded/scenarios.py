"""Which scenarios of the degraded-mode guide apply: from when a symptom shows until the rollback criterion is met.

A symptom bound to a figure decides, unless it is said not to; one that is not is for people to see. A figure that is
missing or old decides nothing, in either direction. Pure. It must not record, nor do what a scenario says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from heartbeat_assets.metrics.wording import instant_words
from heartbeat_assets.objectives.operations import ScenarioNow, SymptomNow
from heartbeat_assets.objectives.operations_spec import Scenario, Symptom
from heartbeat_assets.objectives.status.conditions import Condition
from heartbeat_assets.objectives.status.facts import Facts
from heartbeat_assets.objectives.status.holding import look
from heartbeat_assets.objectives.status.timeline import instant_of

if TYPE_CHECKING:
    from heartbeat_assets.ledger import JournalEvent

STREAM = "scenario"
"""The stream of the journal that keeps when a scenario `applied` and when it was `over`, by its id."""
SHOWN_AS_OVER = timedelta(hours=24)
"""So long a scenario that is over still says that its rollback criterion is met."""


@dataclass(frozen=True, slots=True)
class _Past:
    """What was recorded last: whether it applies, since when, and when it was over."""

    applies: bool
    since: datetime | None
    over_since: datetime | None


def applies(
    scenarios: Iterable[Scenario],
    facts: Facts,
    history: Mapping[str, JournalEvent],
    now: datetime,
    *,
    stale_after: timedelta,
) -> list[ScenarioNow]:
    """Each scenario as it is at `now`. `history` has the newest event of each that has any."""
    return [_now(one, facts, _past(history.get(one.id)), now, stale_after) for one in scenarios]


def _now(scenario: Scenario, facts: Facts, past: _Past, now: datetime, stale_after: timedelta) -> ScenarioNow:
    symptoms = tuple(_symptom(one, facts, stale_after) for one in scenario.symptoms)
    bound = [one for one in symptoms if one.decides]
    shows = [one.shows is True for one in bound]
    showing = bool(bound) and (all(shows) if scenario.applies_when == "all" else any(shows))
    met, figure = _figure(scenario.rollback.when, facts, stale_after)
    # Without a criterion that can be seen, it is over when every figure says so.
    over = met if scenario.rollback.when is not None else all(one.shows is False for one in bound)
    does = showing or (past.applies and over is not True)
    since, over_since = past.since, past.over_since
    if does and not past.applies:
        since = min((one.at for one in bound if one.shows and one.at is not None), default=now)
        over_since = None
    elif past.applies and not does:
        over_since = now
    recent = over_since is not None and now - over_since <= SHOWN_AS_OVER
    return ScenarioNow(
        id=scenario.id,
        title=scenario.title,
        applies=does,
        since=since,
        over_since=None if does else over_since,
        symptoms=symptoms,
        actions=tuple(scenario.actions),
        rollback=scenario.rollback.text,
        rollback_met=met if does or recent else None,
        rollback_figure=figure if does or recent else "",
        sentence=_sentence(scenario, bound, does, met, since, over_since if recent else None),
    )


def _symptom(symptom: Symptom, facts: Facts, stale_after: timedelta) -> SymptomNow:
    if symptom.when is None:
        return SymptomNow(symptom.text, None, "", bound=False, decides=False, at=None)
    held = look(symptom.when, facts, stale_after)
    return SymptomNow(symptom.text, held.holds if held.known else None, held.sentence, True, symptom.decides, held.at)


def _figure(condition: Condition | None, facts: Facts, stale_after: timedelta) -> tuple[bool | None, str]:
    if condition is None:
        return None, ""
    held = look(condition, facts, stale_after)
    return (held.holds if held.known else None), held.sentence


def _past(event: JournalEvent | None) -> _Past:
    if event is None:
        return _Past(False, None, None)
    at = instant_of(event)
    since = event.body.get("since")
    began = datetime.fromisoformat(since).astimezone(UTC) if isinstance(since, str) else at
    return _Past(event.kind == "applied", began, None if event.kind == "applied" else at)


def _sentence(
    scenario: Scenario,
    bound: Sequence[SymptomNow],
    does: bool,
    met: bool | None,
    since: datetime | None,
    over_since: datetime | None,
) -> str:
    name = f"Scenario {scenario.id}"
    if does:
        began = f" since {instant_words(since)}" if since is not None else ""
        if met is True:
            return f"{name} applies{began}; its rollback criterion is met, but a symptom still shows."
        if met is False:
            return f"{name} applies now{began}; its rollback criterion is not met yet."
        if scenario.rollback.when is None:
            return f"{name} applies now{began}; people decide when it is over."
        return f"{name} applies now{began}; nobody can say whether its rollback criterion is met."
    if over_since is not None:
        return (
            f"{name} applied until {instant_words(over_since)}; its rollback criterion is met: roll back what was done."
        )
    if not bound:
        return f"{name}: no figure shows it; people decide whether it applies."
    if all(one.shows is None for one in bound):
        return f"{name}: its figures are missing or old; nobody can say whether it applies."
    if any(one.shows is None for one in bound):
        return f"{name} does not apply by the figures there are; some are missing or old."
    return f"{name} does not apply."
