"""SLOs measured over the sources of metrics services: figures worked out by hand, and what fails for whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from heartbeat_assets.objectives.slo.corrections import Correction
from heartbeat_assets_tests.objectives.promised import MONTH, NOW, RATIO, WEEK, Promised, delays, slo

Request = tuple[str, bool, float]


@pytest.fixture
def project(tmp_path: Path) -> Promised:
    return Promised(tmp_path / "project")


def requests(day: str, good: int, bad: int = 0, seconds: float = 1.0) -> list[Request]:
    """Requests from noon on, one a second."""
    start = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    oks = [True] * good + [False] * bad
    return [((start + timedelta(seconds=n)).isoformat(), ok, seconds) for n, ok in enumerate(oks)]


def test_a_month_so_far_has_what_happened_in_it_and_nothing_before(project: Promised) -> None:
    project.write_requests(
        [*requests("2026-01-31", 0, 50), *requests("2026-02-01", 395, 1), *requests("2026-02-14", 4)]
    )
    project.promise(slo())
    measured = project.measured()["reads"]
    assert measured.verdict is not None
    budget = measured.verdict.corrected.record()
    # 1 of 400 is bad, 1% of 400 may be.
    assert (measured.kind, budget["good"], budget["total"]) == ("green", 399, 400)
    assert measured.verdict.corrected.left_fraction == pytest.approx(0.75)
    assert measured.source_as_of is not None
    assert measured.source_as_of.date() == date(2026, 2, 14)


def test_days_are_told_one_by_one_also_those_before_the_window(project: Promised) -> None:
    project.write_requests([*requests("2026-01-31", 8, 2), *requests("2026-02-14", 5)])
    project.promise(slo())
    days = project.measured(days=20)["reads"].days
    assert (len(days), days[0].day, days[-1].day) == (20, date(2026, 1, 27), date(2026, 2, 15))
    told = {day.day.isoformat(): (day.good, day.total) for day in days if day.total}
    assert told == {"2026-01-31": (8, 10), "2026-02-14": (5, 5)}
    # One bucket of five minutes of a day, and none of the half day that today has had.
    assert days[-2].coverage == pytest.approx(5 / 1440)
    assert days[-1].coverage == 0


def test_a_rolling_window_begins_at_its_very_instant(project: Promised) -> None:
    project.write_requests([
        ("2026-02-08T11:59:59Z", True, 9), ("2026-02-08T12:02:00Z", True, 9), ("2026-02-10T00:00:00Z", True, 1),
        ("2026-02-15T12:02:00Z", True, 1),
    ])  # fmt: skip
    project.promise(delays(target=50))
    now = datetime(2026, 2, 15, 12, 2, tzinfo=UTC)
    measured = project.measured(now)["delays"]
    assert measured.verdict is not None
    # What happens at the end of the window is not in it, what happens at its start is.
    assert (measured.verdict.corrected.record()["good"], measured.verdict.corrected.record()["total"]) == (1, 2)
    by_day = {day.day: day.total for day in measured.days}
    assert by_day[date(2026, 2, 8)] == 2, "the day is whole all the same"


def test_what_is_corrected_stands_beside_what_was_measured(project: Promised) -> None:
    project.write_requests([*requests("2026-02-10", 0, 30), *requests("2026-02-12", 70)])
    project.promise(slo())
    noon = datetime(2026, 2, 10, 12, tzinfo=UTC)
    repair = Correction(noon, noon + timedelta(hours=1), reason="moved the database", id="#1")
    measured = project.measured(corrections={"reads": [repair]})["reads"]
    assert measured.verdict is not None
    assert measured.verdict.raw.state == "EXHAUSTED"
    assert (measured.kind, measured.verdict.corrected.record()["total"]) == ("green", 70)
    day = next(day for day in measured.days if day.day == date(2026, 2, 10))
    assert day.record() == {
        "day": "2026-02-10", "good": 0, "total": 0, "coverage": 0.0, "raw_good": 0, "raw_total": 30,
    }  # fmt: skip


def test_one_without_any_row_has_no_data_and_no_division_by_zero(project: Promised) -> None:
    project.promise(slo(), delays())
    assert {one.kind for one in project.measured().values()} == {"no_data"}


def test_a_silence_at_the_start_of_the_window_is_as_quiet_as_any_other(project: Promised) -> None:
    rows = [("2026-01-31T23:50:00Z", True, 1.0), ("2026-02-01T00:20:00Z", True, 1.0)]
    project.write_requests(rows)
    project.promise(slo(annotations={"heartbeat/quiet": "1h"}))
    measured = project.measured(datetime(2026, 2, 1, 0, 25, tzinfo=UTC))["reads"]
    assert measured.verdict is not None
    assert measured.verdict.coverage.fraction == 1


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (slo("broken", query="SELECT 1 AS one FROM requests WHERE $start_us < 0 OR true"), "no column 'bucket_us'"),
        (slo("broken", query="SELEC $start_us"), "syntax error"),
        (slo("broken", service="apo"), "there is no metrics service 'apo'; did you mean 'api'?"),
        (slo("broken", query=RATIO.replace("count(*)", "0")), "there cannot be more good events than events"),
    ],
)
def test_what_is_wrong_with_one_is_its_own_problem_and_no_others(project: Promised, broken: object, said: str) -> None:
    project.write_requests(requests("2026-02-14", 5))
    project.promise(broken, slo())
    measured = project.measured()
    assert (measured["broken"].kind, measured["reads"].kind) == ("problem", "green")
    assert said in measured["broken"].problem
    record = measured["broken"].record()
    assert (record["state"], record["days"], record["judged_at"]) == ("PROBLEM", [], NOW.isoformat())


def test_a_source_that_is_gone_is_the_problem_of_who_reads_it(project: Promised) -> None:
    (project.folder / "data" / "requests.csv").unlink()
    project.promise(slo())
    measured = project.measured()["reads"]
    assert measured.kind == "problem"
    assert "requests" in measured.problem


def test_a_service_with_a_mistake_is_told_with_that_mistake(project: Promised) -> None:
    project.promise(slo())
    project.write_service("api", "type: heartbeat_assets.MetricService\nattributes: {sources: {}}\n")
    project.write_metric("some_metric", service="api")
    problem = project.measured()["reads"].problem
    assert problem.startswith("the metrics service api has a mistake: ")
    assert "sources" in problem


def test_a_query_without_bounds_counts_nothing_twice(project: Promised) -> None:
    project.write_requests([("2026-02-08T12:01:00Z", True, 1), ("2026-02-14T12:01:00Z", True, 1)])
    unbounded = RATIO.partition("FROM requests")[0] + "FROM requests GROUP BY 1"
    project.promise(slo(query=unbounded, window=WEEK))
    measured = project.measured(datetime(2026, 2, 15, 12, 3, tzinfo=UTC))["reads"]
    assert sum(day.total for day in measured.days) == 2


def test_one_from_elsewhere_is_kept_without_figures(project: Promised) -> None:
    foreign = slo("foreign")
    other = {"metricSource": {"type": "prometheus", "spec": {"query": "up"}}}
    foreign["spec"]["indicator"]["spec"]["ratioMetric"] = {"good": other, "total": other}
    project.promise(foreign)
    assert project.measured()["foreign"].kind == "no_data"


def test_a_month_in_another_time_zone_begins_at_its_own_midnight(project: Promised) -> None:
    madrid = {**MONTH, "calendar": {"startTime": "2026-01-01 00:00:00", "timeZone": "Europe/Madrid"}}
    # Summer time: the month begins at 22:00 UTC.
    project.write_requests([("2026-06-30T21:59:00Z", False, 1.0), ("2026-06-30T22:00:00Z", True, 1.0)])
    project.promise(slo(window=madrid))
    measured = project.measured(datetime(2026, 7, 2, tzinfo=UTC))["reads"]
    assert measured.verdict is not None
    assert (measured.verdict.corrected.record()["good"], measured.verdict.corrected.record()["total"]) == (1, 1)
