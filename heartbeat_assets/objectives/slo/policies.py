"""OpenSLO's alert policies as burn rules. What a policy says that a rule cannot is named.

OpenSLO's condition has one window; the second, short one is a twelfth of it, as the workbook recommends, or what the
annotation `heartbeat/shortWindow` of the condition says. It must not judge a rule.
"""

from __future__ import annotations

from dataclasses import replace

from heartbeat_assets.objectives.slo.annotations import OF_CONDITIONS, Annotations
from heartbeat_assets.objectives.slo.burn import BurnRule, Severity
from heartbeat_assets.objectives.slo.durations import Duration, duration, exact
from heartbeat_assets.objectives.slo.found import Place
from heartbeat_assets.objectives.slo.model_alerts import (
    AlertConditionSpec,
    AlertPolicySpec,
    ConditionEntry,
    PolicyEntry,
)
from heartbeat_assets.objectives.slo.model_parts import Metadata

_ERRORS = ("page", "critical", "error", "high", "sev1", "sev-1", "sev 1", "p1", "1")
_WARNINGS = (
    "ticket",
    "warning",
    "warn",
    "medium",
    "low",
    "info",
    "sev2",
    "sev-2",
    "sev3",
    "sev-3",
    "p2",
    "p3",
    "2",
    "3",
)
_TWELFTH = 12


def rules_of(policies: list[PolicyEntry], place: Place, min_events: int) -> list[BurnRule]:
    """The rules that an SLO's alert policies come to; `place` is its `spec.alertPolicies`."""
    rules = []
    for position, entry in enumerate(policies):
        here = place.at(f"[{position}]")
        if entry.alertPolicyRef is not None:
            found = here.found.document(here.at(".alertPolicyRef"), "AlertPolicy", entry.alertPolicyRef)
            if found is None:
                continue
            spec, here = found.document.spec, Place(here.found, found, "spec")
        else:
            spec, here = entry.spec, here.at(".spec")
        rule = _rule_of(spec, here, min_events)
        rules += [rule] if rule else []
    return rules


def _rule_of(policy: AlertPolicySpec, place: Place, min_events: int) -> BurnRule | None:
    for field in ("alertWhenNoData", "alertWhenResolved"):
        if getattr(policy, field):
            place.at(f".{field}").notice(
                "is kept and not used: what has no data, or is well again, shows in the SLO itself"
            )
    if policy.notificationTargets:
        place.at(".notificationTargets").notice("are kept and not used: where alerts go is not said in an SLO here")
        for position, target in enumerate(policy.notificationTargets):
            here = place.at(f".notificationTargets[{position}].targetRef")
            if target.targetRef is not None and target.targetRef not in _targets(here):
                here.notice(f"there is no AlertNotificationTarget called {target.targetRef!r}")
    if policy.alertWhenBreaching is False:
        place.at(".alertWhenBreaching").notice("is false, so that its condition makes no burn rule")
        return None
    return _rule_in(policy.conditions[0], place.at(".conditions[0]"), min_events)


def _targets(place: Place) -> set[str]:
    return {one.name for one in place.found.all("AlertNotificationTarget")}


def _rule_in(entry: ConditionEntry, place: Place, min_events: int) -> BurnRule | None:
    spec: AlertConditionSpec | None = entry.spec
    metadata: Metadata | None = entry.metadata
    if entry.conditionRef is not None:
        found = place.found.document(place.at(".conditionRef"), "AlertCondition", entry.conditionRef)
        if found is None:
            return None
        spec, metadata, place = found.document.spec, found.document.metadata, Place(place.found, found, "spec")
    else:
        place = place.at(".spec")
    if spec is None:
        return None
    ours = Annotations(metadata.annotations if metadata else None, OF_CONDITIONS)
    for problem in ours.problems:
        place.found.problems.append(f"{place.document.file}: {place.document.words}, {problem}")
    condition, here = spec.condition, place.at(".condition")
    if condition.op in ("lt", "lte"):
        here.at(".op").notice(
            f"{condition.op!r} asks for a burn rate below {condition.threshold:g}; no rule is made of it"
        )
        return None
    if condition.op == "gte":
        here.at(".op").notice("'gte' is taken as 'gt': a burn rate must be above the threshold")
    if condition.alertAfter not in (None, "0m"):
        here.at(".alertAfter").notice(
            "is kept and not used: a short window that must burn as well stands in for waiting"
        )
    if not condition.threshold:
        here.at(".threshold").notice("is 0: any bad event at all fires")
    long = duration(condition.lookbackWindow)
    if not long.is_fixed:
        here.at(".lookbackWindow").mistake(f"{long} is not always as long; write it in m, h, d or w")
        return None
    short = ours.get("shortWindow") or Duration(max(1, long.us // 60_000_000 // _TWELFTH), "m")
    if short.us >= long.us:
        place.mistake(f"the short window {short} must be shorter than lookbackWindow {long}")
        return None
    rule = BurnRule(
        long, short, _severity(spec.severity, place), factor=exact(condition.threshold), min_events=min_events
    )
    return replace(rule, name=metadata.name if metadata else "", min_events=ours.get("minEvents", min_events))


def _severity(written: str, place: Place) -> Severity:
    word = written.strip().lower()
    if word in _ERRORS:
        return "ERROR"
    if word not in _WARNINGS:
        place.at(".severity").notice(f"{written!r} is neither page nor ticket; it warns")
    return "WARN"
