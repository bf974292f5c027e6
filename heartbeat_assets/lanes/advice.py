"""What is allowed in a lane and still looks like an oversight, each as a sentence that names the item.

From the spec and the texts of the queries alone. It must not read sources or run SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from heartbeat_assets.lanes.criteria import Criterion
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.period_ticks import tick_problems
from heartbeat_assets.lanes.rules import DEGRADED, FAILED, THRESHOLDS, Rule
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.spec_conflicts import DIGEST_FIELDS
from heartbeat_assets.lanes.spec_criteria import FOCUS_GATE
from heartbeat_assets.sources.sql_places import used_tables


def advice(lane: Lane, queries: Mapping[str, str]) -> Iterator[str]:
    """What to think about in the defs.yaml of `lane`, whose readable `queries` are given by file name."""
    spec = lane.spec
    if not spec.owners:
        yield "owners: nobody is named; add an e-mail address or team:name, so that it is known who is asked"
    by_clock = spec.schedule is not None and spec.schedule.enabled
    if not by_clock and not (spec.sensor is not None and spec.sensor.enabled):
        by_hand = f"heartbeat run {lane.name}"
        yield f"schedule: there is none that is on, and no sensor; the lane runs only by hand: {by_hand}"
    if spec.partitions is not None and spec.schedule is not None and spec.schedule.enabled:
        yield from (f"schedule: {said}" for said in tick_problems(spec.partitions, spec.schedule))
    yield from _limits(spec)
    yield from _unlimited(spec)
    yield from _unrecorded(spec)
    # What a query that cannot be read uses is not known.
    all_read = queries.keys() >= set(lane.sql_fields().values())
    used = used_tables("\n".join(queries.values()), spec.sources) if all_read else spec.sources
    for name in spec.sources:
        if name not in used:
            yield f"sources.{name}: no query uses it; use it in {spec.digest_sql}, or take it out"


def _limits(spec: LaneSpec) -> Iterator[str]:
    last = spec.window.last
    for rule in spec.rules():
        where, limit = f"window.limits.{rule.limit_name}", rule.limit or 0
        if rule.kind == "rate" and limit >= 100:
            yield f"{where}: {limit:g} percent can never be exceeded; lower it, or take it out"
        if rule.kind == "count" and limit >= last:
            yield f"{where}: {limit:g} of the last {last} runs can never be exceeded; lower it, or take it out"


def _unlimited(spec: LaneSpec) -> Iterator[str]:
    """KPIs and gates that no limit counts: only the newest run can block on them, if any."""
    places = {kpi.name: f"kpis[{index}] {kpi.name}" for index, kpi in enumerate(spec.kpis)}
    places |= {gate.name: f"gates[{index}] {gate.name}" for index, gate in enumerate(spec.gates)}
    rules = [rule for rule in spec.rules() if rule.blocks]
    counted = {rule.subject for rule in rules if rule.kind in ("count", "rate")}
    for criterion in spec.criteria:
        if criterion.kind == "focus_gate" or counted & _counts(criterion):
            continue
        limit = f"window.limits.max_{criterion.count_name}"
        if any(_looks_at(rule, criterion) for rule in rules):
            then = "a broken run is forgotten as soon as the next one is good"
        else:
            then = "nothing ever blocks on it"
        yield f"{places[criterion.name]}: no limit counts its breaches, so {then}; set {limit}"


def _unrecorded(spec: LaneSpec) -> Iterator[str]:
    """Conditions on figures that rows do not keep."""
    for index, gate in enumerate(spec.gates):
        for number, condition in enumerate(gate.conditions):
            if condition.in_rows(spec):
                continue
            where = f"gates[{index}] {gate.name}.conditions[{number}]"
            unknown = "so a verdict cannot say why the gate failed"
            if condition.section and "." not in condition.section and condition.section not in DIGEST_FIELDS:
                yield f"{where}: {condition.section} is not in recorded, {unknown}; add it"
            else:
                place = f"`totals.{condition.figure}`"
                yield f"{where}: {condition.value} cannot be recorded, {unknown}; move it to a section, as {place}"


def _counts(criterion: Criterion) -> set[str]:
    """The subjects of which a breach of `criterion` always counts: its own, and that of the run as a whole."""
    return {criterion.tally, FAILED} if criterion.kind == "kpi" else {criterion.tally, FOCUS_GATE, DEGRADED}


def _looks_at(rule: Rule, criterion: Criterion) -> bool:
    """Whether `rule` is about the newest run keeping `criterion`."""
    subjects = {THRESHOLDS, FAILED} if criterion.kind == "kpi" else {criterion.tally, FOCUS_GATE}
    return rule.kind == "latest" and rule.subject in subjects
