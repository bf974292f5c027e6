"""The asset that looks at which series of KPI events the ledger has, and tells of those that no file lists.

It must not work out figures.
"""

import dagster as dg

from heartbeat_assets.components import kpi_metadata
from heartbeat_assets.components.asset_basics import about, asset_key, failing_clearly
from heartbeat_assets.components.kpi_days_assets import KpiGroup
from heartbeat_assets.components.registry_asset import ledger_kind
from heartbeat_assets.governance.kpi_spec import SERIES
from heartbeat_assets.ledger import open_ledger

ALL_LISTED = "all_listed"
_TOLD = 20


def series_asset(group: KpiGroup) -> dg.AssetsDefinition:
    """The asset `series`, with a check that warns of series which the file does not list."""
    key = asset_key(group, SERIES)
    said = "Every series in the ledger is listed in defs.yaml. Warns, never blocks: a new one may just have begun."

    @dg.asset(
        **about(group, SERIES, {ledger_kind(group)}),
        check_specs=[dg.AssetCheckSpec(ALL_LISTED, asset=key, description=said)],
        description="Which series of KPI events there are in the ledger, and since when.",
    )
    def series_of_ledger(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with failing_clearly():
            series = open_ledger(group.settings.ledger_url).events.series()
        names = [f"{one.domain}.{one.metric}" for one in series]
        shown = kpi_metadata.of_series(series, group.spec.series)
        return dg.MaterializeResult(metadata=shown, check_results=[_all_listed(names, group.spec.series)])

    return series_of_ledger


def _all_listed(names: list[str], listed: list[str]) -> dg.AssetCheckResult:
    unlisted = [name for name in names if name not in listed]
    told = f"All {len(names)} series in the ledger are listed."
    if unlisted:
        more = f" and {len(unlisted) - _TOLD} more" if len(unlisted) > _TOLD else ""
        told = f"Not listed: {', '.join(unlisted[:_TOLD])}{more}. Add them to `series` in defs.yaml to have their days."
    return dg.AssetCheckResult(
        check_name=ALL_LISTED,
        passed=not unlisted,
        severity=dg.AssetCheckSeverity.WARN,
        description=told,
        metadata={"unlisted": len(unlisted)},
    )
