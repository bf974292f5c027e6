"""The SLOs of a folder as one asset definition of which any part may run: an SLO is an asset with two checks.

One step for all of them opens each source once; one that cannot be measured stops no other. It must not measure or
judge; `objectives.measure` does.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from heartbeat_assets.components import objective_metadata
from heartbeat_assets.components.asset_basics import about, asset_key, failing_clearly
from heartbeat_assets.components.metric_run import DAGSTER
from heartbeat_assets.components.objective_checks import CHECKS, check_result, check_specs
from heartbeat_assets.components.objective_group import ObjectivesGroup
from heartbeat_assets.components.registry_asset import ledger_kind
from heartbeat_assets.components.source_assets import source_asset_name
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.objectives.slo.sentences import percent
from heartbeat_assets.objectives.slo.slo import Slo

Told = dg.MaterializeResult | dg.AssetCheckResult


def objective_assets(group: ObjectivesGroup) -> list[dg.AssetsDefinition]:
    """The SLOs; none where no document has one."""
    if not group.by_asset:
        return []

    @dg.multi_asset(
        name=f"{group.name}_slos",
        specs=[_spec(group, asset, slo) for asset, slo in group.by_asset.items()],
        check_specs=[spec for asset in group.by_asset for spec in check_specs(group, asset)],
        can_subset=True,
        description=f"How {len(group.by_asset)} service objectives stand, any part of which may be measured.",
    )
    def slos_of_group(context: dg.AssetExecutionContext) -> Iterator[Told]:
        checks = set(context.selected_asset_check_keys)
        selected = {key.path[-1] for key in context.selected_asset_keys}
        with failing_clearly():
            yield from _measured(group, selected, checks, context)
            # Only their checks were asked for: these are about what is recorded.
            yield from _looked_at(group, [asset for asset in group.by_asset if asset not in selected], checks)

    return [slos_of_group]


def _spec(group: ObjectivesGroup, asset: str, slo: Slo) -> dg.AssetSpec:
    placed = about(group, asset, {"sql", "duckdb", ledger_kind(group)})
    promise = f"{percent(float(slo.target))} of {slo.unit} are good in {slo.window.words}."
    unknown = "" if slo.is_measurable else " **It has no source here**, and so no figures."
    return dg.AssetSpec(
        **{**placed, "tags": placed["tags"] | {"heartbeat/slo": asset}},
        deps=[asset_key(service, source_asset_name(service, name)) for service, name in group.sources_of(slo)],
        description=f"**{slo.display_name}**: {promise}{unknown} {slo.description}".strip(),
        metadata=objective_metadata.of_slo(group, slo),
    )


def _measured(
    group: ObjectivesGroup, selected: set[str], checks: set[dg.AssetCheckKey], context: dg.AssetExecutionContext
) -> Iterator[Told]:
    from heartbeat_assets.objectives.recording_slos import measured_now, record_measured

    chosen = {asset: slo for asset, slo in group.by_asset.items() if asset in selected}
    if not chosen:
        return
    ledger = open_ledger(group.settings.ledger_url)
    found = measured_now(
        list(chosen.values()), group.spec, group.settings, ledger, datetime.now(UTC), progress=context.log.info
    )
    for asset, measured in zip(chosen, found, strict=True):
        event = record_measured(ledger.journal, measured, group.name, DAGSTER)
        (context.log.info if measured.verdict is not None else context.log.error)(measured.sentence)
        shown = objective_metadata.of_record(event.body, event.seq)
        yield dg.MaterializeResult(asset_key=asset_key(group, asset), metadata=shown)
        yield from _checked(group, asset, event.body, event.seq, checks)


def _looked_at(group: ObjectivesGroup, assets: list[str], checks: set[dg.AssetCheckKey]) -> Iterator[Told]:
    from heartbeat_assets.objectives.records_days import newest_of

    wanted = [asset for asset in assets if any(check.asset_key == asset_key(group, asset) for check in checks)]
    if not wanted:
        return
    journal = open_ledger(group.settings.ledger_url).journal
    for asset in wanted:
        newest = newest_of(journal, group.by_asset[asset].name)
        yield from _checked(group, asset, newest.body if newest else None, newest.seq if newest else 0, checks)


def _checked(
    group: ObjectivesGroup, asset: str, body: Mapping[str, Any] | None, seq: int, checks: set[dg.AssetCheckKey]
) -> Iterator[Told]:
    for check in CHECKS:
        if dg.AssetCheckKey(asset_key(group, asset), check) in checks:
            yield check_result(group, asset, check, body, seq)
