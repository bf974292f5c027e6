"""The periods of a partitioned lane: days or hours in UTC, each with a key, a start and an end.

Pure. The keys are those of Dagster's daily and hourly partitions. It must not know what is computed for a period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from heartbeat_assets.errors import UsageProblem
from heartbeat_assets.lanes.spec import Partitions
from heartbeat_assets.lanes.values import Document, instant_text

_LENGTH = {"day": timedelta(days=1), "hour": timedelta(hours=1)}
_KEY = {"day": "%Y-%m-%d", "hour": "%Y-%m-%d-%H:%M"}
_ARTICLE = {"day": "a day", "hour": "an hour"}
_EXAMPLE = {"day": "2026-02-23", "hour": "2026-02-23-14:00"}


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`; both aware, in UTC."""

    key: str
    start: datetime
    end: datetime

    @property
    def document(self) -> Document:
        """The period as a digest names it."""
        return {"key": self.key, "start": instant_text(self.start), "end": instant_text(self.end)}


def first_start(partitions: Partitions) -> datetime:
    """When the first period of the lane starts."""
    return datetime.combine(partitions.start, time(), UTC)


def length(partitions: Partitions) -> timedelta:
    """How long each period of the lane is."""
    return _LENGTH[partitions.by]


def period_called(partitions: Partitions, key: str, now: datetime | None = None) -> Period:
    """The period with this key. Raises UsageProblem when the lane has none of that key, or it is not over at `now`."""
    try:
        start = datetime.strptime(key, _KEY[partitions.by]).replace(tzinfo=UTC)
    except ValueError:
        example = _EXAMPLE[partitions.by]
        raise UsageProblem(f"period {key!r}: write {_ARTICLE[partitions.by]} as {example}") from None
    if start < first_start(partitions):
        raise UsageProblem(f"period {key!r}: the lane's partitions start at {partitions.start}")
    if partitions.by == "hour" and start.minute:
        raise UsageProblem(f"period {key!r}: an hour starts at minute 0, as {_EXAMPLE['hour']}")
    try:
        period = period_at(partitions, start)
    except OverflowError:
        raise UsageProblem(f"period {key!r}: lies beyond the calendar") from None
    if now is not None and period.end > now:
        raise UsageProblem(
            f"period {key!r}: is not over before {instant_text(period.end)}; the newest that is over is "
            f"{newest_period(partitions, now).key}"
        )
    return period


def period_at(partitions: Partitions, instant: datetime) -> Period:
    """The period that `instant` lies in."""
    step = length(partitions)
    start = first_start(partitions) + (instant - first_start(partitions)) // step * step
    return Period(start.strftime(_KEY[partitions.by]), start, start + step)


def newest_period(partitions: Partitions, now: datetime) -> Period:
    """The newest period that is over at `now`. Raises UsageProblem before the first one is."""
    period = period_at(partitions, now - length(partitions))
    if period.start < first_start(partitions):
        raise UsageProblem(f"no {partitions.by} since {partitions.start} is over yet; run the lane when one is")
    return period
