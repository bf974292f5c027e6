"""A metric's events in order, and the two windows of them that are compared. It must not judge them.

The baseline is what came just before the recent events. Once a tripwire has triggered it is frozen: the same events
stay the baseline, so that bad events do not become the new normal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from heartbeat_assets.errors import HeartbeatError

Kind = Literal["rate", "mean"]
LARGEST_VALUE = 1e300


class SeriesProblem(HeartbeatError):
    """Events that cannot be compared with one another; the message names the metric and says what to do."""


@dataclass(frozen=True, slots=True)
class KpiEvent:
    """One event: its number, and either whether it was a success or a value.

    `sequence` tells it from others and no more: an event that is recorded late has a higher one than events after it.
    """

    sequence: int
    success: bool | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class FrozenBaseline:
    """The events that stay the baseline, by the first and the last of them."""

    first: int
    last: int
    frozen_at: datetime | None = None

    def record(self) -> dict[str, int | str | None]:
        """It as plain values that JSON can hold; `of_record` makes it of them again."""
        return {
            "first": self.first,
            "last": self.last,
            "frozen_at": self.frozen_at.isoformat() if self.frozen_at else None,
        }

    @classmethod
    def of_record(cls, said: Mapping[str, Any]) -> FrozenBaseline:
        """The baseline that a record of a look says is frozen."""
        frozen_at = said.get("frozen_at")
        return cls(said["first"], said["last"], datetime.fromisoformat(frozen_at) if frozen_at else None)


@dataclass(frozen=True, slots=True)
class Window:
    """Events in a row as numbers; a success is 1 and a failure 0. Without events there is no first, last or kind."""

    numbers: tuple[float, ...]
    kind: Kind | None
    first: int | None
    last: int | None

    @property
    def events(self) -> int:
        """How many there are."""
        return len(self.numbers)

    @property
    def successes(self) -> int | None:
        """How many of them succeeded, None when they are numbers."""
        return int(sum(self.numbers)) if self.kind == "rate" else None

    @property
    def figure(self) -> float | None:
        """The success rate or the mean."""
        return math.fsum(self.numbers) / len(self.numbers) if self.numbers else None


@dataclass(frozen=True, slots=True)
class Windows:
    """The recent events and those they are compared with, all of one kind."""

    recent: Window
    baseline: Window

    @property
    def kind(self) -> Kind | None:
        """Whether rates or means are compared; None without events."""
        return self.recent.kind or self.baseline.kind


def windows_of(
    events: Sequence[KpiEvent], *, recent: int, baseline: int, name: str, frozen: FrozenBaseline | None = None
) -> Windows:
    """The two windows of `events`, which are in the order of their time. Raises SeriesProblem naming `name`.

    1. The recent window is the newest `recent` events; with a frozen baseline, of those after it.
    2. The baseline is the `baseline` events before that window, or the frozen ones where they are given: from the first
       of them to the last. It is empty when one of these two is not among `events`.
    3. Events outside of both are not read: a million of them cost nothing. `events` may leave them out.
    """
    begin, start = _frozen_places(events, frozen) if frozen else (0, 0)
    split = max(start, len(events) - recent)
    newest = events[split:]
    before = events[begin:start] if frozen else events[max(0, split - baseline) : split]
    _check_once(before, newest, name)
    made = Windows(_window(newest, name), _window(before, name))
    if made.recent.kind and made.baseline.kind and made.recent.kind != made.baseline.kind:
        raise SeriesProblem(_mixed(name, newest[0], before[0]))
    return made


def _frozen_places(events: Sequence[KpiEvent], frozen: FrozenBaseline) -> tuple[int, int]:
    """Where the frozen events begin, and where those after them do; the same place when they are not there."""
    first = next((place for place, event in enumerate(events) if event.sequence == frozen.first), None)
    last = next((place for place, event in enumerate(events) if event.sequence == frozen.last), None)
    if last is None:
        return 0, 0
    return (last + 1 if first is None or first > last else first), last + 1


def _check_once(before: Sequence[KpiEvent], newest: Sequence[KpiEvent], name: str) -> None:
    seen: set[int] = set()
    for event in (*before, *newest):
        if event.sequence in seen:
            raise SeriesProblem(
                f"{name}: event {event.sequence} is given twice; give events in the order of their time, each once"
            )
        seen.add(event.sequence)


def _window(events: Sequence[KpiEvent], name: str) -> Window:
    numbers = tuple(_number(event, name) for event in events)
    odd = next((event for event in events if _kind(event) != _kind(events[0])), None)
    if odd is not None:
        raise SeriesProblem(_mixed(name, odd, events[0]))
    if not events:
        return Window((), None, None, None)
    return Window(numbers, _kind(events[0]), events[0].sequence, events[-1].sequence)


def _kind(event: KpiEvent) -> Kind:
    return "mean" if event.success is None else "rate"


def _number(event: KpiEvent, name: str) -> float:
    where = f"{name}: event {event.sequence}"
    if event.success is not None and event.value is not None:
        raise SeriesProblem(
            f"{where} is a success or failure and has a value as well; emit the value as a metric of its own"
        )
    if event.success is not None:
        return 1.0 if event.success else 0.0
    if event.value is None:
        raise SeriesProblem(f"{where} is neither a success nor a failure and has no value; emit it with one of them")
    if not math.isfinite(event.value) or abs(event.value) > LARGEST_VALUE:
        raise SeriesProblem(f"{where} has the value {event.value}; emit finite numbers, at most {LARGEST_VALUE:g}")
    return float(event.value)


def _mixed(name: str, one: KpiEvent, other: KpiEvent) -> str:
    binary, numeric = (one, other) if _kind(one) == "rate" else (other, one)
    return (
        f"{name}: event {binary.sequence} is a success or failure and event {numeric.sequence} a number; a metric is "
        "one or the other: emit the numbers under a name of their own"
    )
