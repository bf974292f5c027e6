"""How YAML becomes Dagster. The only room, beside the doors, that knows Dagster; it computes nothing itself."""

from heartbeat_assets.components.heartbeat_lane import HeartbeatLane
from heartbeat_assets.components.kpi_events import KpiEvents
from heartbeat_assets.components.metric_guard import metrics_allow, metrics_holding, require_metrics
from heartbeat_assets.components.metric_service import MetricService
from heartbeat_assets.components.operations import Operations
from heartbeat_assets.components.run_pruning import RunPruning
from heartbeat_assets.components.runbook import Runbook
from heartbeat_assets.components.service_objectives import ServiceObjectives
from heartbeat_assets.components.tripwires import Tripwires

__all__ = [
    "HeartbeatLane",
    "KpiEvents",
    "MetricService",
    "Operations",
    "RunPruning",
    "Runbook",
    "ServiceObjectives",
    "Tripwires",
    "metrics_allow",
    "metrics_holding",
    "require_metrics",
]
