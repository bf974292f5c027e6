"""Names in a defs.yaml that clash or point at nothing, each as a sentence that names the item.

A heartbeat is one flat row and a digest query sees one set of tables, so names given in different places must differ.
It must not look at single values; their fields do.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from heartbeat_assets.lanes.rules import DEGRADED, FAILED, INCOMPLETE
from heartbeat_assets.lanes.spec_sources import EventsSource

if TYPE_CHECKING:
    from heartbeat_assets.lanes.spec import LaneSpec

_ROW_FIELDS = (
    "run_at", "heartbeat_id", "digest_generated_at", "status", "contract_complete", "missing_metrics",
    "failure_reasons", "strict_fail_reasons", "strict_fail_count", "history_place", "line_no", "malformed_line",
)  # fmt: skip
_OTHER_TALLIES = ("malformed", FAILED, DEGRADED, INCOMPLETE)
_ASSETS = ("digest", "heartbeat", "heartbeat_compacted", "published")


def conflicts(spec: LaneSpec) -> Iterator[str]:
    """Every clash of names in `spec`, and every name that points at nothing."""
    yield from _row_conflicts(spec)
    yield from _window_name_conflicts(spec)
    yield from _source_conflicts(spec)
    yield from _missing_kpis(spec)
    yield from _window_conflicts(spec)


def _row_conflicts(spec: LaneSpec) -> Iterator[str]:
    owners = dict.fromkeys(_ROW_FIELDS, "a field of every heartbeat")
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


def _window_name_conflicts(spec: LaneSpec) -> Iterator[str]:
    owners = dict.fromkeys(_OTHER_TALLIES, "counted in every window")
    for index, kpi in enumerate(spec.kpis):
        if kpi.window in owners:
            yield f"kpis[{index}] {kpi.name}.window_name: {kpi.window!r} is already {owners[kpi.window]}; give another"
        owners.setdefault(kpi.window, f"the window name of kpis[{index}] {kpi.name}")


def _source_conflicts(spec: LaneSpec) -> Iterator[str]:
    assets = dict.fromkeys(_ASSETS, "an asset of every lane")
    for name, source in spec.sources.items():
        if name in ("rollup", "sources"):
            yield f"sources.{name}: digest.sql has a table {name!r} already; give another name"
        asset = source.asset or name
        if asset in assets:
            field = f"sources.{name}.asset" if source.asset else f"sources.{name}"
            yield f"{field}: {asset!r} is already {assets[asset]}; give another `asset`"
        assets.setdefault(asset, f"the asset of sources.{name}")
    events = [name for name, source in spec.sources.items() if isinstance(source, EventsSource)]
    if spec.rollup_sql and len(events) != 1:
        yield f"rollup_sql: needs exactly one source of kind events, there are {len(events)}"
    if spec.sensor and not events:
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
    checks = [rule.check for rule in rules]
    for check in spec.window.severity:
        if check not in checks:
            yield f"window.severity.{check}: this lane has no such check; {_instead(check, checks)}"


def _instead(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.8)
    return f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
