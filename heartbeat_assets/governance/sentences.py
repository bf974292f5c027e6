"""The outcome of a look in words that need no statistics. It must not decide the outcome."""

from __future__ import annotations

from heartbeat_assets.governance.comparison import POWER, Comparison
from heartbeat_assets.governance.evaluation import Outcome
from heartbeat_assets.governance.policy import TripwirePolicy
from heartbeat_assets.governance.series import FrozenBaseline, Window, Windows

_ACTIONS = {
    "throttle": "its policy says: throttle {domain}",
    "kill_switch": "its policy says: engage the kill switch",
    "notify": "its policy says: notify, and stop nothing",
}


def disabled(policy: TripwirePolicy) -> str:
    """For a policy that is off."""
    return f"{policy.name} is not looked at: its policy is disabled."


def no_data(policy: TripwirePolicy) -> str:
    """For a metric without events."""
    return f"{policy.name} has no events; check that the product still emits them."


def too_few(policy: TripwirePolicy, windows: Windows, frozen: FrozenBaseline | None) -> str:
    """For windows that do not reach min_events."""
    recent, baseline = windows.recent.events, windows.baseline.events
    start = f"{policy.name} has {recent} recent events and {baseline} to compare them with"
    if frozen and baseline < policy.min_events:
        return (
            f"{start}; {policy.min_events} of each are needed, and the frozen baseline (events {frozen.first} to "
            f"{frozen.last}) is not all there: release it."
        )
    # New events fill the recent window before they reach the baseline.
    missing = (
        (policy.min_events if frozen else policy.recent + policy.min_events) - recent - (0 if frozen else baseline)
    )
    return f"{start}; {policy.min_events} of each are needed, so {_many(missing, 'more event')}."


def judged(
    policy: TripwirePolicy, windows: Windows, found: Comparison, outcome: Outcome, frozen: FrozenBaseline | None
) -> str:
    """For windows that were compared."""
    against = f", compared with the baseline frozen at events {frozen.first} to {frozen.last}" if frozen else ""
    start = f"{policy.name} went from {_figure(windows.baseline)} to {_figure(windows.recent)}{against}"
    return f"{start}: {_change(policy, found)}; {_follows(policy, found, outcome, frozen)}."


def _change(policy: TripwirePolicy, found: Comparison) -> str:
    higher = policy.direction == "higher_is_better"
    if found.drop_pct is None:
        worse = "worse than zero" if found.worse_than_zero else "not worse"
        return f"{worse}, but a percentage of a baseline of zero cannot be said"
    if found.drop_pct == 0:
        return "no change"
    down = (found.drop_pct > 0) == higher
    size = f"{'down' if down else 'up'} {_number(abs(found.drop_pct))}% of the baseline"
    return f"{size} (limit {_number(policy.max_drop_pct)}%{_interval(found, higher)})"


def _interval(found: Comparison, higher: bool) -> str:
    if found.interval is None:
        return ""
    # Said as what happened to the figure: -38% is down 38%, whichever is better.
    ends = sorted(-end if higher else end for end in found.interval)
    return f"; {_number(100 * found.confidence)}% interval {_signed(ends[0])} to {_signed(ends[1])}"


def _follows(policy: TripwirePolicy, found: Comparison, outcome: Outcome, frozen: FrozenBaseline | None) -> str:
    if outcome == "OK":
        better = found.drop_pct is not None and found.drop_pct < 0
        return ("better than before" if better else "within the limit") + (
            "; a person may release the frozen baseline" if frozen else ""
        )
    chance = f"p {_p(found.p_value)}, to act it must be at most {_number(policy.level)}"
    if outcome == "TRIGGERED":
        done = _ACTIONS[policy.action].format(domain=policy.domain)
        if policy.evidence == "none":
            return f"its size alone decides (evidence: none), {done}"
        return f"more than chance explains ({chance}), {done}"
    return f"chance alone may explain that ({chance}), so nothing follows yet. {_needed(policy, found)}"


def _needed(policy: TripwirePolicy, found: Comparison) -> str:
    if found.worse_than_zero:
        return "More events will tell; look at these themselves"
    if found.events_needed is None:
        return "No number of events would settle it from this baseline; look at the events themselves"
    before = round(found.events_needed * policy.baseline / policy.recent)
    return (
        f"It takes about {found.events_needed:,} recent events against {before:,} to tell a change of "
        f"{_number(policy.max_drop_pct)}% from chance {POWER:.0%} of the time"
    )


def _figure(window: Window) -> str:
    figure = window.figure or 0.0
    if window.kind == "rate":
        return f"{_number(100 * figure)}% ({window.successes} of {window.events})"
    return f"{_number(figure)} (mean of {window.events})"


def _p(p_value: float) -> str:
    return "< 0.0001" if p_value < 0.0001 else f"= {p_value:.2g}"


def _signed(pct: float) -> str:
    return f"{'+' if pct > 0 else ''}{_number(pct)}%"


def _number(number: float) -> str:
    """At most four digits for a rate or a percentage, and no exponent where people would not write one."""
    if number and not 1e-4 <= abs(number) < 1e6:
        return f"{number:.3g}"
    return f"{number:.1f}".removesuffix(".0") if abs(number) >= 10 else f"{number:.3g}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
