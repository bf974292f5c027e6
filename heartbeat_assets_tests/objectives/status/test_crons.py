"""How often a schedule was due and nothing ran."""

from datetime import UTC, datetime, timedelta

import pytest

from heartbeat_assets.objectives.status.crons import MOST, missed_runs

NONE = timedelta()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "last", "now", "missed"),
    [
        ("17 * * * *", "2026-03-10T11:17:20", "2026-03-10T12:16:59", 0),
        ("17 * * * *", "2026-03-10T11:17:20", "2026-03-10T12:17:00", 1),
        ("17 * * * *", "2026-03-10T09:40:00", "2026-03-10T12:30:00", 3),
        ("*/10 * * * *", "2026-03-10T11:50:00", "2026-03-10T12:20:00", 3),
        ("0 6 * * *", "2026-03-07T06:00:09", "2026-03-10T05:59:59", 2),
        ("0 0 * * 0", "2026-03-01T00:00:01", "2026-03-16T00:00:00", 2),
        ("0 0 * * 7", "2026-03-01T00:00:01", "2026-03-16T00:00:00", 2),
        ("0 9 * * mon-fri", "2026-03-06T09:00:01", "2026-03-09T10:00:00", 1),
        ("0 0 29 2 *", "2024-02-29T00:00:01", "2028-02-29T00:00:00", 1),
        # Either of the two days is enough.
        ("0 0 13 * 5", "2026-03-09T00:00:00", "2026-03-31T00:00:00", 3),
        ("@daily", "2026-03-08T01:00:00", "2026-03-10T12:00:00", 2),
        ("0 8-10/2 * * *", "2026-03-10T00:00:00", "2026-03-10T12:00:00", 2),
    ],
)
def test_it_counts_what_was_due_since_the_last_run(cron: str, last: str, now: str, missed: int) -> None:
    assert missed_runs(cron, "UTC", at(last), at(now), grace=NONE) == missed


def test_what_may_still_be_running_is_not_missed() -> None:
    last, now = at("2026-03-10T11:17:20"), at("2026-03-10T12:31:00")
    assert missed_runs("17 * * * *", "UTC", last, now, grace=timedelta(minutes=15)) == 0
    assert missed_runs("17 * * * *", "UTC", last, now + timedelta(minutes=1), grace=timedelta(minutes=15)) == 1


def test_days_on_which_the_clocks_change_have_one_run_at_half_past_two() -> None:
    # Spain: 2026-03-29 has no 02:30, 2026-10-25 has it twice.
    for day, due in (("2026-03-29", "01:30"), ("2026-10-25", "00:30")):
        last, now = at(f"{day}T00:00:00"), at(f"{day}T23:00:00")
        assert missed_runs("30 2 * * *", "Europe/Madrid", last, now, grace=NONE) == 1
        instant = at(f"{day}T{due}:00")
        assert missed_runs("30 2 * * *", "Europe/Madrid", last, instant, grace=NONE) == 1
        assert missed_runs("30 2 * * *", "Europe/Madrid", instant, now, grace=NONE) == 0


def test_it_stops_counting_somewhere() -> None:
    assert missed_runs("* * * * *", "UTC", at("2020-01-01T00:00:00"), at("2026-01-01T00:00:00"), grace=NONE) == MOST
