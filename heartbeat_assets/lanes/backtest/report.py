"""What a backtest says: its document, and its verdict in a sentence (docs/backtest.md). It must not replay anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from heartbeat_assets.lanes.backtest.episodes import Episode, PolicyReplay, Weight, weights_by_reason
from heartbeat_assets.lanes.criteria import named
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.rules import THRESHOLDS, Rule
from heartbeat_assets.lanes.sentences import minute_text
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.values import Document, instant_text, rate_pct

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
# Rules that name a cause of their own; the others say that something was wrong.
_TELLING_KINDS = ("malformed", "min_entries", "max_age")


@dataclass
class Span:
    """Which rows a report is about: those at or after `since`, and how many came before."""

    since: datetime | None = None
    rows: int = 0
    rows_before: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def add(self, at: datetime | None) -> bool:
        """Counts a row; returns whether the report is about it."""
        if self.since is not None and (at is None or at < self.since):
            self.rows_before += 1
            return False
        self.rows += 1
        if at is not None:
            # The earliest and the latest: rows stand in the order they were appended, not always in that of run_at.
            self.first = at if self.first is None or at < self.first else self.first
            self.last = at if self.last is None or at > self.last else self.last
        return True


@dataclass
class Difference:
    """Where the proposed policy decided otherwise than the current one."""

    newly_blocked_rows: int = 0
    newly_passed_rows: int = 0
    newly_blocked_seconds: float = 0.0
    newly_passed_seconds: float = 0.0

    def add_row(self, *, blocked: bool) -> None:
        """A row at which the proposed policy alone blocked, or alone passed."""
        self.newly_blocked_rows += blocked
        self.newly_passed_rows += not blocked

    def add_time(self, current: datetime | None, proposed: datetime | None, end: datetime) -> None:
        """The time up to `end`, blocked since `current` and since `proposed`."""
        earlier = ((current or end) - (proposed or end)).total_seconds()
        self.newly_blocked_seconds += max(earlier, 0.0)
        self.newly_passed_seconds += max(-earlier, 0.0)


def report(
    lane: Lane, current: PolicyReplay, proposed: PolicyReplay, span: Span, difference: Difference, now: datetime
) -> Document:
    """The document of docs/backtest.md."""
    return {
        "lane": lane.name,
        "generated_at": instant_text(now),
        "since": _text(span.since),
        "rows_replayed": span.rows,
        "first_run_at": _text(span.first),
        "last_run_at": _text(span.last),
        "window": {"current": current.last, "proposed": proposed.last},
        "changed_limits": _changed_limits(current.rules, proposed.rules),
        "current": _policy(current, span.rows),
        "proposed": _policy(proposed, span.rows),
        "differences": {
            "newly_blocked_rows": difference.newly_blocked_rows,
            "newly_passed_rows": difference.newly_passed_rows,
            "newly_blocked_seconds": round(difference.newly_blocked_seconds),
            "newly_passed_seconds": round(difference.newly_passed_seconds),
        },
        "verdict": verdict_sentence(lane, current, proposed, span, alike=difference == Difference()),
        "episodes": {
            "current": [_episode(one, current.rules) for one in current.episodes],
            "proposed": [_episode(one, proposed.rules) for one in proposed.episodes],
        },
    }


def verdict_sentence(
    lane: Lane, current: PolicyReplay, proposed: PolicyReplay, span: Span, *, alike: bool = False
) -> str:
    """How often and how long the proposed policy would have blocked, by what, against the current one; and now.

    `alike`: both decided the same at every moment.
    """
    if not span.rows and not span.rows_before:
        return f"{lane.name} has no heartbeat yet: run the lane once, then there is a history to try a policy on."
    since = minute_text(instant_text(span.since)) if span.since else ""
    said = [] if span.rows else [f"No heartbeat of {lane.name} since {since}."]
    was = f"publishing was {_how_much(lane.spec, current)}." if current.episodes else "publishing was never blocked."
    if proposed is current:
        said += [f"Under the current policy {was}", "No other policy was proposed."]
    elif alike:
        said.append(f"The proposed policy changes nothing: under both {was}")
    else:
        would = f"have been {_how_much(lane.spec, proposed)}" if proposed.episodes else "never have been blocked"
        did = f"blocked it {how_long(current.episodes)}" if current.episodes else "never blocked it"
        said.append(f"Under the proposed policy publishing would {would}; the current policy {did}.")
    return " ".join([*said, *_standing(current, proposed, alike or proposed is current)])


def duration_text(seconds: float) -> str:
    """A length of time as people say it: 90 s, 75 min, 41 h, 9 d."""
    for unit, size, up_to in (("s", 1, 2 * _MINUTE), ("min", _MINUTE, 2 * _HOUR), ("h", _HOUR, 3 * _DAY)):
        if seconds < up_to:
            return f"{round(seconds / size)} {unit}"
    days = seconds / _DAY
    return f"{days:.1f}".removesuffix(".0") + " d" if days < 10 else f"{round(days):,} d"


def telling_reason(spec: LaneSpec, rules: Sequence[Rule], weights: dict[str, Weight]) -> str:
    """Of the reasons in `weights` the one that says most about the cause, among those behind most of it.

    A KPI or a gate says more than all of them together, those more than a status; a count comes before its rate.
    """
    most = max((_heaviness(weight) for weight in weights.values()), default=(0.0, 0))
    weighty = [rule for rule in rules if rule.reason in weights and _is_half(_heaviness(weights[rule.reason]), most)]
    if not weighty:
        return ""
    least_vague = min(_vagueness(spec, rule) for rule in weighty)
    clear = [rule for rule in weighty if _vagueness(spec, rule) == least_vague]
    return max(clear, key=lambda rule: _heaviness(weights[rule.reason])).reason


def _changed_limits(current: Sequence[Rule], proposed: Sequence[Rule]) -> Document:
    before, after = _limits(current), _limits(proposed)
    return {
        name: {"current": before.get(name), "proposed": limit}
        for name, limit in after.items()
        if name not in before or before[name] != limit
    }


def _limits(rules: Sequence[Rule]) -> dict[str, float | None]:
    return {rule.limit_name: rule.limit for rule in rules if rule.limit_name}


def _policy(policy: PolicyReplay, rows: int) -> Document:
    blocked = sum(episode.rows for episode in policy.episodes)
    weights = weights_by_reason(policy.episodes, policy.rules)
    return {
        "limits": _limits(policy.rules),
        "rows_blocked": blocked,
        "blocked_pct": rate_pct(blocked, rows),
        "blocked_seconds": round(sum(episode.seconds for episode in policy.episodes)),
        "episodes_total": len(policy.episodes),
        "by_reason": {reason: weight.rows for reason, weight in weights.items()},
        "seconds_by_reason": {reason: round(weight.seconds) for reason, weight in weights.items()},
    }


def _episode(episode: Episode, rules: Sequence[Rule]) -> Document:
    return {
        "from_run_at": _text(episode.began),
        "until_run_at": _text(episode.ended),
        "rows": episode.rows,
        "seconds": round(episode.seconds),
        "reasons": {reason: weight.rows for reason, weight in weights_by_reason([episode], rules).items()},
        "ongoing": episode.ongoing,
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)


def how_long(episodes: Sequence[Episode]) -> str:
    """`3 times for 41 h in all`, or nothing when there was no episode."""
    if not episodes:
        return ""
    times = {1: "once", 2: "twice"}.get(len(episodes), f"{len(episodes):,} times")
    lasted = duration_text(sum(episode.seconds for episode in episodes))
    return f"{times} for {lasted}" + (" in all" if len(episodes) > 1 else "")


def _how_much(spec: LaneSpec, policy: PolicyReplay) -> str:
    mostly = telling_reason(spec, policy.rules, weights_by_reason(policy.episodes, policy.rules))
    return f"blocked {how_long(policy.episodes)}, mostly by {mostly}"


def _standing(current: PolicyReplay, proposed: PolicyReplay, alike: bool) -> list[str]:
    """Whether it blocks now, where there is something to say."""
    now, then = (any(episode.ongoing for episode in policy.episodes[-1:]) for policy in (current, proposed))
    if now and then:
        return ["It is blocked now." if alike else "It is blocked now under both."]
    if now or then:
        which = ("current", "proposed") if now else ("proposed", "current")
        return [f"It is blocked now under the {which[0]} policy and would not be under the {which[1]} one."]
    return []


def _heaviness(weight: Weight) -> tuple[float, int]:
    return weight.seconds, weight.rows


def _is_half(one: tuple[float, int], most: tuple[float, int]) -> bool:
    """Whether `one` is at least half of `most`, in time or, where no time passed, in rows."""
    return 2 * one[0] >= most[0] if most[0] else 2 * one[1] >= most[1]


def _vagueness(spec: LaneSpec, rule: Rule) -> int:
    criterion = named(spec.criteria, rule.subject)
    if rule.kind in _TELLING_KINDS or (criterion is not None and criterion.kind != "focus_gate"):
        return 0
    return 1 if criterion is not None or rule.subject == THRESHOLDS else 2
