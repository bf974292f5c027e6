"""A tripwire's policy, and a recorded look at one, as pages say them. It must not judge a look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from heartbeat_assets.cockpit.charts import change_chart
from heartbeat_assets.cockpit.views import EvaluationView
from heartbeat_assets.cockpit.views.words import three_digits
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.ledger import JournalEvent
from heartbeat_assets.metrics.wording import number_words

_ACTIONS = {"throttle": "stops {domain}", "kill_switch": "stops everything", "notify": "only tells"}
_STATUS = {"triggered": "red", "inconclusive": "amber"}


def rule_words(policy: TripwirePolicy, *, dry_run: bool = False) -> str:
    """What the policy says, in a sentence."""
    down = "Down" if policy.direction == "higher_is_better" else "Up"
    action = _ACTIONS[policy.action].format(domain=policy.domain)
    if dry_run and policy.action != "notify":
        action = f"would be said to {action.replace('stops', 'stop')}, as this is a dry run"
    return (
        f"{down} {three_digits(policy.max_drop_pct)}% or more in the newest {policy.recent:,} events against the "
        f"{policy.baseline:,} before them {action}."
    )


def policy_words(policy: TripwirePolicy) -> tuple[tuple[str, str], ...]:
    """Every field with its value, as its file may write it."""
    return tuple((field, _written(value)) for field, value in policy.model_dump().items())


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def evaluation_view(event: JournalEvent, *, drawn: bool = False) -> EvaluationView:
    """The look that `event` recorded; `drawn`, with the chart of its change."""
    body = event.body
    kind = body.get("kind")
    change = _change(body)
    interval = _interval(body)
    return EvaluationView(
        seq=event.seq,
        at=event.at,
        outcome=event.kind,
        sentence=str(body.get("sentence") or body.get("problem") or ""),
        who=event.actor,
        before=_figure(body.get("baseline"), kind),
        now=_figure(body.get("recent"), kind),
        change="" if change is None else _change_words(change),
        interval=_interval_words(body, interval),
        p_value=_p_words(body.get("p_value")),
        chart=_chart(event, change, interval) if drawn else "",
        frozen_at=frozen_at(event),
        reason=event.reason,
    )


def frozen_at(event: JournalEvent) -> datetime | None:
    """Since when the baseline was frozen at that look; None when it was not."""
    freeze = event.body.get("freeze")
    written = freeze.get("frozen_at") if isinstance(freeze, Mapping) else None
    return datetime.fromisoformat(written) if written else None


def _figure(side: Any, kind: Any) -> str:
    if not isinstance(side, Mapping) or side.get("figure") is None:
        return ""
    figure, events = float(side["figure"]), int(side["events"])
    if kind == "rate":
        return f"{three_digits(100 * figure)}% ({int(side['successes'] or 0):,} of {events:,})"
    # In more digits than a tile has: a small change must be seen.
    return f"{number_words(figure)} (mean of {events:,})"


def _change(body: Mapping[str, Any]) -> float | None:
    """What happened to the figure, in signed percent: a drop of 20 where higher is better is -20."""
    drop = body.get("drop_pct")
    return None if drop is None else _turned(body, float(drop))


def _interval(body: Mapping[str, Any]) -> tuple[float, float] | None:
    ends = body.get("interval")
    if not ends:
        return None
    low, high = sorted(_turned(body, float(end)) for end in ends)
    return low, high


def _turned(body: Mapping[str, Any], drop: float) -> float:
    policy = body.get("policy")
    lower = isinstance(policy, Mapping) and policy.get("direction") == "lower_is_better"
    # Adding nothing makes 0 of -0.
    return (drop if lower else -drop) + 0.0


def _change_words(change: float) -> str:
    if not change:
        return "none"
    return f"{'up' if change > 0 else 'down'} {three_digits(abs(change))}%"


def _interval_words(body: Mapping[str, Any], interval: tuple[float, float] | None) -> str:
    if interval is None:
        return ""
    confidence = body.get("confidence")
    name = f"{three_digits(100 * float(confidence))}% interval" if confidence else "interval"
    return f"{name} {_signed(interval[0])} to {_signed(interval[1])}"


def _signed(percent: float) -> str:
    return f"{'+' if percent > 0 else ''}{three_digits(percent)}%"


def _p_words(p_value: Any) -> str:
    if p_value is None:
        return ""
    return "p < 0.0001" if p_value < 0.0001 else f"p = {three_digits(float(p_value))}"


def _chart(event: JournalEvent, change: float | None, interval: tuple[float, float] | None) -> str:
    policy = event.body.get("policy")
    if change is None or not isinstance(policy, Mapping):
        return ""
    limit = _turned(event.body, float(policy["max_drop_pct"]))
    words = [f"Change {_change_words(change)}", _interval_words(event.body, interval), f"limit {_signed(limit)}"]
    status = _STATUS.get(event.kind, "green")
    label = ", ".join(one for one in words if one)
    return change_chart(change, limit=limit, interval=interval, status=status, label=label)
