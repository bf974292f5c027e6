"""HEARTBEAT.md and the status page: both are made as candidates from one look, checked, and published when they passed.

The check is blocking, and who publishes asks once more: a check of an earlier run blocks nothing in this one. What a
candidate says is shown nowhere. It must not write a document itself; `objectives.documents` does.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from heartbeat_assets.components import operations_metadata
from heartbeat_assets.components.asset_basics import about, asset_key, failing_clearly
from heartbeat_assets.components.operations_group import CANDIDATES, COMPONENT_STATUS, NO_PERSONAL_DATA, OperationsGroup
from heartbeat_assets.errors import InputMissing
from heartbeat_assets.objectives.operations_spec import OperationsSpec

if TYPE_CHECKING:
    from heartbeat_assets.objectives.publishing import DocumentName

_KINDS = {"heartbeat_document": {"markdown"}, "status_page": {"html", "json"}}
_ABOUT = {
    "heartbeat_document": "HEARTBEAT.md: status, SLOs, KPIs, incidents, the degraded-mode guide and contacts",
    "status_page": "The status page as plain files: pages, Atom feed, JSON and badges",
}


def document_assets(group: OperationsGroup) -> list[dg.AssetsDefinition]:
    """The candidates, and each document behind its own."""
    return [_candidates(group), *(_published(group, name) for name in CANDIDATES)]


def _candidates(group: OperationsGroup) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=f"{group.name}_candidates",
        specs=[
            dg.AssetSpec(
                **about(group, candidate, _KINDS[name]),
                deps=[asset_key(group, COMPONENT_STATUS)],
                description=f"{_ABOUT[name]}, as it would be published. It may hold personal data, and is for the "
                "check alone.",
            )
            for name, candidate in CANDIDATES.items()
        ],
        check_specs=[
            dg.AssetCheckSpec(
                NO_PERSONAL_DATA,
                asset=asset_key(group, candidate),
                blocking=True,
                description="There are no ids of agents or customers in it, no e-mail addresses but the support's, no "
                "IP addresses, tokens or the like. What is found is named by place and kind, never shown.",
            )
            for candidate in CANDIDATES.values()
        ],
        can_subset=True,
        description="The documents as they would be published, from one look at how everything stands.",
    )
    def candidates_of_operations(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        from heartbeat_assets.objectives import publishing
        from heartbeat_assets.objectives.operations_now import snapshot

        assets, checks = context.selected_asset_keys, context.selected_asset_check_keys
        with failing_clearly():
            seen = snapshot(group.settings, publishing.ledger_of(group.settings)) if assets else None
            spec = group.spec_now()
            for name in publishing.DOCUMENTS:
                key = asset_key(group, CANDIDATES[name])
                if seen is not None and key in assets:
                    made = publishing.made_of(seen.operations, name)
                    folder = publishing.keep_candidate(group.settings, made)
                    shown = operations_metadata.of_files(made.files, folder)
                    yield dg.MaterializeResult(asset_key=key, metadata=shown)
                if dg.AssetCheckKey(key, NO_PERSONAL_DATA) in checks:
                    yield _looked_through(group, name, spec)

    return candidates_of_operations


def _looked_through(group: OperationsGroup, name: "DocumentName", spec: OperationsSpec) -> dg.AssetCheckResult:
    """What the check finds in the candidate as it lies there."""
    from heartbeat_assets.objectives import publishing

    try:
        found = publishing.candidate(group.settings, name).personal_data(spec)
        said = "; ".join(publishing.sentences(found)) or "There is no personal data in it."
        passed, shown = not found, operations_metadata.of_findings(found)
    except InputMissing as problem:
        passed, said, shown = False, str(problem), {}
    return dg.AssetCheckResult(
        check_name=NO_PERSONAL_DATA,
        asset_key=asset_key(group, CANDIDATES[name]),
        passed=passed,
        severity=dg.AssetCheckSeverity.ERROR,
        description=said,
        metadata=shown,
    )


def _published(group: OperationsGroup, name: "DocumentName") -> dg.AssetsDefinition:
    @dg.asset(
        **about(group, name, _KINDS[name]),
        deps=[asset_key(group, CANDIDATES[name])],
        metadata=group.cockpit_link("/status"),
        description=f"{_ABOUT[name]}. Published in one step, without personal data only; else the one before stays.",
    )
    def document_of_operations(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        from heartbeat_assets.objectives import publishing

        with failing_clearly():
            spec = group.spec_now()
            made = publishing.candidate(group.settings, name)
            places = publishing.places_of(group.settings, spec, name)
            publishing.publish(made, spec, places)
        context.log.info("published: " + ", ".join(map(str, places)))
        shown = operations_metadata.of_files(made.files, places[0])
        for position, place in enumerate(places[1:], start=2):
            shown[f"place_{position}"] = dg.MetadataValue.path(str(place))
        text = made.files.get(publishing.HEARTBEAT_MD)
        if text is not None:
            shown["document"] = dg.MetadataValue.md(text.decode("utf-8", "replace"))
        return dg.MaterializeResult(metadata=shown)

    return document_of_operations
