"""A policy in a backtest's chart: a thin line of time, and blocks where publishing was blocked.

Blocked and allowed differ in shape, not in colour alone. Where episodes are too short to be seen one by one, a block is
as high as the share of the time that was blocked. It must not judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from heartbeat_assets.lanes.backtest.episodes import Episode, PolicyReplay, weights_by_reason
from heartbeat_assets.lanes.backtest.report import duration_text, how_long, telling_reason
from heartbeat_assets.lanes.backtest.shapes import LEFT, RIGHT, Area, Axis, Points, Shape, Words
from heartbeat_assets.lanes.sentences import minute_text
from heartbeat_assets.lanes.spec import LaneSpec
from heartbeat_assets.lanes.values import instant_text

_HEADING, _HEIGHT = 22, 24
STRIP = _HEADING + _HEIGHT
"""The height of it all."""

_LINE, _LEAST = 2, 3
_COLUMNS = RIGHT - LEFT


def strip(axis: Axis, spec: LaneSpec, name: str, policy: PolicyReplay, y: float) -> Iterator[Shape]:
    """The shapes of one policy."""
    much = how_long(policy.episodes)
    yield Words(LEFT, y + 14, name, bold=True, note=f"blocked {much}" if much else "never blocked")
    bottom = y + STRIP
    line = ((LEFT, bottom - _LINE), (RIGHT, bottom - _LINE), (RIGHT, bottom), (LEFT, bottom))
    yield Area(line, "allowed", f"{name}: allowed where there is no block")
    columns, within = _columns(axis, policy.episodes)
    for blocked, group in groupby(range(_COLUMNS), key=lambda column: columns[column] > 0):
        if blocked:
            run = list(group)
            episodes = {id(one): one for column in run for one in within.get(column, ())}
            hint = f"{name}: {_hint(spec, policy, list(episodes.values()))}"
            yield Area(_outline(run, [columns[column] for column in run], bottom), "blocked", hint)


def _columns(axis: Axis, episodes: Sequence[Episode]) -> tuple[list[float], dict[int, list[Episode]]]:
    """The share of each column's time that was blocked, and the episodes that begin in it."""
    shares = [0.0] * _COLUMNS
    within: dict[int, list[Episode]] = {}
    for episode in episodes:
        began = (axis.x(episode.began) if episode.began else LEFT) - LEFT
        ended = (axis.x(episode.ended) if episode.ended else RIGHT if episode.ongoing else LEFT) - LEFT
        if ended - began > 2:
            began, ended = round(began), round(ended)
        first, last = (min(int(x), _COLUMNS - 1) for x in (began, max(began, ended)))
        within.setdefault(first, []).append(episode)
        # However short, it is seen.
        shares[first] = max(shares[first], 1e-9)
        for column in range(first, last + 1):
            shares[column] += max(min(ended, column + 1) - max(began, column), 0.0)
    return shares, within


def _outline(columns: Sequence[int], shares: Sequence[float], bottom: float) -> Points:
    points: list[tuple[float, float]] = []
    for height, group in groupby(zip(columns, shares, strict=True), key=lambda one: _height(one[1])):
        run = [column for column, _ in group]
        points += [(LEFT + run[0], bottom - height), (LEFT + run[-1] + 1, bottom - height)]
    # A single pixel would be lost.
    right = max(points[-1][0], points[0][0] + 2)
    points[-1] = (right, points[-1][1])
    return ((points[0][0], bottom), *points, (right, bottom))


def _height(share: float) -> float:
    return max(round(min(share, 1.0) * _HEIGHT), _LEAST)


def _hint(spec: LaneSpec, policy: PolicyReplay, episodes: Sequence[Episode]) -> str:
    first, last = episodes[0], episodes[-1]
    began = minute_text(instant_text(first.began)) if first.began else "an unknown time"
    ended = minute_text(instant_text(last.ended)) if last.ended else "now" if last.ongoing else "an unknown time"
    mostly = telling_reason(spec, policy.rules, weights_by_reason(episodes, policy.rules))
    lasted = duration_text(sum(episode.seconds for episode in episodes))
    times = f"{len(episodes):,} times, " if len(episodes) > 1 else ""
    return f"blocked from {began} to {ended} ({times}{lasted}), mostly by {mostly}"
