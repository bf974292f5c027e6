"""Tests of period ticks: whether a cron runs every period, and after its end in UTC."""

from __future__ import annotations

import pytest

from heartbeat_assets.lanes.period_ticks import tick_problems
from heartbeat_assets.lanes.spec import Partitions, Schedule


def problems(by: str, cron: str, timezone: str = "UTC") -> list[str]:
    partitions = Partitions.model_validate({"by": by, "start": "2026-01-01"})
    return list(tick_problems(partitions, Schedule(cron=cron, timezone=timezone)))


@pytest.mark.parametrize(
    ("by", "cron", "timezone"),
    [
        ("day", "20 0 * * *", "UTC"),
        ("day", "@daily", "UTC"),
        ("day", "0 18 * * *", "UTC"),
        ("day", "0 3 * * *", "Europe/Madrid"),
        ("day", "50 23 * * *", "America/New_York"),
        ("day", "20 20 * * *", "America/New_York"),
        ("day", "5 * * * *", "Europe/Madrid"),
        ("day", "0 1,13 * * *", "Europe/Madrid"),
        ("hour", "5 * * * *", "Asia/Kolkata"),
        ("hour", "*/15 0-23 * * *", "UTC"),
        ("hour", "0 */1 * * *", "UTC"),
        ("hour", "@hourly", "UTC"),
    ],
)
def test_a_cron_that_runs_every_period_after_its_end_is_fine(by: str, cron: str, timezone: str) -> None:
    assert problems(by, cron, timezone) == []


@pytest.mark.parametrize(
    ("by", "cron"),
    [
        ("hour", "20 0 * * *"),
        ("hour", "0 */2 * * *"),
        ("hour", "0 1-23 * * *"),
        ("hour", "5 * * * 1-5"),
        ("hour", "@daily"),
        ("day", "0 6 * * MON-FRI"),
        ("day", "0 6 1 * *"),
        ("day", "@weekly"),
    ],
)
def test_a_cron_that_runs_less_often_than_the_periods_leaves_some_out(by: str, cron: str) -> None:
    (said,) = problems(by, cron)
    assert said.startswith(f"{cron!r} does not run every {by}, and a run is about one {by} alone")


@pytest.mark.parametrize(
    ("cron", "timezone", "at"),
    [
        ("20 0 * * *", "Europe/Madrid", "23:20"),
        ("30 1 * * *", "Europe/Madrid", "23:30"),
        ("20 0 * * *", "Asia/Tokyo", "15:20"),
        ("20 0 * * *", "Pacific/Kiritimati", "10:20"),
        ("50 23 * * *", "UTC", "23:50"),
        ("0 0,23 * * *", "Europe/Madrid", "22:00"),
    ],
)
def test_a_day_that_is_over_by_the_local_clock_alone_is_told(cron: str, timezone: str, at: str) -> None:
    (said,) = problems("day", cron, timezone)
    assert said.startswith(f"{cron!r} in {timezone} is {at} UTC, before the day is over")
