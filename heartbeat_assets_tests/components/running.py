"""Running the lane's Dagster definitions in this process, and looking at what came of it."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from heartbeat_assets.components import HeartbeatLane
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets_tests.copied_project import LANE

WINDOW_RULES = (
    "window_nonempty_ok",
    "malformed_entries_ok",
    "max_failed_ok",
    "max_failed_rate_ok",
    "max_degraded_ok",
    "max_degraded_rate_ok",
    "max_contract_incomplete_ok",
    "max_contract_incomplete_rate_ok",
    "max_unknown_rate_violations_ok",
    "max_unknown_rate_violation_rate_ok",
    "max_tfa_violations_ok",
    "max_tfa_violation_rate_ok",
    "max_drilldown_violations_ok",
    "max_drilldown_violation_rate_ok",
    "latest_not_failed_ok",
    "latest_contract_complete_ok",
    "latest_thresholds_ok",
)
"""The checks of docs/contract.md, section 4 for this lane, in their order."""

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def key(asset: str) -> dg.AssetKey:
    """The key of an asset of the lane."""
    return dg.AssetKey([LANE, asset])


def definitions_of(lane: Lane) -> dg.Definitions:
    """The lane's definitions as its files now are."""
    return HeartbeatLane(lane).definitions()


def run(
    lane: Lane, instance: dg.DagsterInstance, assets: Sequence[str] | None = None, *, checks: Sequence[str] = ()
) -> dg.ExecuteInProcessResult:
    """Runs the lane's job, or only `assets` with their checks, or only `checks` of the heartbeat."""
    definitions = definitions_of(lane)
    if checks:
        keys = [dg.AssetCheckKey(key("heartbeat"), name) for name in checks]
        job = dg.define_asset_job("only_checks", selection=dg.AssetSelection.checks(*keys))
        definitions = dg.Definitions.merge(definitions, dg.Definitions(jobs=[job]))
        job_definition = definitions.resolve_job_def("only_checks")
        return job_definition.execute_in_process(instance=instance, raise_on_error=False, run_config=_QUIET)
    return definitions.resolve_job_def(f"{LANE}_job").execute_in_process(
        instance=instance,
        asset_selection=[key(name) for name in assets] if assets else None,
        raise_on_error=False,
        run_config=_QUIET,
    )


def materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    """The names of the assets that a run materialized."""
    return {event.asset_key.path[-1] for event in result.get_asset_materialization_events() if event.asset_key}


def check_results(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    """What each check found, by its name."""
    return {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()}


def source_check(result: dg.ExecuteInProcessResult, asset: str) -> dg.AssetCheckEvaluation:
    """What the check `readable` of a source found."""
    found = [one for one in result.get_asset_check_evaluations() if one.asset_key.path[-1] == asset]
    return next(one for one in found if one.check_name == "readable")


def metadata_of(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, object]:
    """The metadata of the one materialization of `asset`, as plain values."""
    (event,) = result.asset_materializations_for_node(f"{LANE}__{asset}")
    return {name: value.value for name, value in event.metadata.items()}


def failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """What failed in a run, step by step; empty for a good one."""
    errors = [(event.step_key, event.step_failure_data.error) for event in result.get_step_failure_events()]
    return [f"{step}: {error.to_string() if error else 'failed'}" for step, error in errors]


def failure_sentence(result: dg.ExecuteInProcessResult, asset: str) -> str:
    """What the failed step of `asset` says."""
    (event,) = [event for event in result.get_step_failure_events() if event.step_key == f"{LANE}__{asset}"]
    failure = event.step_failure_data.user_failure_data
    assert failure is not None, event.step_failure_data.error
    assert failure.description is not None
    return failure.description
