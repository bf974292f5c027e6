"""A backtest for a person at a terminal: what was tried, what it comes to, the newest episodes, the verdict last.

It must not compute.
"""

from __future__ import annotations

from collections.abc import Sequence

from heartbeat_assets.cli.output import table, wrapped
from heartbeat_assets.lanes.backtest import Backtest
from heartbeat_assets.lanes.backtest.episodes import Episode, PolicyReplay, weights_by_reason
from heartbeat_assets.lanes.backtest.report import duration_text, telling_reason
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.sentences import limit_text, minute_text
from heartbeat_assets.lanes.values import Document, instant_text

_NEWEST = 10


def backtest_table(found: Backtest) -> str:
    """The whole of it, at most 100 columns wide."""
    lane, document = found.lane, found.document
    if not document["rows_replayed"]:
        return wrapped(document["verdict"])
    first, last = (minute_text(document[name] or "") for name in ("first_run_at", "last_run_at"))
    parts = [wrapped(f"{document['rows_replayed']:,} heartbeats of {lane.name}, {first} to {last}.")]
    if found.proposed is found.current:
        parts += [_figures(document, ("current",))] if found.current.episodes else []
    else:
        parts += [_proposal(found), _figures(document, ("current", "proposed"))]
        parts += _episodes(lane, "proposed", found.proposed)
    parts += _episodes(lane, "current", found.current)
    return "\n\n".join([*parts, wrapped(document["verdict"])])


def _proposal(found: Backtest) -> str:
    """The limits that were changed, as a person writes them."""
    current, proposed = (
        {rule.limit_name: limit_text(rule) for rule in policy.rules} for policy in (found.current, found.proposed)
    )
    rows = [[name, current.get(name, "none"), proposed[name]] for name in found.document["changed_limits"]]
    if found.current.last != found.proposed.last:
        rows.append(["rows in the window", f"{found.current.last:,}", f"{found.proposed.last:,}"])
    return table(["limit", "current", "proposed"], rows)


def _figures(document: Document, policies: Sequence[str]) -> str:
    """What each policy comes to, then the rows each reason blocked."""
    shown = [document[name] for name in policies]
    rows = [
        ["times blocked", *(f"{one['episodes_total']:,}" for one in shown)],
        ["time blocked", *(duration_text(one["blocked_seconds"]) for one in shown)],
        ["rows blocked", *(f"{one['rows_blocked']:,}" for one in shown)],
        ["  of all rows", *(f"{one['blocked_pct']:.2f}%" for one in shown)],
    ]
    reasons = list(dict.fromkeys(reason for one in shown for reason in one["by_reason"]))
    rows += [[f"  by {reason}", *(f"{one['by_reason'].get(reason, 0):,}" for one in shown)] for reason in reasons]
    return table(["", *policies], rows)


def _episodes(lane: Lane, name: str, policy: PolicyReplay) -> list[str]:
    """The newest episodes, newest first, and how many there are besides."""
    if not policy.episodes:
        return []
    newest = policy.episodes[: -_NEWEST - 1 : -1]
    rows = [_row(lane, policy, episode) for episode in newest]
    more = len(policy.episodes) - len(newest)
    lines = [
        f"When the {name} policy blocks, newest first (UTC):",
        table(["from", "until", "for", "rows", "mostly by"], rows),
        *([f"and {more:,} earlier; the JSON document has all of them."] if more else []),
    ]
    return ["\n".join(lines)]


def _row(lane: Lane, policy: PolicyReplay, episode: Episode) -> list[str]:
    weights = weights_by_reason([episode], policy.rules)
    others = len(weights) - 1
    mostly = telling_reason(lane.spec, policy.rules, weights) + (f" and {others} more" if others else "")
    began = instant_text(episode.began) if episode.began else ""
    ended = instant_text(episode.ended) if episode.ended else ""
    until = "now" if episode.ongoing else _minute(ended)
    return [_minute(began), until, duration_text(episode.seconds), f"{episode.rows:,}", mostly]


def _minute(run_at: str) -> str:
    return minute_text(run_at).removesuffix(" UTC")
