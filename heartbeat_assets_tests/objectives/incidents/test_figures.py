"""Mean times of incidents, and what is left to do after them."""

from __future__ import annotations

from datetime import date, timedelta

from heartbeat_assets.objectives.incidents import Terms, figures, open_actions, overdue_actions
from heartbeat_assets_tests.objectives.incidents.incident_events import at, incident

SINCE, UNTIL = at("2026-02-01 00:00"), at("2026-03-01 00:00")


def test_means_are_of_what_has_happened_by_severity_with_its_count() -> None:
    one = incident(
        ("2026-02-10 10:00",), ("2026-02-10 10:10", "acknowledged"), ("2026-02-10 11:00", "mitigated"),
        ("2026-02-10 12:00", "resolved"), started_at="2026-02-10T09:30:00+00:00",
    )  # fmt: skip
    other = incident(("2026-02-11 10:00",), ("2026-02-11 10:20", "acknowledged"))
    third = incident(("2026-02-12 10:00",), ("2026-02-12 13:00", "resolved"), severity=3)
    everything, first, second, least = figures([one, other, third], SINCE, UNTIL, terms=Terms())
    assert (everything.severity, everything.incidents, everything.unresolved) == (None, 3, 1)
    assert (everything.acknowledge.mean, everything.acknowledge.count) == (timedelta(minutes=70), 3)
    assert (first.acknowledge.mean, first.acknowledge.count) == (timedelta(minutes=15), 2)
    assert (first.detect.mean, first.mitigate.mean, first.resolve.mean) == (
        timedelta(minutes=15), timedelta(hours=1), timedelta(hours=2)
    )  # fmt: skip
    assert (first.resolve.count, first.breached) == (1, 1)
    assert (least.resolve.mean, least.breached) == (timedelta(hours=3), 0)
    assert (second.incidents, second.acknowledge.mean, second.acknowledge.count) == (0, None, 0)


def test_without_incidents_there_is_no_mean_and_without_terms_nothing_is_late() -> None:
    everything, *_ = figures([], SINCE, UNTIL)
    assert (everything.incidents, everything.resolve.mean, everything.resolve.count, everything.breached) == (
        0, None, 0, None
    )  # fmt: skip
    assert everything.record()["mttr"] == {"seconds": None, "count": 0}


def test_a_period_holds_its_first_instant_and_not_its_last() -> None:
    edges = [incident((when,)) for when in ("2026-01-31 23:59", "2026-02-01 00:00", "2026-03-01 00:00")]
    everything, *_ = figures(edges, SINCE, UNTIL)
    assert everything.incidents == 1


def test_of_what_came_back_the_resolution_that_held_counts() -> None:
    back = incident(("2026-02-10 10:00",), ("2026-02-10 11:00", "resolved"), ("2026-02-10 12:00", "reopened"))
    everything, *_ = figures([back], SINCE, UNTIL)
    assert (everything.unresolved, everything.resolve.count, everything.mitigate.count) == (1, 0, 0)
    over = incident(
        ("2026-02-10 10:00",), ("2026-02-10 11:00", "resolved"), ("2026-02-10 12:00", "reopened"),
        ("2026-02-10 14:00", "resolved"),
    )  # fmt: skip
    everything, *_ = figures([over], SINCE, UNTIL)
    assert everything.resolve.mean == timedelta(hours=4)


def test_action_items_are_overdue_the_day_after_their_last_day() -> None:
    def item(number: int, due: str | None) -> tuple[str, str, dict[str, str]]:
        day = {"due": due} if due else {}
        return ("2026-02-10 11:00", "action_added", {"id": f"A{number}", "text": "x", "owner": "team:a", **day})

    one = incident(
        ("2026-02-10 10:00",), item(1, "2026-02-20"), item(2, None), item(3, "2026-02-15"), item(4, "2026-02-12"),
        ("2026-02-10 12:00", "action_done", {"id": "A4"}),
    )  # fmt: skip
    assert [found.id for _, found in open_actions([one])] == ["A3", "A1", "A2"]
    assert overdue_actions([one], date(2026, 2, 15)) == []
    assert [found.id for _, found in overdue_actions([one], date(2026, 2, 21))] == ["A3", "A1"]
    assert one.actions[3].outcome == "action_done"
