"""The tripwires of a folder as one asset definition of which any part may run, and the asset that throws switches.

One step for all looks over one connection; one that fails stops no other. It must not judge or decide what is stopped:
`governance.look` and `governance.actuator` do.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from heartbeat_assets.components import tripwire_metadata
from heartbeat_assets.components.asset_basics import about, asset_key, failing_clearly
from heartbeat_assets.components.metric_run import DAGSTER
from heartbeat_assets.components.registry_asset import ledger_kind
from heartbeat_assets.components.tripwire_checks import broken_result, check_result, check_spec
from heartbeat_assets.components.tripwire_group import SWITCHES, TripwireGroup
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.ledger import Ledger, LedgerError, open_ledger


def look_assets(group: TripwireGroup) -> list[dg.AssetsDefinition]:
    """The tripwires; none where the file lists none."""
    if not group.by_asset:
        return []

    @dg.multi_asset(
        name=f"{group.name}_looks",
        specs=[_spec(group, asset, policy) for asset, policy in group.by_asset.items()],
        check_specs=[check_spec(group, asset) for asset in group.by_asset],
        can_subset=True,
        description=f"What recent events say against those before them: {len(group.by_asset)} tripwires, any part of "
        "which may look.",
    )
    def looks(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        selected = {key.path[-1] for key in context.selected_asset_keys}
        checks = {key.asset_key.path[-1] for key in context.selected_asset_check_keys}
        with failing_clearly():
            ledger = open_ledger(group.settings.ledger_url)
            for asset, policy in group.by_asset.items():
                if asset in selected:
                    yield from _looked(group, asset, policy, ledger, asset in checks, context)
                elif asset in checks:
                    # Only the check was asked for: it is about what is recorded.
                    yield _newest(group, asset, policy, ledger)

    return [looks]


def switches_asset(group: TripwireGroup) -> dg.AssetsDefinition:
    """What acts on the tripwires: it lies downstream of all, and runs whatever their checks say."""

    @dg.asset(
        **about(group, SWITCHES, {ledger_kind(group)}),
        deps=[asset_key(group, asset) for asset in group.by_asset],
        metadata=tripwire_metadata.cockpit_link(group),
        description="Throttles a domain, or stops everything, when a tripwire calls for it: once an evaluation, "
        "however often it runs. Only a person releases a switch. In a dry run it records what it would have done.",
    )
    def switches_of_group(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        from heartbeat_assets.governance.actuator import act
        from heartbeat_assets.governance.switch import switch_states

        with failing_clearly():
            ledger = open_ledger(group.settings.ledger_url)
            actions = act(group.spec, ledger, now=datetime.now(UTC), actor=DAGSTER)
            states = switch_states(ledger.journal)
        for action in actions:
            context.log.info(action.sentence)
        return dg.MaterializeResult(metadata=tripwire_metadata.of_switches(states.values(), actions))

    return switches_of_group


def _spec(group: TripwireGroup, asset: str, policy: TripwirePolicy) -> dg.AssetSpec:
    off = "" if policy.enabled else "**It is disabled**, and looks at nothing. "
    worse = "drops" if policy.direction == "higher_is_better" else "rises"
    placed = about(group, asset, {ledger_kind(group)})
    return dg.AssetSpec(
        **{**placed, "tags": placed["tags"] | {"heartbeat/domain": policy.domain.lower()}},
        description=f"{off}When {policy.metric} of {policy.domain} {worse} by {policy.max_drop_pct:g}% or more, newest "
        f"{policy.recent} events against the {policy.baseline} before, it {tripwire_metadata.action_words(policy)}.",
        metadata=tripwire_metadata.of_policy(group, policy),
    )


def _looked(
    group: TripwireGroup,
    asset: str,
    policy: TripwirePolicy,
    ledger: Ledger,
    checked: bool,
    context: dg.AssetExecutionContext,
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """One look. What only this one stumbles over is its own failed check; a ledger that is away is everybody's."""
    from heartbeat_assets.governance.look import look

    try:
        event = look(policy, ledger, now=datetime.now(UTC), actor=DAGSTER).event
    except LedgerError:
        raise
    except Exception as fault:
        context.log.exception(f"{policy.name}: the look failed")
        sentence = f"{policy.name} could not be looked at: {type(fault).__name__}: {fault}"
        yield dg.MaterializeResult(
            asset_key=asset_key(group, asset), metadata=tripwire_metadata.of_broken_look(sentence)
        )
        if checked:
            yield broken_result(group, asset, sentence)
        return
    shown = tripwire_metadata.of_look(event.kind, event.body, event.seq)
    context.log.info(shown["sentence"])
    yield dg.MaterializeResult(asset_key=asset_key(group, asset), metadata=shown)
    if checked:
        yield check_result(group, asset, event.kind, event.body, event.seq)


def _newest(group: TripwireGroup, asset: str, policy: TripwirePolicy, ledger: Ledger) -> dg.AssetCheckResult:
    from heartbeat_assets.governance.look import newest_record

    recorded = newest_record(ledger, policy.name)
    if recorded is None:
        return check_result(group, asset, None, {}, 0)
    return check_result(group, asset, recorded.kind, recorded.body, recorded.seq)
