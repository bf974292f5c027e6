"""A component's days of which nothing was recorded: what the objectives that its rules name counted on them.

1. A day on which one of them missed its target was DEGRADED, else OK, for as long as all of them were measured.
2. DOWN is never said afterwards: that takes rules that looked when it was so.
3. A day of which anything was recorded is left as it is.

Pure. It must not look into the objectives' sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from heartbeat_assets.objectives.operations import UptimeDay
from heartbeat_assets.objectives.operations_spec import ComponentSpec
from heartbeat_assets.objectives.slo.durations import exact
from heartbeat_assets.objectives.status.facts import Facts


def with_days_before(days: Sequence[UptimeDay], component: ComponentSpec, facts: Facts) -> tuple[UptimeDay, ...]:
    """`days` of `component`, where nothing is known of a day with what its objectives say of it."""
    names = dict.fromkeys(rule.slo for rule in component.rules if rule.slo is not None)
    found = [_by_day(facts.slos[name].record) for name in names if name in facts.slos]
    return tuple(
        _filled(day, [one[day.day.isoformat()] for one in found if day.day.isoformat() in one]) for day in days
    )


def _filled(day: UptimeDay, counted: Sequence[tuple[float, bool]]) -> UptimeDay:
    if not counted or day.ok or day.degraded or day.down:
        return day
    known = round(day.unknown * min(coverage for coverage, _ in counted))
    met = all(is_met for _, is_met in counted)
    return replace(day, ok=known if met else 0, degraded=0 if met else known, unknown=day.unknown - known)


def _by_day(record: Mapping[str, Any]) -> dict[str, tuple[float, bool]]:
    """Of each day that was measured, how much of it and whether the target was met, by its date."""
    target = record.get("target")
    days: Iterable[Mapping[str, Any]] = record.get("days") or ()
    if target is None:
        return {}
    return {
        day["day"]: (day["coverage"], day["good"] >= exact(target) * day["total"])
        for day in days
        if day["total"] and day["coverage"]
    }
