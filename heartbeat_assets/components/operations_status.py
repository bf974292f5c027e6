"""The asset `component_status`: how every component is, looked at and written down, with a check for each.

No check is blocking: the documents lie downstream, and they matter most just when one fails. It must not judge;
`objectives.recording` looks and records.
"""

from collections.abc import Iterator

import dagster as dg

from heartbeat_assets.components import operations_metadata
from heartbeat_assets.components.asset_basics import about, asset_key, failing_clearly
from heartbeat_assets.components.metric_run import DAGSTER
from heartbeat_assets.components.operations_group import COMPONENT_STATUS, FRESH, OperationsGroup
from heartbeat_assets.components.operations_lineage import rests_on
from heartbeat_assets.components.registry_asset import ledger_kind
from heartbeat_assets.metrics.wording import listed
from heartbeat_assets.objectives.operations import ComponentStatus, Operations
from heartbeat_assets.objectives.operations_spec import OperationsSpec

_ERROR, _WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN


def status_asset(group: OperationsGroup) -> dg.AssetsDefinition:
    """The asset, with a check per component and one about age."""
    key = asset_key(group, COMPONENT_STATUS)
    names = listed([one.name for one in group.spec.components])

    @dg.asset(
        **about(group, COMPONENT_STATUS, {ledger_kind(group)}),
        deps=rests_on(group),
        check_specs=list(_check_specs(group.spec, key)),
        metadata=group.cockpit_link("/status"),
        description=f"How {names} are: derived by the rules of the file, damped, and what people said over them. "
        "Writes down what has changed, and suggests incidents.",
    )
    def component_status_of_operations(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        from heartbeat_assets.objectives.publishing import ledger_of
        from heartbeat_assets.objectives.recording import record_operations

        with failing_clearly():
            operations = record_operations(group.settings, ledger_of(group.settings), actor=DAGSTER)
        context.log.info(operations.sentence)
        for problem in operations.problems:
            context.log.warning(problem)
        return dg.MaterializeResult(
            metadata=operations_metadata.of_operations(group, operations),
            check_results=list(_check_results(group.spec, key, operations)),
        )

    return component_status_of_operations


def _check_specs(spec: OperationsSpec, key: dg.AssetKey) -> Iterator[dg.AssetCheckSpec]:
    for one in spec.components:
        said = f"{one.name} is OK. DOWN is an error; DEGRADED warns, and so does not knowing. {one.description}"
        yield dg.AssetCheckSpec(one.id, asset=key, description=said.strip())
    yield dg.AssetCheckSpec(
        FRESH,
        asset=key,
        description=f"Everything that the status rests on is there, and younger than {spec.stale_after}. Warns.",
    )


def _check_results(spec: OperationsSpec, key: dg.AssetKey, operations: Operations) -> Iterator[dg.AssetCheckResult]:
    for component in spec.components:
        yield _component_result(component.id, key, operations.component(component.id))
    old = [one for one in operations.components if one.stale]
    said = f"Old or missing is something that {', '.join(one.name for one in old)} rest on." if old else ""
    yield dg.AssetCheckResult(
        check_name=FRESH,
        asset_key=key,
        passed=not old,
        severity=_WARN,
        description=said or "Nothing that the status rests on is old or missing.",
        metadata={"stale": len(old)},
    )


def _component_result(name: str, key: dg.AssetKey, one: ComponentStatus | None) -> dg.AssetCheckResult:
    if one is None:
        # The file is read anew by every run, the checks when the definitions are loaded.
        said = f"The file has no component {name} any more; reload the code location."
        return dg.AssetCheckResult(check_name=name, asset_key=key, passed=False, severity=_WARN, description=said)
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=key,
        passed=one.state == "OK",
        severity=_ERROR if one.state == "DOWN" else _WARN,
        description=" ".join([f"{one.name}: {operations_metadata.MARKS[one.state]}.", *one.reasons]),
        metadata=operations_metadata.of_component(one),
    )
