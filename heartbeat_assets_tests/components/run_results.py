"""What runs of Dagster definitions in this process came to, whatever component they are of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dagster as dg

QUIET: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_assets(
    definitions: dg.Definitions, instance: dg.DagsterInstance, keys: Sequence[dg.AssetKey] = ()
) -> dg.ExecuteInProcessResult:
    """Runs the assets of `keys`, or all there are, by the hidden job of all assets."""
    job = definitions.resolve_implicit_global_asset_job_def()
    return job.execute_in_process(
        instance=instance, asset_selection=list(keys) or None, raise_on_error=False, run_config=QUIET
    )


def metadata_of(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    """The metadata of the one materialization of an asset, by the end of its key, as plain values."""
    events = result.get_asset_materialization_events()
    (event,) = [one for one in events if one.asset_key and one.asset_key.path[-1] == asset]
    return {name: value.value for name, value in event.materialization.metadata.items()}


def failed_steps(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    """What each failed step says; a blocking check is told by Dagster."""
    said = {}
    for event in result.get_step_failure_events():
        failure, error = event.step_failure_data.user_failure_data, event.step_failure_data.error
        said[event.step_key or ""] = (failure and failure.description) or (error.message if error else "failed")
    return said
