"""Tests of revisions: which row stands for a period, and what a new digest of it is."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from heartbeat_assets.lanes.heartbeat import build_row
from heartbeat_assets.lanes.history import HistoryRow, parse_line, render_line
from heartbeat_assets.lanes.revisions import current_rows, newest_of_period, stamped
from heartbeat_assets_tests.lanes.histories import KPIS, spec_with

SPEC = spec_with(sensor=None, partitions={"by": "day", "start": "2026-01-01"})


def digest_of(day: int, wait: float = 30.0, events: int = 10) -> dict[str, Any]:
    """The digest of the period that ended at the start of `day`."""
    return {
        "generated_at": f"2026-01-{day:02d}T00:00:00+00:00",
        "period": {"key": f"2026-01-{day - 1:02d}"},
        "events_in_period": events,
        "metrics": dict(zip(KPIS, (0.1, wait, 0.5), strict=True)),
        "status": "ok",
    }


class History:
    """A history that digests are recorded in as a lane records them."""

    def __init__(self) -> None:
        self.rows: list[HistoryRow] = []

    def record(self, digest: dict[str, Any]) -> dict[str, Any]:
        row = build_row(SPEC, stamped(digest, reversed(self.rows)))
        if row["heartbeat_id"] not in [known.heartbeat_id for known in self.rows]:
            self.rows.append(parse_line(render_line(row), len(self.rows) + 1))
        return row

    def malformed(self) -> None:
        self.rows.append(parse_line(b"not json", len(self.rows) + 1))

    def current(self, count: int | None = None) -> list[tuple[str, int | None]]:
        """Period and revision of each row that stands; malformed ones have neither."""
        rows = current_rows(reversed(self.rows), count)
        return [(row.content["period"], row.content["revision"]) if row.content else ("", None) for row in rows]


def test_the_first_digest_of_a_period_is_revision_one() -> None:
    row = History().record(digest_of(5))
    assert (row["period"], row["revision"], row["revises"], row["backfilled"]) == ("2026-01-04", 1, None, False)


def test_another_digest_of_a_period_is_a_revision_that_names_what_it_revises() -> None:
    history = History()
    first = history.record(digest_of(5))
    second = history.record(digest_of(5, wait=40.0, events=13))
    assert (second["revision"], second["revises"], second["late_events"]) == (2, first["heartbeat_id"], 3)
    assert len(history.rows) == 2


def test_the_same_digest_of_a_period_is_no_revision() -> None:
    history = History()
    history.record(digest_of(5))
    again = history.record(digest_of(5))
    assert (again["revision"], len(history.rows)) == (1, 1)


def test_a_return_to_an_earlier_figure_is_a_revision_too() -> None:
    history = History()
    rows = [history.record(digest_of(5, wait=wait)) for wait in (30.0, 40.0, 30.0, 30.0)]
    assert [row["revision"] for row in rows] == [1, 2, 3, 3]
    assert history.current() == [("2026-01-04", 3)]


def test_what_a_failed_run_did_not_see_was_not_late() -> None:
    history = History()
    history.record(digest_of(5) | {"events_in_period": None, "status": "failed"})
    mended = history.record(digest_of(5, events=122))
    assert (mended["revision"], mended["late_events"]) == (2, 0)


def test_the_last_hour_of_a_day_is_no_revision_of_the_day() -> None:
    history = History()
    history.record(digest_of(5))
    hour = history.record(digest_of(5) | {"period": {"key": "2026-01-04-23:00"}})
    assert (hour["revision"], hour["revises"]) == (1, None)
    assert len(history.current()) == 2


def test_a_period_filled_in_behind_newer_ones_says_so() -> None:
    history = History()
    for day in (5, 7):
        history.record(digest_of(day))
    assert history.record(digest_of(6))["backfilled"] is True
    assert history.record(digest_of(8))["backfilled"] is False
    assert [period for period, _ in history.current()] == ["2026-01-04", "2026-01-05", "2026-01-06", "2026-01-07"]


def test_a_revision_of_an_old_period_does_not_become_the_newest() -> None:
    history = History()
    for day in (5, 6, 7):
        history.record(digest_of(day))
    history.record(digest_of(5, wait=99.0))
    assert history.current(2) == [("2026-01-05", 1), ("2026-01-06", 1)]
    assert history.current(3)[0] == ("2026-01-04", 2)


def test_an_old_range_filled_in_at_last_is_not_taken_for_the_newest_periods() -> None:
    history = History()
    for day in (*range(15, 25), *range(3, 10)):
        history.record(digest_of(day))
    assert [period for period, _ in history.current(4)] == ["2026-01-20", "2026-01-21", "2026-01-22", "2026-01-23"]
    assert len(history.current(10)) == 10
    assert history.current(10)[0] == ("2026-01-14", 1)


def test_a_malformed_row_stands_behind_the_period_it_came_after() -> None:
    history = History()
    history.record(digest_of(5))
    history.malformed()
    history.record(digest_of(6))
    assert history.current() == [("2026-01-04", 1), ("", None), ("2026-01-05", 1)]


def test_a_period_that_is_not_there_is_not_looked_for_beyond_older_ones() -> None:
    history = History()
    for day in range(3, 20):
        history.record(digest_of(day))
    looked_at: list[int] = []

    def watched() -> Any:
        for row in reversed(history.rows):
            looked_at.append(row.place)
            yield row

    assert newest_of_period(watched(), "2026-01-25T00:00:00+00:00", "2026-01-24") is None
    assert looked_at == [17]


@given(st.lists(st.tuples(st.integers(2, 28), st.sampled_from([30.0, 40.0])), max_size=60), st.integers(1, 12))
def test_the_newest_periods_by_their_newest_rows_are_those_of_a_walk_over_everything(
    runs: list[tuple[int, float]], count: int
) -> None:
    history = History()
    for day, wait in runs:
        history.record(digest_of(day, wait=wait))
    newest = {row.run_at: row for row in history.rows}
    expected = [newest[run_at] for run_at in sorted(newest)]
    assert current_rows(reversed(history.rows)) == expected
    assert current_rows(reversed(history.rows), count) == expected[-count:]
    for row in expected:
        assert newest_of_period(reversed(history.rows), row.run_at, (row.content or {})["period"]) == row
