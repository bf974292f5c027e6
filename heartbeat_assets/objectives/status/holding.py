"""Whether a condition holds, by the facts: yes, no, or nobody can say; with the figure as a sentence and its instant.

It must not know what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from heartbeat_assets.metrics.wording import duration_words, instant_words, number_words
from heartbeat_assets.objectives.status.conditions import Condition
from heartbeat_assets.objectives.status.facts import Facts, ScheduleFact
from heartbeat_assets.specs.durations import duration_of


@dataclass(frozen=True, slots=True)
class Held:
    """A condition at an instant. `holds` is None when there is no fact; `at` is the instant of the fact.

    `stale` says that the fact is older than it may be; what it said then is in `holds` all the same.
    """

    holds: bool | None
    sentence: str
    at: datetime | None
    stale: bool = False

    @property
    def known(self) -> bool:
        """Whether it says something about now."""
        return self.holds is not None and not self.stale


def look(condition: Condition, facts: Facts, stale_after: timedelta) -> Held:
    """Whether `condition` holds by `facts`, which say nothing about now when they are older than `stale_after`."""
    found = _LOOKS[condition.about](condition, facts)
    limit = duration_of(condition.stale_after) if condition.stale_after else stale_after
    if found.at is None or facts.at - found.at <= limit:
        return found
    age = duration_words(facts.at - found.at)
    return Held(found.holds, f"{found.sentence} That is {age} old.", found.at, stale=True)


def _slo(condition: Condition, facts: Facts) -> Held:
    fact = facts.slos.get(condition.subject)
    if fact is None:
        return Held(None, f"SLO {condition.subject} has no verdict yet.", None)
    said = fact.sentence if fact.sentence.startswith(("SLO", fact.name)) else f"SLO {fact.name}: {fact.sentence}"
    if fact.kind == "problem":
        return Held(None, _ended(said), fact.at)
    in_state = condition.state is not None and fact.kind.upper() in condition.state
    severities = {"page": ("ERROR",), "ticket": ("ERROR", "WARN")}.get(condition.burning or "", ())
    burning = fact.record.get("severity") in severities
    if fact.kind == "no_data" and not in_state and not burning:
        return Held(None, _ended(said), fact.at)
    return Held(in_state or burning, _ended(said), fact.at)


def _metric(condition: Condition, facts: Facts) -> Held:
    fact = facts.metrics.get(condition.subject)
    if fact is None or fact.at is None:
        return Held(None, f"Metric {condition.subject} has no value yet.", None)
    by_status = condition.status is not None and fact.status in condition.status
    if fact.value is None:
        why = f": {fact.error}" if fact.error else ""
        said = f"{fact.id} has no data at {instant_words(fact.at)}{why}"
        return Held(True if by_status else None, _ended(said), fact.at)
    said = f"{fact.id} was {number_words(fact.value, fact.unit)} at {instant_words(fact.at)}"
    above = condition.above is not None and fact.value > condition.above
    below = condition.below is not None and fact.value < condition.below
    if above and condition.above is not None:
        said += f", above {number_words(condition.above, fact.unit)}"
    elif below and condition.below is not None:
        said += f", below {number_words(condition.below, fact.unit)}"
    elif by_status:
        said += f", which is {fact.status}"
    return Held(by_status or above or below, f"{said}.", fact.at)


def _lane(condition: Condition, facts: Facts) -> Held:
    fact = facts.lanes.get(condition.subject)
    if fact is None:
        return Held(None, f"There is no lane {condition.subject}.", None)
    if fact.at is None:
        return Held(None, f"Lane {fact.name} has not run yet.", None)
    age = max(facts.at - fact.at, timedelta())
    if condition.older_than is not None and age > duration_of(condition.older_than):
        said = f"The newest run of lane {fact.name} is {duration_words(age)} old, more than {condition.older_than}."
        # Its age is known now, however old it is.
        return Held(True, said, facts.at)
    if condition.failed is None:
        return Held(False, f"The newest run of lane {fact.name} is {duration_words(age)} old.", facts.at)
    if fact.passes is None:
        return Held(None, f"Lane {fact.name}: {_ended(fact.sentence)}", fact.at)
    return Held(fact.passes is not condition.failed, f"Lane {fact.name}: {_ended(fact.sentence)}", fact.at)


def _schedule(condition: Condition, facts: Facts) -> Held:
    name, least = condition.subject, condition.least_missed
    on = [one for one in facts.schedules.values() if one.enabled]
    if name not in ("any", "all"):
        fact = facts.schedules.get(name)
        if fact is None:
            return Held(None, f"There is no schedule of {name}.", None)
        if not fact.enabled:
            return Held(None, f"The schedule of {name} is switched off.", None)
        on = [fact]
    ran = [one for one in on if one.missed is not None]
    if not ran:
        said = "No scheduled job has run yet." if name in ("any", "all") else f"The schedule of {name} ran nothing yet."
        return Held(None, said, None)
    late = [one for one in ran if (one.missed or 0) >= least]
    if not late:
        newest = max(one.last for one in ran if one.last is not None)
        return Held(False, f"Scheduled jobs run; the newest did at {instant_words(newest)}.", facts.at)
    holds = len(late) == len(ran) if name == "all" else True
    if name == "all" and holds:
        newest = max(one.last for one in late if one.last is not None)
        said = f"No scheduled job has run since {instant_words(newest)}; look whether Dagster's daemon runs."
        return Held(True, said, facts.at)
    told = "; ".join(_late(one) for one in sorted(late, key=lambda one: (-(one.missed or 0), one.name))[:3])
    more = f"; and {len(late) - 3} more" if len(late) > 3 else ""
    return Held(holds, f"T{told[1:]}{more}.", facts.at)


def _late(fact: ScheduleFact) -> str:
    times = "once" if fact.missed == 1 else f"{fact.missed} times"
    since = f" since {instant_words(fact.last)}" if fact.last is not None else ""
    return f"the schedule of {fact.name} was due {times}{since} and nothing ran"


_LOOKS: Mapping[str, Callable[[Condition, Facts], Held]] = {
    "slo": _slo,
    "metric": _metric,
    "lane": _lane,
    "schedule": _schedule,
}


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."
