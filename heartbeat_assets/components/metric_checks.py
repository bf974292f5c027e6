"""The checks of metrics for Dagster: three per metric, whose severity is a matter of the moment.

Which blocks is fixed when definitions are loaded (`blocking`), what a failure is belongs to each result: a warning
never blocks within a run. It must not judge; `metrics.checks` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from heartbeat_assets.components.asset_basics import asset_key
from heartbeat_assets.ledger import MetricValue
from heartbeat_assets.metrics.checks import FRESH, WITHIN_ALERT, WITHIN_NORM, MetricFinding
from heartbeat_assets.metrics.metric_file import MetricFile
from heartbeat_assets.metrics.service import Service
from heartbeat_assets.metrics.state import MetricState

_ASKED = {
    WITHIN_ALERT: "The newest value is not beyond its alert value.",
    WITHIN_NORM: "The newest value is not beyond its norm value.",
    FRESH: "There is a newest value, and its sources are fresh enough.",
}
_SEVERITIES = {"error": dg.AssetCheckSeverity.ERROR, "warn": dg.AssetCheckSeverity.WARN}


def check_specs(service: Service, metric_id: str) -> Iterator[dg.AssetCheckSpec]:
    """The checks of a metric; one that can only warn is never blocking, as that would hold other runs."""
    for check, asked in _ASKED.items():
        blocking = getattr(service.spec.checks, check) == "error"
        effect = "Blocks once the metric is verified; warns before." if blocking else "Warns, never blocks."
        yield dg.AssetCheckSpec(
            check, asset=asset_key(service, metric_id), blocking=blocking, description=f"{asked} {effect}"
        )


def check_result(
    key: dg.AssetKey,
    finding: MetricFinding,
    file: MetricFile | None,
    state: MetricState | None,
    newest: MetricValue | None,
) -> dg.AssetCheckResult:
    """`finding` with the numbers it rests on."""
    return dg.AssetCheckResult(
        check_name=finding.check,
        asset_key=key,
        passed=finding.passed,
        severity=_SEVERITIES[finding.severity],
        description=finding.sentence,
        metadata=_numbers(finding.check, file, state, newest),
    )


def _numbers(
    check: str, file: MetricFile | None, state: MetricState | None, newest: MetricValue | None
) -> Mapping[str, Any]:
    numbers: dict[str, float | None] = {}
    if check == FRESH:
        if newest is not None and newest.source_as_of is not None:
            numbers["source_age_hours"] = round((newest.tick - newest.source_as_of).total_seconds() / 3600, 2)
        if file is not None:
            numbers["allowed_hours"] = round(file.header.fresh_within_duration.total_seconds() / 3600, 2)
    elif state is not None:
        limits = state.thresholds
        numbers["limit"] = limits.alert_value if check == WITHIN_ALERT else limits.norm_value
        numbers["recovery_value"] = limits.recovery_value
        numbers["value"] = None if newest is None else newest.value
    return {name: number for name, number in numbers.items() if number is not None}
