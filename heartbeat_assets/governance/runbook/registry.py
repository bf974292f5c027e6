"""Which checks there are, and which make up a runbook that names none. A new check is a class, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heartbeat_assets.governance.runbook.charter import HeimdallCharterPresent
from heartbeat_assets.governance.runbook.check import Check
from heartbeat_assets.governance.runbook.env_sanity import EnvSanity
from heartbeat_assets.governance.runbook.flowing import KpiEventsFlowing
from heartbeat_assets.governance.runbook.go_live import GoLiveChecklist
from heartbeat_assets.governance.runbook.health import LanesPassing, MetricsVerifiedNotRed
from heartbeat_assets.governance.runbook.own_function import OwnFunction
from heartbeat_assets.governance.runbook.policies_present import RegressionPoliciesPresent, RiskPoliciesPresent
from heartbeat_assets.governance.runbook.promises import ComponentsOk, OpenIncidents, SloBudgets
from heartbeat_assets.governance.runbook.reachable import DaemonRunning, LedgerReachable
from heartbeat_assets.governance.runbook.stops import KillSwitchClear, TripwiresQuiet

_ALL: tuple[type[Check], ...] = (
    GoLiveChecklist,
    KillSwitchClear,
    EnvSanity,
    RiskPoliciesPresent,
    RegressionPoliciesPresent,
    HeimdallCharterPresent,
    LedgerReachable,
    LanesPassing,
    MetricsVerifiedNotRed,
    TripwiresQuiet,
    KpiEventsFlowing,
    OpenIncidents,
    SloBudgets,
    ComponentsOk,
    DaemonRunning,
)
CHECKS: Mapping[str, type[Check]] = {str(one.model_fields["check"].default): one for one in _ALL}
"""The checks by name, in the order of a runbook that names none."""

OWN = OwnFunction


def model_of(entry: Mapping[str, Any]) -> type[Check] | None:
    """The model that an entry of `checks` is meant to be; None when it is none."""
    if "function" in entry:
        return OWN
    name = entry.get("check")
    return CHECKS.get(name) if isinstance(name, str) else None
