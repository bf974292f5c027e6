"""The checks `risk_policies_present` and `regression_policies_present`: has somebody said what may be lost, and what is
watched? They must not judge what was said.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heartbeat_assets.governance.policy import Domain, spelled_name
from heartbeat_assets.governance.runbook.check import Check, Found
from heartbeat_assets.governance.runbook.context import RunbookContext
from heartbeat_assets.governance.switch import GLOBAL
from heartbeat_assets.specs.fields import Words

_WHERE = "the defs.yaml of type heartbeat_assets.Tripwires"


class RiskPoliciesPresent(Check):
    """There is a risk policy for GLOBAL, and for every engine that a tripwire may throttle."""

    check: Literal["risk_policies_present"] = "risk_policies_present"
    engines: list[Domain] = Field(
        default_factory=list, description="Engines that need a risk policy, whether or not a tripwire throttles them."
    )

    def look(self, context: RunbookContext) -> Found:
        """Compares the engines with the risk policies of all tripwires folders."""
        throttled = {policy.domain for policy in context.policies if policy.enabled and policy.action == "throttle"}
        needed = [GLOBAL, *sorted((throttled | set(self.engines)) - {GLOBAL})]
        there = {policy.engine for spec in context.tripwires.specs.values() for policy in spec.risk_policies}
        missing = [engine for engine in needed if engine not in there]
        detail = {"needed": needed, "there": sorted(there), "missing": missing, **_wrong_files(context)}
        if missing:
            told = f"No risk policy for {', '.join(missing)}.{unread(context)}"
            return Found(False, told, detail, f"Add it to `risk_policies` in {_WHERE}.")
        return Found(True, f"There is a risk policy for {', '.join(needed)}.", detail)


class RegressionPoliciesPresent(Check):
    """There are tripwires, the required ones are enabled, and at least one is."""

    check: Literal["regression_policies_present"] = "regression_policies_present"
    required: list[Words] = Field(
        default_factory=list, description="Tripwires that must be there and enabled, as `WHOLESALE.contract_rate`."
    )

    def look(self, context: RunbookContext) -> Found:
        """Compares; that all are disabled is a warning, as enabling one is for those whose domain it stops."""
        enabled = {policy.name: policy.enabled for policy in context.policies}
        on = sorted(name for name, is_on in enabled.items() if is_on)
        wanted = [spelled_name(name) for name in self.required]
        missing = [name for name in wanted if name not in enabled]
        off = [name for name in wanted if name in enabled and not enabled[name]]
        detail = {"enabled": on, "disabled": sorted(set(enabled) - set(on)), **_wrong_files(context)}
        if missing or not enabled:
            told = f"No tripwire {', '.join(missing)}." if missing else "There is no tripwire."
            fix = f"Add it to `policies` in {_WHERE}."
            return Found(False, f"{told}{unread(context)}", detail, fix)
        if context.tripwires.problems:
            return Found(False, unread(context).strip(), detail, "Mend the file: the message names the field.")
        if off:
            return Found(False, f"Disabled: {', '.join(off)}.", detail, f"Set `enabled: true` in {_WHERE}.")
        if not on:
            told = f"All {len(enabled)} tripwires are disabled, so nothing is watched."
            return Found(False, told, detail, f"Set `enabled: true` for one in {_WHERE}.", "WARN")
        return Found(True, f"{len(on)} of {len(enabled)} tripwires are enabled: {', '.join(on)}.", detail)


def _wrong_files(context: RunbookContext) -> dict[str, list[str]]:
    return {"mistakes": [str(problem) for problem in context.tripwires.problems]}


def unread(context: RunbookContext) -> str:
    """Which files of tripwires could not be read, as sentences behind another one; empty when all were."""
    return "".join(f" {problem}." for problem in context.tripwires.problems)
