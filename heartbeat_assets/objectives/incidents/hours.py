"""Business hours: when people are there, and how time counts in them. It must not know what is promised.

Times of the day are those of the wall clock in one time zone; what lies between them is counted as it passes, so a day
on which the clocks change is an hour shorter or longer. A business day later is the same time of the wall clock on the
next business day. What begins outside business hours begins with the next ones.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from heartbeat_assets.specs.fields import Day, Model, TimeZone

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PATTERN = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"


def _time_of_day(text: str) -> str:
    if not re.fullmatch(_PATTERN, text):
        raise ValueError(f"must be a time of the day in quotes, such as '09:00', not {text!r}")
    return text


TimeOfDay = Annotated[str, AfterValidator(_time_of_day), WithJsonSchema({"type": "string", "pattern": _PATTERN})]


class BusinessHours(Model):
    """The hours in which the clocks of incidents run that are not counted around the clock."""

    days: Annotated[list[Weekday], Field(min_length=1)] = Field(
        default_factory=lambda: list(WEEKDAYS[:5]), description="The business days of a week."
    )
    opens: TimeOfDay = Field("09:00", description="When a business day begins, by the wall clock: `'09:00'`.")
    closes: TimeOfDay = Field("17:00", description="When it ends, on the same day: `'17:00'`; `'24:00'` is midnight.")
    time_zone: TimeZone = Field("UTC", description="The time zone of that wall clock, as `Europe/Berlin`.")
    holidays: list[Day] = Field(default_factory=list, description="Days on which nobody is there: `2026-12-25`.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError(f"closes must be later than opens; {self.opens} to {self.closes} is no part of a day")
        return self

    def day_of(self, instant: datetime) -> date:
        """The day that the wall clock shows at `instant`."""
        return instant.astimezone(ZoneInfo(self.time_zone)).date()

    def is_open(self, instant: datetime) -> bool:
        """Whether people are there; not any more at the very end of a day."""
        return self.begin(instant) == instant

    def begin(self, instant: datetime) -> datetime:
        """`instant` itself when people are there, else the beginning of the next business hours."""
        day = self.day_of(instant)
        while True:
            if self._is_business(day):
                start, end = self._interval(day)
                if instant < end:
                    return max(instant.astimezone(UTC), start)
            day += timedelta(days=1)

    def after(self, instant: datetime, business: timedelta) -> datetime:
        """When `business` of business hours have passed since `instant`."""
        at, left = self.begin(instant), business
        while True:
            _, end = self._interval(self.day_of(at))
            if left <= end - at:
                return at + left
            left -= end - at
            at = self.begin(end)

    def days_after(self, instant: datetime, count: int) -> datetime:
        """The same time of the wall clock `count` business days later."""
        begin = self.begin(instant)
        wall = begin.astimezone(ZoneInfo(self.time_zone))
        day = wall.date()
        for _ in range(count):
            day += timedelta(days=1)
            while not self._is_business(day):
                day += timedelta(days=1)
        # The second of two hours of the same name was meant only where there are two.
        return datetime.combine(day, wall.time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    def _is_business(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.days and day not in self.holidays

    def _interval(self, day: date) -> tuple[datetime, datetime]:
        return self._instant(day, self.opens), self._instant(day, self.closes)

    def _instant(self, day: date, text: str) -> datetime:
        if text == "24:00":
            day, text = day + timedelta(days=1), "00:00"
        return datetime.combine(day, time.fromisoformat(text), ZoneInfo(self.time_zone)).astimezone(UTC)
