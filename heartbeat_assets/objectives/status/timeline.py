"""A component over time, from what was recorded of it: what was shown when, damped, with what people said over it.

1. What the rules found holds from when it was recorded until the next recording, but for at most KNOWN_FOR: then
   nobody was looking, and nothing is known.
2. Worsening is shown at once. An improvement is shown when nothing worse was found for as long as it has to settle.
   That something is known again is shown at once, too.
3. While a person's override holds, it is shown instead.

Pure. It must not read the journal, and must not ask the clock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from heartbeat_assets.objectives.operations import Override, UptimeDay
from heartbeat_assets.objectives.status.conditions import WORST_LAST, ComponentState

if TYPE_CHECKING:
    from heartbeat_assets.ledger import JournalEvent

KNOWN_FOR = timedelta(hours=12)
"""So long a recording says something; what records does so at least every RECORD_EVERY."""
RECORD_EVERY = timedelta(hours=6)
FLAPPING = timedelta(hours=1)
"""Over which time flaps are counted."""
DAYS = 90

Found = tuple[datetime, ComponentState]


@dataclass(frozen=True, slots=True)
class Segment:
    """What was shown from `start` up to `end`."""

    start: datetime
    end: datetime
    state: ComponentState


@dataclass(frozen=True, slots=True)
class OverrideSpan:
    """An override, and when it came to an end or will."""

    override: Override
    end: datetime


def rank(state: ComponentState) -> int:
    """How bad a state is."""
    return WORST_LAST.index(state)


def instant_of(event: JournalEvent) -> datetime:
    """When what `event` tells was so: what it says, else when it was recorded."""
    said = event.body.get("at")
    if isinstance(said, str):
        try:
            return datetime.fromisoformat(said).astimezone(UTC)
        except ValueError:
            return event.at
    return event.at


def found_in(events: Sequence[JournalEvent], now: datetime) -> list[Found]:
    """What the rules were recorded to find up to `now`, oldest first."""
    found = [(instant_of(event), event.body.get("found")) for event in events if event.kind == "changed"]
    known = [(at, state) for at, state in found if state in WORST_LAST and at <= now]
    return sorted(known, key=lambda one: one[0])


def overrides_in(events: Sequence[JournalEvent], now: datetime) -> list[OverrideSpan]:
    """The overrides up to `now`, oldest first; each ends at its instant, at the next, or when a person ended it."""
    spans: list[OverrideSpan] = []
    for event in events:
        at = instant_of(event)
        if at > now or event.kind not in ("overridden", "override_ended"):
            continue
        if spans and spans[-1].end > at:
            spans[-1] = OverrideSpan(spans[-1].override, at)
        state, until = event.body.get("state"), event.body.get("until")
        if event.kind == "overridden" and state in WORST_LAST and isinstance(until, str):
            end = datetime.fromisoformat(until).astimezone(UTC)
            spans.append(OverrideSpan(Override(state, end, event.actor, event.reason, at), end))
    return spans


def damped(found: Sequence[Found], settle: timedelta, until: datetime) -> list[Segment]:
    """What is shown of `found` up to `until`, without overrides; neighbours differ."""
    seen = _with_gaps(found, until)
    starts = [at for at, _ in seen]
    instants = sorted({*starts, *(at + settle for at in starts if at + settle <= until)})
    shown: list[tuple[datetime, ComponentState]] = []
    for instant in instants:
        newest = bisect_right(starts, instant)
        oldest = max(bisect_right(starts, instant - settle) - 1, 0)
        # To know again how it is, is no improvement that has to settle.
        recent = [state for _, state in seen[oldest:newest] if state != "NO_DATA"]
        worst = max([*recent, seen[newest - 1][1]], key=rank)
        if not shown or shown[-1][1] != worst:
            shown.append((instant, worst))
    return _segments(shown, until)


def shown(
    found: Sequence[Found], overrides: Sequence[OverrideSpan], settle: timedelta, until: datetime
) -> list[Segment]:
    """What is shown up to `until`; neighbours differ or have a gap between them, in which nothing was known."""
    segments = damped(found, settle, until)
    for span in overrides:
        start, end = span.override.at, min(span.end, until)
        if start >= end:
            continue
        kept = [piece for one in segments for piece in _outside(one, start, end)]
        segments = sorted([*kept, Segment(start, end, span.override.state)], key=lambda one: one.start)
    merged: list[Segment] = []
    for one in segments:
        if merged and merged[-1].state == one.state and merged[-1].end == one.start:
            merged[-1] = Segment(merged[-1].start, one.end, one.state)
        else:
            merged.append(one)
    return merged


def flaps_in(found: Sequence[Found], now: datetime) -> int:
    """How often it became worse, DEGRADED or DOWN, in the last hour."""
    worse = (
        at
        for (_, before), (at, after) in pairwise(found)
        if rank(after) > rank(before) and after in ("DEGRADED", "DOWN")
    )
    return sum(at > now - FLAPPING for at in worse)


def days_of(segments: Sequence[Segment], now: datetime, count: int = DAYS) -> tuple[UptimeDay, ...]:
    """The last `count` UTC days up to `now`, the oldest first; of today what is over."""
    today = now.astimezone(UTC).date()
    midnights = [
        datetime.combine(today - timedelta(days=back), time(), tzinfo=UTC) for back in range(count - 1, -2, -1)
    ]
    seconds = [dict.fromkeys(WORST_LAST, 0.0) for _ in range(count)]
    for one in segments:
        start, end = max(one.start, midnights[0]), min(one.end, now)
        while start < end:
            place = bisect_right(midnights, start) - 1
            until = min(end, midnights[place + 1])
            seconds[place][one.state] += (until - start).total_seconds()
            start = until
    return tuple(_day(midnights[place], now, seconds[place]) for place in range(count))


def _day(midnight: datetime, now: datetime, seconds: Mapping[ComponentState, float]) -> UptimeDay:
    length = round((min(midnight + timedelta(days=1), now) - midnight).total_seconds())
    ok, degraded, down = (round(seconds[state]) for state in ("OK", "DEGRADED", "DOWN"))
    return UptimeDay(midnight.date(), ok, degraded, down, max(length - ok - degraded - down, 0))


def _with_gaps(found: Sequence[Found], until: datetime) -> list[Found]:
    seen: list[Found] = []
    for position, (at, state) in enumerate(found):
        seen.append((at, state))
        following = found[position + 1][0] if position + 1 < len(found) else until
        if following - at > KNOWN_FOR:
            seen.append((at + KNOWN_FOR, "NO_DATA"))
    return seen


def _segments(changes: Sequence[tuple[datetime, ComponentState]], until: datetime) -> list[Segment]:
    ends = [*(at for at, _ in changes[1:]), until]
    return [Segment(at, end, state) for (at, state), end in zip(changes, ends, strict=True) if at <= end]


def _outside(segment: Segment, start: datetime, end: datetime) -> list[Segment]:
    before = Segment(segment.start, min(segment.end, start), segment.state)
    after = Segment(max(segment.start, end), segment.end, segment.state)
    return [piece for piece in (before, after) if piece.start < piece.end]
