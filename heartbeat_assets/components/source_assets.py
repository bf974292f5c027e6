"""The assets of the sources of a lane or a service: telemetry read into Parquet, documents and tables looked at.

Each shows what is there, how old it is and which columns it has. A source that cannot be read fails its check and not
its step: what lies behind it fails instead, the digest once for all sources, which leaves a failed heartbeat, or the
metrics that read it. It must not compute KPIs or metrics.
"""

from typing import Any

import dagster as dg

from heartbeat_assets.components import source_metadata
from heartbeat_assets.components.asset_basics import about, asset_key, failing_clearly
from heartbeat_assets.errors import HeartbeatError, InputMissing
from heartbeat_assets.lanes.compute import update_telemetry as update_telemetry_of_lane
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.late import LatePeriod, late_periods
from heartbeat_assets.lanes.period_views import dated_sources
from heartbeat_assets.ledger import LedgerError
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.sources.inputs import read_document, resolve_inputs
from heartbeat_assets.sources.kpi_events import newest_event
from heartbeat_assets.sources.opening import look_at_source
from heartbeat_assets.sources.spec import EventsSource, JsonSource, KpiEventsSource, WarehouseSource
from heartbeat_assets.sources.telemetry import update_telemetry

Sourced = Lane | Service
"""What has sources."""

READABLE, NONE_LATE = "readable", "none_late"
_PERIODS_TOLD = 20
_KINDS = {
    "events": {"parquet", "duckdb"}, "json": {"json"}, "table": {"table"}, "warehouse": {"table", "sql"},
    "kpi_events": {"table", "sql"},
}  # fmt: skip


def source_asset_name(owner: Sourced, source: str) -> str:
    """What the asset of `source` is called."""
    return owner.sources[source].asset or source


def source_asset(owner: Sourced, name: str) -> dg.AssetsDefinition:
    """The asset of the source `name`, with a check that tells whether it can be read."""
    source = owner.sources[name]
    key = asset_key(owner, source_asset_name(owner, name))
    absent = "" if source.required else " It may be absent."
    readable = dg.AssetCheckSpec(
        READABLE, asset=key, description=f"The source is there, can be read and has its columns.{absent}"
    )

    specs = [readable]
    # Counted over all sources, so it is told once, at the first that knows when its rows happened.
    lane = owner if isinstance(owner, Lane) and owner.spec.partitions is not None else None
    tells_late = lane is not None and dated_sources(lane)[:1] == [name]
    if tells_late:
        said = "Nothing came after its period was recorded. Warns, never blocks."
        specs.append(dg.AssetCheckSpec(NONE_LATE, asset=key, description=said))

    @dg.asset(
        **about(owner, source_asset_name(owner, name), _KINDS[source.kind]),
        check_specs=specs,
        description=f"{source.description} Read from `{source.place}`.".strip(),
    )
    def source_of_owner(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with failing_clearly():
            try:
                shown = _shown(owner, name, context)
            except HeartbeatError as problem:
                context.log.error(str(problem))
                return dg.MaterializeResult(
                    metadata={"present": not isinstance(problem, InputMissing), "problem": str(problem)},
                    check_results=[_warned(spec.name, f"{problem}.") for spec in specs],
                )
        results = [dg.AssetCheckResult(check_name=READABLE, passed=True)]
        if lane is not None and tells_late:
            late, result = _looked_for_late(lane)
            shown |= source_metadata.of_late_telemetry(late)
            results.append(result)
        return dg.MaterializeResult(metadata=shown, check_results=results)

    return source_of_owner


def _warned(check: str, said: str) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR if check == READABLE else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(check_name=check, passed=False, severity=severity, description=said)


def _looked_for_late(lane: Lane) -> tuple[list[LatePeriod], dg.AssetCheckResult]:
    """The periods for which something came late, in any source, and the check that tells."""
    try:
        late = late_periods(lane)
    except (HeartbeatError, LedgerError) as problem:
        return [], _warned(NONE_LATE, f"It could not be counted what came late: {problem}.")
    if not late:
        said = "Nothing came after its period was recorded."
        return [], dg.AssetCheckResult(check_name=NONE_LATE, passed=True, description=said)
    periods = ", ".join(f"{one.period.key} ({one.late:,})" for one in late[-_PERIODS_TOLD:])
    return late, _warned(
        NONE_LATE,
        f"After their period was recorded came: {periods}. Materialize these partitions of the digest and the "
        "heartbeat again; each appends a revision.",
    )


def _shown(owner: Sourced, name: str, context: dg.AssetExecutionContext) -> dict[str, Any]:
    source = owner.sources[name]
    if isinstance(source, EventsSource):
        # A lane's queries have rollups, made from what is new.
        if isinstance(owner, Lane):
            reports = update_telemetry_of_lane(owner, context.log.info, only=name)
        else:
            reports = update_telemetry(owner, context.log.info, only=name)
        return source_metadata.of_telemetry(owner, name, reports.get(name))
    paths = resolve_inputs(owner, only=name)
    if name not in paths:
        return {"present": False}
    path = paths[name]
    if isinstance(source, JsonSource):
        return source_metadata.of_document(path, read_document(name, path) if path else None)
    seen, rows = look_at_source(owner, name, path)
    shown = source_metadata.of_table(source.table if isinstance(source, WarehouseSource) else source.place, seen, rows)
    if isinstance(source, KpiEventsSource) and path is None:
        shown |= source_metadata.of_newest_event(newest_event(source, owner.settings))
    return shown
