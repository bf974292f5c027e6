"""heartbeat_assets: KPI digests and heartbeats as a Dagster asset pipeline.

Importing the package costs nothing: the Dagster components, and what assets of your own ask about metrics, are loaded
when they are asked for.
"""

from __future__ import annotations

from typing import Any

_COMPONENTS = (
    "HeartbeatLane",
    "KpiEvents",
    "MetricService",
    "Operations",
    "RunPruning",
    "Runbook",
    "ServiceObjectives",
    "Tripwires",
)
_GUARDS = ("metrics_allow", "metrics_holding", "require_metrics")


def __getattr__(name: str) -> Any:
    if name in _COMPONENTS or name in _GUARDS:
        from heartbeat_assets import components

        return getattr(components, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    # dg finds component types by listing this module.
    return [*globals(), *_COMPONENTS, *_GUARDS]
