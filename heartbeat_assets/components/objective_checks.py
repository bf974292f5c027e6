"""The checks of an SLO, as what is recorded of it decides: `error_budget` and `burn_rate`. It must not measure.

How severe an empty budget is stands in the defs.yaml; a burn rate is as severe as its rule: a page is an error, a
ticket a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from heartbeat_assets.components import objective_metadata
from heartbeat_assets.components.asset_basics import asset_key
from heartbeat_assets.components.objective_group import ObjectivesGroup

ERROR_BUDGET, BURN_RATE = "error_budget", "burn_rate"
CHECKS = (ERROR_BUDGET, BURN_RATE)
_ERROR, _WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN
_SEVERITIES = {"error": _ERROR, "warn": _WARN}
_ABOUT = {
    ERROR_BUDGET: "Enough of the error budget is left. Fails when it is exhausted, warns when little is left or "
    "nothing was measured, unless defs.yaml says otherwise.",
    BURN_RATE: "The budget does not burn too fast: of no burn rule do both windows exceed its limit. An error when "
    "the rule pages, a warning when it makes a ticket.",
}
_NEVER = "It has not been measured yet."


def check_specs(group: ObjectivesGroup, asset: str) -> list[dg.AssetCheckSpec]:
    """Both checks of the SLO whose asset is called so."""
    return [
        dg.AssetCheckSpec(name, asset=asset_key(group, asset), description=about, blocking=group.spec.checks.blocking)
        for name, about in _ABOUT.items()
    ]


def check_result(
    group: ObjectivesGroup, asset: str, check: str, body: Mapping[str, Any] | None, seq: int
) -> dg.AssetCheckResult:
    """What `check` makes of the newest record, `body` of the event `seq`; None where it was never measured."""
    if body is None:
        return _result(group, asset, check, _WARN, False, _NEVER, {})
    if body["state"] == "PROBLEM":
        return _result(group, asset, check, _ERROR, False, str(body["sentence"]), {"event": seq})
    if check == ERROR_BUDGET:
        return _of_budget(group, asset, body, seq)
    return _of_burns(group, asset, body, seq)


def _of_budget(group: ObjectivesGroup, asset: str, body: Mapping[str, Any], seq: int) -> dg.AssetCheckResult:
    limits = group.spec.checks
    how = {"EXHAUSTED": limits.exhausted, "RED": limits.red, "NO_DATA": limits.no_data}.get(body["state"], "pass")
    shown = objective_metadata.of_record(body, seq)
    sentence = shown.pop("sentence")
    names = ("state", "event", "sli", "budget_left", "budget_left_raw", "coverage", "budget")
    numbers = {name: shown[name] for name in names if name in shown}
    return _result(group, asset, ERROR_BUDGET, _SEVERITIES.get(how, _WARN), how == "pass", sentence, numbers)


def _of_burns(group: ObjectivesGroup, asset: str, body: Mapping[str, Any], seq: int) -> dg.AssetCheckResult:
    burns = body["burns"]
    severity = _ERROR if body["severity"] == "ERROR" else _WARN
    fired = [burn["sentence"] for burn in burns if burn["fires"]]
    calm = "No burn rule fires." if burns else "It has no burn rule."
    shown = objective_metadata.of_burns(burns) | {"event": seq, "fires": len(fired)}
    return _result(group, asset, BURN_RATE, severity, not fired, " ".join(fired) or calm, shown)


def _result(
    group: ObjectivesGroup,
    asset: str,
    check: str,
    severity: dg.AssetCheckSeverity,
    passed: bool,
    sentence: str,
    metadata: dict[str, Any],
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=check,
        asset_key=asset_key(group, asset),
        passed=passed,
        severity=severity,
        description=sentence,
        metadata=metadata,
    )
