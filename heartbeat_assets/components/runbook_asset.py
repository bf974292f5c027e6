"""The asset `go_live` of a runbook: materialized it says how things stand, a check for each item.

No check is blocking: the runbook tells, and what may not run asks the guard. It must not look; `build_runbook` does.
"""

from typing import Any

import dagster as dg

from heartbeat_assets.components.asset_basics import AssetOwner, about, asset_key
from heartbeat_assets.governance.runbook import Item, Runbook, build_runbook
from heartbeat_assets.governance.runbook.runbook_file import RunbookFile

GO_LIVE = "go_live"


def go_live_asset(owner: AssetOwner, runbook: RunbookFile) -> dg.AssetsDefinition:
    """The asset, with the checks that the file names."""
    key = asset_key(owner, GO_LIVE)
    checks = runbook.spec.items

    @dg.asset(
        **about(owner, GO_LIVE, {"runbook"}),
        check_specs=[
            dg.AssetCheckSpec(check.item_id, asset=key, description=f"{check.severity}: {check.asked}")
            for check in checks
        ],
        description=f"Whether go-live may be enabled: {len(checks)} checks, looked at anew each time. "
        f"{runbook.spec.description}".strip(),
        metadata=_link(owner),
    )
    def go_live_of_runbook(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        found = build_runbook(owner.settings, runbook=runbook)
        context.log.info(found.sentence)
        return dg.MaterializeResult(metadata=_about(found), check_results=[_result(key, item) for item in found.items])

    return go_live_of_runbook


def _result(key: dg.AssetKey, item: Item) -> dg.AssetCheckResult:
    severity = dg.AssetCheckSeverity.ERROR if item.severity == "BLOCKER" else dg.AssetCheckSeverity.WARN
    metadata: dict[str, Any] = {"severity": item.severity, "detail": dg.MetadataValue.json(item.detail)}
    if item.fix:
        metadata["fix"] = item.fix
    return dg.AssetCheckResult(
        check_name=item.id,
        asset_key=key,
        passed=item.ok,
        severity=severity,
        description=item.message,
        metadata=metadata,
    )


def _about(found: Runbook) -> dict[str, Any]:
    """The page, and numbers to plot."""
    return {
        "ok_to_enable_go_live": found.ok_to_enable_go_live,
        "blockers": len(found.blockers),
        "warnings": len(found.warnings),
        "passed": sum(item.ok for item in found.items),
        "runbook": dg.MetadataValue.md(found.markdown()),
    }


def _link(owner: AssetOwner) -> dict[str, Any]:
    url = owner.settings.cockpit_url
    return {"cockpit": dg.MetadataValue.url(f"{url}/runbook")} if url else {}
