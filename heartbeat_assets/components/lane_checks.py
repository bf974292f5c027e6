"""The window rules of a lane as asset checks on its heartbeat, all judged in one step from the ledger.

A rule that only warns is never blocking: within a run a warning blocks nothing, but across runs Dagster would hold
downstream on it. It must not judge; `lanes.window` does.
"""

from collections.abc import Iterator

import dagster as dg

from heartbeat_assets.components.asset_basics import HEARTBEAT, asset_key, failing_clearly
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.sentences import finding_sentence, limit_text, rule_sentence, verdict_sentence
from heartbeat_assets.lanes.window import Finding, Verdict

NOT_DEGRADED = "not_degraded"


def window_checks(lane: Lane) -> dg.AssetChecksDefinition:
    """One check per rule, named as in the contract, and `not_degraded`."""
    key = asset_key(lane, HEARTBEAT)
    specs = [
        dg.AssetCheckSpec(rule.check, asset=key, blocking=rule.blocks, description=rule_sentence(lane.spec, rule))
        for rule in lane.spec.rules()
    ]
    specs.append(
        dg.AssetCheckSpec(NOT_DEGRADED, asset=key, description="The verdict is not degraded. Warns, never blocks.")
    )

    @dg.multi_asset_check(name=f"{lane.name}_window", specs=specs, can_subset=True)
    def window_of_lane(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with failing_clearly():
            verdict = judge_ledger(lane)
        wanted = {check.name for check in context.selected_asset_check_keys}
        for finding in verdict.findings:
            if finding.rule.check in wanted:
                yield _result(lane, key, finding, verdict)
        if NOT_DEGRADED in wanted:
            yield _not_degraded(lane, key, verdict)

    return window_of_lane


def _result(lane: Lane, key: dg.AssetKey, finding: Finding, verdict: Verdict) -> dg.AssetCheckResult:
    offenders = finding.offenders
    shown: dict[str, int | float | str] = {"entries_in_window": len(verdict.rows), "count": finding.count}
    if finding.rule.kind in ("count", "rate"):
        shown["rate_pct"] = finding.rate_pct
    if finding.rule.limit is not None:
        shown["limit"] = limit_text(finding.rule) if finding.rule.kind == "max_age" else finding.rule.limit
    if offenders:
        shown |= {"first_run_at": offenders[0].run_at, "last_run_at": offenders[-1].run_at}
    return dg.AssetCheckResult(
        check_name=finding.rule.check,
        asset_key=key,
        passed=finding.passed,
        severity=dg.AssetCheckSeverity.ERROR if finding.rule.blocks else dg.AssetCheckSeverity.WARN,
        description=finding_sentence(lane.spec, finding, len(verdict.rows)),
        metadata=shown,
    )


def _not_degraded(lane: Lane, key: dg.AssetKey, verdict: Verdict) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=NOT_DEGRADED,
        asset_key=key,
        passed=verdict.status != "degraded",
        severity=dg.AssetCheckSeverity.WARN,
        description=f"The verdict is {verdict.status}. {verdict_sentence(lane.spec, verdict)}",
        metadata={"status": verdict.status, "entries_in_window": len(verdict.rows)},
    )
