"""Tests of late telemetry: events that came after their period was recorded."""

from datetime import UTC, datetime

import pytest

from heartbeat_assets.lanes.compute import compute_digest, update_telemetry
from heartbeat_assets.lanes.late import late_periods
from heartbeat_assets.lanes.periods import period_called
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets_tests.copied_project import CopiedProject

DAYS = ("2026-02-08", "2026-02-09")


@pytest.fixture
def daily(project: CopiedProject) -> CopiedProject:
    """The lane by days with two of them recorded."""
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2026-02-01"}
        del attributes["sensor"]
    for day in DAYS:
        project.add_day(day)
        record(project, day)
    return project


def record(project: CopiedProject, day: str) -> None:
    lane = project.lane
    assert lane.spec.partitions is not None
    update_telemetry(lane)
    digest = compute_digest(lane, period=period_called(lane.spec.partitions, day))
    append_to_ledger(lane, digest, now=datetime.now(UTC))


def test_nothing_is_late_when_nothing_came_since(daily: CopiedProject) -> None:
    assert late_periods(daily.lane) == []


def test_events_that_came_since_are_counted_for_their_period(daily: CopiedProject) -> None:
    event = '{"session_id": "late", "event": "page_load", "ts": "2026-02-08T23:59:59Z"}\n'
    undated = '{"session_id": "late", "event": "page_load"}\n'
    (daily.events / "late.jsonl").write_text(event * 3 + undated + "not json\n", encoding="utf-8")
    update_telemetry(daily.lane)
    (late,) = late_periods(daily.lane)
    assert (late.period.key, late.late, late.now - late.recorded) == ("2026-02-08", 3, 3)


def test_a_period_that_was_recorded_again_is_no_longer_late(daily: CopiedProject) -> None:
    event = '{"session_id": "late", "event": "page_load", "ts": "2026-02-08T00:00:00Z"}\n'
    (daily.events / "late.jsonl").write_text(event, encoding="utf-8")
    record(daily, "2026-02-08")
    assert late_periods(daily.lane) == []


def test_events_of_a_period_that_was_never_recorded_are_not_late(daily: CopiedProject) -> None:
    daily.add_day("2026-02-10")
    update_telemetry(daily.lane)
    assert late_periods(daily.lane) == []


def test_a_lane_without_partitions_has_nothing_late(project: CopiedProject) -> None:
    assert late_periods(project.lane) == []
