"""A lane whose source is the KPI events of the ledger: digest, checks, window, periods and what came late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heartbeat_assets.lanes.checking import check_lanes
from heartbeat_assets.lanes.compute import compute_digest
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.late import late_periods
from heartbeat_assets.lanes.periods import period_called
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.ledger import EventStore, NewKpiEvent, open_ledger
from heartbeat_assets.sources.inputs import SourceMissing
from heartbeat_assets_tests.copied_project import CopiedProject

DIGEST = """SELECT
    avg(CASE WHEN success THEN 1.0 ELSE 0.0 END) AS close_rate,
    count(*) AS "offers.contracts_total"
FROM offers
WHERE metric = 'contract_rate'
"""
FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)


@pytest.fixture
def deals(project: CopiedProject) -> CopiedProject:
    """The lane over the events of WHOLESALE, of which there are none yet."""
    for file in project.lane_folder.glob("*.sql"):
        file.unlink()
    (project.lane_folder / "digest.sql").write_text(DIGEST, encoding="utf-8")
    with project.changed_attributes() as attributes:
        attributes.clear()
        attributes["sources"] = {"offers": {"kind": "kpi_events", "domain": "WHOLESALE"}}
        attributes["kpis"] = [{"name": "close_rate", "min": 0.8}]
    return project


def store(project: CopiedProject) -> EventStore:
    return open_ledger(project.settings.ledger_url).events


def emit(project: CopiedProject, *outcomes: bool, at: datetime = FRIDAY) -> None:
    store(project).append([NewKpiEvent("WHOLESALE", "contract_rate", success=one, at=at) for one in outcomes])


def partitioned(project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2026-03-01"}


def record(project: CopiedProject, day: str | None = None) -> dict[str, Any]:
    lane = project.lane
    period = period_called(lane.spec.partitions, day) if day and lane.spec.partitions else None
    digest = compute_digest(lane, period=period)
    append_to_ledger(lane, digest, now=datetime.now(UTC))
    return digest


def test_the_digest_is_of_the_events_in_the_ledger(deals: CopiedProject) -> None:
    emit(deals, True, True, True, False)
    digest = record(deals)
    assert digest["metrics"]["close_rate"] == 0.75
    assert digest["offers"] == {"contracts_total": 4}
    assert digest["status"] == "failed"


def test_the_window_judges_its_heartbeats_as_those_of_any_lane(deals: CopiedProject) -> None:
    emit(deals, True)
    record(deals)
    emit(deals, False, False)
    record(deals)
    report = judge_ledger(deals.lane, now=datetime.now(UTC)).report
    assert report["checks"]["window_nonempty_ok"] is True
    assert report["checks"]["latest_thresholds_ok"] is False


def test_without_an_event_the_digest_says_what_is_missing(deals: CopiedProject) -> None:
    with pytest.raises(SourceMissing, match="input offers: there is no KPI event of WHOLESALE in the ledger yet"):
        compute_digest(deals.lane)


def test_lanes_check_runs_the_sql_and_shows_the_source(deals: CopiedProject) -> None:
    emit(deals, True)
    (check,) = check_lanes(deals.settings)
    assert [finding.said for finding in check.findings if finding.severity == "error"] == []
    assert check.sources["offers"]["rows"] == 1
    assert check.sources["offers"]["columns"]["ts_us"] == "BIGINT"
    assert check.digest is not None
    assert check.digest["metrics"] == {"close_rate": 1.0}


def test_lanes_check_finds_a_wrong_column_though_there_is_no_event_yet(deals: CopiedProject) -> None:
    (deals.lane_folder / "digest.sql").write_text(DIGEST.replace("success", "succeeded"), encoding="utf-8")
    (check,) = check_lanes(deals.settings)
    said = [finding.said for finding in check.findings]
    assert any("sources.offers: there is no KPI event of WHOLESALE" in one for one in said)
    assert any("succeeded" in one for one in said)


def test_a_period_has_the_events_of_its_time(deals: CopiedProject) -> None:
    partitioned(deals)
    emit(deals, True, False)
    emit(deals, True, at=FRIDAY - timedelta(days=1))
    friday, thursday = (compute_digest(deals.lane, period=_day(deals, day)) for day in ("2026-03-06", "2026-03-05"))
    assert (friday["metrics"]["close_rate"], friday["events_in_period"]) == (0.5, 2)
    assert (thursday["metrics"]["close_rate"], thursday["events_in_period"]) == (1.0, 1)


def test_events_that_come_after_their_period_was_recorded_are_late(deals: CopiedProject) -> None:
    partitioned(deals)
    emit(deals, True)
    record(deals, "2026-03-06")
    assert late_periods(deals.lane) == []
    emit(deals, True, False, at=FRIDAY + timedelta(hours=1))
    (late,) = late_periods(deals.lane)
    assert (late.period.key, late.late) == ("2026-03-06", 2)


def _day(project: CopiedProject, key: str) -> Any:
    partitions = project.lane.spec.partitions
    assert partitions is not None
    return period_called(partitions, key)
