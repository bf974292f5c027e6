"""The window rules of a lane as data, in the contract's order: what each is called and what it allows.

`window` judges by them, `components` makes a Dagster check of each. It must not look at rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from heartbeat_assets.lanes.criteria import Criterion
from heartbeat_assets.telemetry.values import number as written_number

Severity = Literal["error", "warn"]
Kind = Literal["nonempty", "malformed", "count", "rate", "latest", "min_entries", "max_age"]
LimitValue = float | str

FAILED, DEGRADED, INCOMPLETE = "failed", "degraded", "contract_incomplete"
MALFORMED, THRESHOLDS = "malformed", "thresholds"
_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


@dataclass(frozen=True)
class Rule:
    """One rule: `subject` is what it counts or looks at; `limit` is None where the rule has none."""

    kind: Kind
    subject: str
    check: str
    reason: str
    limit_name: str | None = None
    limit: float | None = None
    severity: Severity = "error"

    @property
    def blocks(self) -> bool:
        """Whether breaking it holds back what lies downstream."""
        return self.severity == "error"


_BEYOND_THE_SOURCE = (
    Rule("min_entries", "entries", "min_entries_ok", "too_few_entries", "min_entries"),
    Rule("max_age", "latest", "latest_fresh_ok", "latest_stale", "max_age"),
)


def rules_for(
    criteria: Sequence[Criterion], limits: Mapping[str, LimitValue], severity: Mapping[str, Severity]
) -> list[Rule]:
    """The rules of a lane whose heartbeats keep or break `criteria`.

    Raises ValueError("NAME: what is wrong") for a limit no rule of such a lane has or a value it cannot take.
    """
    rules = [
        Rule("nonempty", "entries", "window_nonempty_ok", "empty_window"),
        Rule("malformed", MALFORMED, "malformed_entries_ok", "malformed_entries_present"),
    ]
    for subject in counted_states(criteria):
        rules += _count_and_rate(subject, f"max_{subject}", f"max_{subject}_rate")
    for criterion in criteria:
        count = _count_and_rate(criterion.tally, f"max_{criterion.count_name}", f"max_{criterion.counted_as}_rate")
        rules += count if criterion.has_rate else count[:1]
    rules += [*_latest_rules(criteria), *_BEYOND_THE_SOURCE]
    values = _checked_limits(rules, limits)
    return [
        Rule(
            rule.kind, rule.subject, rule.check, rule.reason, rule.limit_name,
            values.get(rule.limit_name or ""), severity.get(rule.check, "error"),
        )
        for rule in rules
        if rule.limit_name is None or rule.limit_name in values
    ]  # fmt: skip


def counted_states(criteria: Sequence[Criterion]) -> tuple[str, ...]:
    """The states of a row that are counted and may be limited: a lane of gates alone has no limit on degraded rows."""
    has_kpis = any(criterion.kind == "kpi" for criterion in criteria)
    return (FAILED, DEGRADED, INCOMPLETE) if has_kpis else (FAILED,)


def _latest_rules(criteria: Sequence[Criterion]) -> list[Rule]:
    """What the newest row must keep: all KPIs in one rule, each gate in one of its own."""
    rules = [Rule("latest", FAILED, "latest_not_failed_ok", "latest_status_failed")]
    if INCOMPLETE in counted_states(criteria):
        rules += [
            Rule("latest", INCOMPLETE, "latest_contract_complete_ok", "latest_contract_incomplete"),
            Rule("latest", THRESHOLDS, "latest_thresholds_ok", "latest_threshold_violation"),
        ]
    for criterion in criteria:
        if criterion.kind != "kpi":
            passed = "_passed" if criterion.kind == "focus_gate" else ""
            name = criterion.tally
            rules.append(Rule("latest", name, f"latest_{name}{passed}_ok", f"latest_{name}_failed"))
    return rules


def _count_and_rate(subject: str, count: str, rate: str) -> list[Rule]:
    return [
        Rule("count", subject, f"{count}_ok", f"{count}_exceeded", count),
        Rule("rate", subject, f"{rate}_ok", f"{rate}_exceeded", f"{rate}_pct"),
    ]


def _checked_limits(rules: Sequence[Rule], limits: Mapping[str, LimitValue]) -> dict[str, float]:
    by_name = {rule.limit_name: rule for rule in rules if rule.limit_name}
    values: dict[str, float] = {}
    for name, value in limits.items():
        rule = by_name.get(name)
        if rule is None:
            close = get_close_matches(name, by_name, n=1, cutoff=0.8)
            instead = f"did you mean {close[0]!r}?" if close else f"it may have {', '.join(by_name)}"
            raise ValueError(f"{name}: this lane has no such limit; {instead}")
        values[name] = _seconds(name, value) if rule.kind == "max_age" else _limit(name, value, rule.kind)
    return values


def _limit(name: str, value: LimitValue, kind: Kind) -> float:
    number = written_number(str(value))
    if number is None:
        raise ValueError(f"{name}: {value!r} is not a finite number")
    if number < 0 or (kind == "rate" and number > 100):
        raise ValueError(f"{name}: must be {'between 0 and 100' if kind == 'rate' else 'at least 0'}, not {value}")
    if kind == "rate":
        return number
    if number != int(number):
        raise ValueError(f"{name}: counts rows, so it must be a whole number, not {value}")
    return int(number)


def _seconds(name: str, value: LimitValue) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw]?)", str(value).strip())
    if match is None or float(match[1]) <= 0:
        raise ValueError(f"{name}: {value!r} is no duration; write 90m, 36h or 2d")
    return float(match[1]) * _UNIT_SECONDS[match[2] or "s"]
