"""Names in a defs.yaml that clash or point at nothing, each as a sentence that names the item.

A heartbeat is one flat row and a digest query sees one set of tables, so names given in different places must differ.
It must not look at single values; their fields do.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from heartbeat_assets.lanes.rules import DEGRADED, FAILED, INCOMPLETE
from heartbeat_assets.lanes.spec_criteria import FOCUS_GATE, FigureBound
from heartbeat_assets.sources.row_dates import rows_conflicts
from heartbeat_assets.sources.spec import EventsSource, RowsSource, event_instants

if TYPE_CHECKING:
    from heartbeat_assets.lanes.spec import LaneSpec

ROW_FIELDS = (
    "run_at", "heartbeat_id", "digest_generated_at", "status", "contract_complete", "missing_metrics",
    "failure_reasons", "strict_fail_reasons", "strict_fail_count", "history_place", "line_no", "malformed_line",
    "period", "revision", "revises", "backfilled", "events_in_period", "late_events", "error",
)  # fmt: skip
DIGEST_FIELDS = (
    "generated_at", "telemetry_sources", "metrics", "thresholds", "checks", "missing_metrics", "failure_reasons",
    "status", FOCUS_GATE, "period", "events_in_period", "revision", "revises", "backfilled", "late_events", "error",
)  # fmt: skip
_LATEST_CHECKS = (
    "latest_not_failed_ok", "latest_contract_complete_ok", "latest_thresholds_ok", "latest_fresh_ok",
    f"latest_{FOCUS_GATE}_passed_ok",
)  # fmt: skip
_OTHER_TALLIES = ("malformed", FAILED, DEGRADED, INCOMPLETE, "entries", "latest", "thresholds", FOCUS_GATE)
_ASSETS = ("digest", "heartbeat", "heartbeat_compacted", "published")


def conflicts(spec: LaneSpec) -> Iterator[str]:
    """Every clash of names in `spec`, and every name that points at nothing."""
    if not spec.kpis and not spec.gates:
        yield "kpis: give at least one, or a gate under `gates`, so that there is something to judge"
        return
    yield from _row_conflicts(spec)
    yield from _threshold_conflicts(spec)
    yield from _context_conflicts(spec)
    yield from _window_name_conflicts(spec)
    yield from _source_conflicts(spec)
    yield from _missing_kpis(spec)
    yield from _window_conflicts(spec)


def _row_conflicts(spec: LaneSpec) -> Iterator[str]:
    owners = dict.fromkeys(ROW_FIELDS, "a field of every heartbeat")
    if spec.gates:
        owners |= dict.fromkeys((FOCUS_GATE, f"{FOCUS_GATE}_passed"), "that of the gate of all gates")
    for index, kpi in enumerate(spec.kpis):
        where = f"kpis[{index}] {kpi.name}"
        clash = next((name for name in (kpi.name, kpi.threshold_name, kpi.check_name) if name in owners), None)
        if clash is not None:
            yield f"{where}: {clash!r} is already {owners[clash]}; give another name"
            continue
        owners |= {kpi.name: f"the name of {where}", kpi.threshold_name: f"the threshold of {where}"}
        owners[kpi.check_name] = f"the check of {where}"
    for index, availability in enumerate(spec.availability):
        if availability.check in owners:
            yield (
                f"availability[{index}] {availability.check}: {availability.check!r} is already "
                f"{owners[availability.check]}; give another name"
            )
        owners[availability.check] = f"the check of availability[{index}]"
    for index, gate in enumerate(spec.gates):
        where = f"gates[{index}] {gate.name}"
        for name in (gate.name, gate.row_name):
            if name in owners:
                yield f"{where}: {name!r} is already {owners[name]}; give another name"
                break
        owners |= {gate.name: f"the check of {where}", gate.row_name: f"the field of {where}"}


def _threshold_conflicts(spec: LaneSpec) -> Iterator[str]:
    """Two bounds may share a name only when they are the same bound."""
    bounds = {kpi.threshold_name: (kpi.threshold, f"kpis[{index}] {kpi.name}") for index, kpi in enumerate(spec.kpis)}
    conditions: list[tuple[str, FigureBound]] = [
        (f"gates[{index}] {gate.name}.conditions[{number}]", condition)
        for index, gate in enumerate(spec.gates)
        for number, condition in enumerate(gate.conditions)
    ]
    for index, gate in enumerate(spec.gates):
        for number, one in enumerate(gate.conditions):
            if one in gate.conditions[:number]:
                yield f"gates[{index}] {gate.name}.conditions[{number}]: is there twice; take one out"
    conditions += [(f"preconditions[{index}] {one.reason}", one) for index, one in enumerate(spec.preconditions)]
    for where, condition in conditions:
        threshold, owner = bounds.setdefault(condition.threshold_name, (condition.threshold, where))
        if threshold != condition.threshold:
            yield (
                f"{where}: the threshold {condition.threshold_name!r} is already that of {owner}, with another value; "
                "give it a name of its own by `threshold_as`"
            )
    reasons = [reason for kpi in spec.kpis for reason in (kpi.missing_reason, kpi.breach_reason)]
    for index, precondition in enumerate(spec.preconditions):
        if precondition.reason in reasons:
            yield f"preconditions[{index}] {precondition.reason}: the reason is taken; give another"
        reasons.append(precondition.reason)


def _context_conflicts(spec: LaneSpec) -> Iterator[str]:
    for name in spec.context:
        if name in DIGEST_FIELDS or name in spec.recorded:
            yield f"context.{name}: the digest has a part {name!r} already; give another name"
    for index, name in enumerate(spec.recorded):
        if name in DIGEST_FIELDS:
            yield f"recorded[{index}]: {name!r} is in every heartbeat already, or has no place there; take it out"
        if name in spec.recorded[:index]:
            yield f"recorded[{index}]: {name!r} is there twice; take one out"


def _window_name_conflicts(spec: LaneSpec) -> Iterator[str]:
    owners = dict.fromkeys(_OTHER_TALLIES, "counted in every window")
    for index, kpi in enumerate(spec.kpis):
        if kpi.window in owners:
            yield f"kpis[{index}] {kpi.name}.window_name: {kpi.window!r} is already {owners[kpi.window]}; give another"
        owners.setdefault(kpi.window, f"the window name of kpis[{index}] {kpi.name}")
    for index, gate in enumerate(spec.gates):
        if f"latest_{gate.name}_ok" in _LATEST_CHECKS:
            yield (
                f"gates[{index}] {gate.name}: its check latest_{gate.name}_ok is another rule's already; "
                "give another name"
            )
        if gate.name in owners:
            yield f"gates[{index}] {gate.name}: {gate.name!r} is already {owners[gate.name]}; give another name"
        owners.setdefault(gate.name, f"the name of gates[{index}]")


def _source_conflicts(spec: LaneSpec) -> Iterator[str]:
    assets = dict.fromkeys(_ASSETS, "an asset of every lane")
    for name, source in spec.sources.items():
        if name in ("rollup", "sources", "period"):
            yield f"sources.{name}: digest.sql has a table {name!r} already; give another name"
        asset = source.asset or name
        if asset in assets:
            field = f"sources.{name}.asset" if source.asset else f"sources.{name}"
            yield f"{field}: {asset!r} is already {assets[asset]}; give another `asset`"
        assets.setdefault(asset, f"the asset of sources.{name}")
        if isinstance(source, RowsSource):
            if source.period_column and spec.partitions is None:
                where = f"sources.{name}.period_column"
                yield f"{where}: the lane has no `partitions`; take it out, or partition the lane by day or hour"
            yield from rows_conflicts(name, source)
    events = [name for name, source in spec.sources.items() if isinstance(source, EventsSource)]
    dated = [
        name
        for name, source in spec.sources.items()
        if event_instants(source) or (isinstance(source, RowsSource) and source.period_column)
    ]
    if spec.partitions and not dated:
        yield (
            "partitions: no source says when its rows happened, so every period would have the same figures; "
            "give one a `period_column`"
        )
    if spec.rollup_sql and len(events) != 1:
        there = f"there are {', '.join(events)}" if events else "there is none"
        yield f"rollup_sql: needs exactly one source of kind events; {there}"
    if spec.sensor and spec.partitions:
        yield "sensor: a partitioned lane runs once a period, by its schedule; take the sensor out"
    elif spec.sensor and not events:
        yield "sensor: needs a source of kind events to watch"


def _missing_kpis(spec: LaneSpec) -> Iterator[str]:
    names = [kpi.name for kpi in spec.kpis]
    for index, availability in enumerate(spec.availability):
        for name in availability.any_of:
            if name not in names:
                yield f"availability[{index}] {availability.check}.any_of: no KPI {name!r}; {_instead(name, names)}"
    badge = spec.publish.badge_kpi
    if badge and badge not in names:
        yield f"publish.badge_kpi: no KPI {badge!r}; {_instead(badge, names)}"


def _window_conflicts(spec: LaneSpec) -> Iterator[str]:
    try:
        rules = spec.rules()
    except ValueError as problem:
        yield f"window.limits.{problem}"
        return
    for rule in rules:
        if rule.kind == "min_entries" and (rule.limit or 0) > spec.window.last:
            never = f"{rule.limit:g} runs are never among the last {spec.window.last}"
            yield f"window.limits.min_entries: {never}; lower it, or raise window.last"
    checks = [rule.check for rule in rules]
    for check in spec.window.severity:
        if check not in checks:
            yield f"window.severity.{check}: this lane has no such check; {_instead(check, checks)}"


def _instead(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.8)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}" if known else "there is none"
