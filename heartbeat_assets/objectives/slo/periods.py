"""The window of an SLO at an instant, as a half-open interval in UTC. It must not know what is measured in it.

A rolling window ends at the instant. A calendar window lies on a grid of local times: `startTime` moved by the
duration, on the wall clock of `timeZone`, so a day may have 23 or 25 hours and a month 28 to 31 days. A local time that
a change-over skips is read with the offset before it, and one that happens twice is the first, as RFC 5545 has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from heartbeat_assets.objectives.slo.durations import MICROSECOND, Duration

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to, not including, `end`; both aware, in UTC."""

    start: datetime
    end: datetime

    @property
    def start_us(self) -> int:
        """The start in microseconds since 1970."""
        return to_us(self.start)

    @property
    def end_us(self) -> int:
        """The end in microseconds since 1970."""
        return to_us(self.end)

    @property
    def us(self) -> int:
        """How long it is, in microseconds."""
        return self.end_us - self.start_us

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.us / 1_000_000

    def record(self) -> dict[str, Any]:
        """It as plain values."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat(), "seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class RollingWindow:
    """The last so much time. Days are 24 hours; a month goes back to the same day of the month before, in UTC."""

    duration: Duration

    def at(self, instant: datetime) -> Window:
        """The window that ends at `instant`."""
        end = utc(instant)
        return Window(self.duration.moved(end, -1), end)

    @property
    def words(self) -> str:
        """`the last 28 days`."""
        return f"the last {self.duration.words}"


@dataclass(frozen=True, slots=True)
class CalendarWindow:
    """Windows that follow upon each other on the wall clock of a time zone.

    `anchor` is a local time without a zone. It says where windows start, and they also lie before it.
    """

    duration: Duration
    anchor: datetime
    time_zone: str = "UTC"

    def at(self, instant: datetime) -> Window:
        """The window that `instant` lies in."""
        moment = utc(instant)
        local = moment.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)
        step = self.duration.steps_to(self.anchor, local)
        while self.boundary(step) > moment:
            step -= 1
        while self.boundary(step + 1) <= moment:
            step += 1
        return Window(self.boundary(step), self.boundary(step + 1))

    def boundary(self, step: int) -> datetime:
        """The start of the window so many windows after the one that starts at the anchor."""
        zone = ZoneInfo(self.time_zone)
        if self.duration.unit in "mh":
            # Hours are counted, not read off the wall clock: each has 60 minutes, also at a change-over.
            return self.duration.moved(self.anchor.replace(tzinfo=zone).astimezone(UTC), step)
        return self.duration.moved(self.anchor, step).replace(tzinfo=zone).astimezone(UTC)

    @property
    def words(self) -> str:
        """`this calendar window of 1 month`."""
        return f"this calendar window of {self.duration.words}"


def utc(instant: datetime) -> datetime:
    """`instant` in UTC. Raises ValueError for one without a time zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone; give an aware instant")
    return instant.astimezone(UTC)


def to_us(instant: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (utc(instant) - _EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """The instant, in UTC."""
    return _EPOCH + us * MICROSECOND
