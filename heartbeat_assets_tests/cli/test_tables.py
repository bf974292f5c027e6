"""Tables for people: what they say of periods, of states and of values that are not there."""

from datetime import UTC, date, datetime, timedelta

import click

from heartbeat_assets.cli.tables import digest_table, figures_line, late_lines, states_line
from heartbeat_assets.lanes.late import LatePeriod
from heartbeat_assets.lanes.periods import period_at
from heartbeat_assets.lanes.spec import Partitions
from heartbeat_assets_tests.cli import histories
from heartbeat_assets_tests.copied_project import CopiedProject

DAYS = Partitions(by="day", start=date(2026, 1, 1))


def late(count: int) -> list[LatePeriod]:
    """So many days in a row for which 1,000 events came late."""
    first = datetime(2026, 2, 1, tzinfo=UTC)
    return [LatePeriod(period_at(DAYS, first + timedelta(days=day)), 10, 1_010) for day in range(count)]


def test_the_newest_late_periods_are_told_with_their_command_and_the_rest_counted(project: CopiedProject) -> None:
    lines = [click.unstyle(line) for line in late_lines(project.lane, late(7))]
    assert lines[0] == "▲ late  2026-02-03 (1,000): heartbeat run citizen_product --period 2026-02-03"
    assert [line.rpartition(" ")[2] for line in lines[1:5]] == ["2026-02-04", "2026-02-05", "2026-02-06", "2026-02-07"]
    assert lines[5:] == ["        and 2 more, older"]
    assert len(list(late_lines(project.lane, late(5)))) == 5
    assert list(late_lines(project.lane, [])) == []


def test_a_digest_of_a_period_is_called_by_the_period_and_another_by_its_time(project: CopiedProject) -> None:
    digest = histories.digest(project.lane, 0)
    assert "Digest of 2026-01-01 06:00 UTC: " in click.unstyle(digest_table(project.lane, digest))
    daily = digest | {"period": {"key": "2025-12-31"}}
    assert "Digest of 2025-12-31: " in click.unstyle(digest_table(project.lane, daily))


def test_states_are_counted_worst_first_and_only_those_there_are() -> None:
    assert click.unstyle(states_line(["ok", "failed", "ok"])) == "1 ◆ failed, 2 ● ok"


def test_a_kpi_without_a_value_is_said_to_have_none() -> None:
    assert figures_line({"rate": 0.5, "minutes_mean": None}) == "rate=0.5 minutes_mean=no value"
