"""The chart of a budget: it says of each point what a verdict says of such a budget."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from heartbeat_assets.cockpit.slo_page import budget_chart
from heartbeat_assets.cockpit.slo_standings import Course, SloNow
from heartbeat_assets.objectives.slo.slo import DEFAULT_LIMITS
from heartbeat_assets.objectives.slo.timeline import Point

NOW = datetime(2026, 2, 23, 14, tzinfo=UTC)
YELLOW, RED = float(DEFAULT_LIMITS.yellow), float(DEFAULT_LIMITS.red)


def chart_of(*left: float | None) -> str:
    points = tuple(Point(NOW + timedelta(hours=hour), share, None) for hour, share in enumerate(left))
    return budget_chart(SloNow("reads", None, None, None, stale=False), Course(points))


def test_a_limit_that_is_just_reached_counts_and_one_that_is_not_quite_does_not() -> None:
    chart = chart_of(1.0, YELLOW + 1e-3, YELLOW, RED + 1e-3, RED, 0.0, -0.5, None)

    assert " 3 ticks red. 2 ticks amber. 1 ticks without data." in chart


def test_of_a_budget_that_nothing_is_known_of_there_is_no_chart() -> None:
    assert chart_of() == chart_of(None, None) == ""
