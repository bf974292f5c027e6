"""Partitions: runs of single days, backfills in order, revisions, late telemetry, and the schedule."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest

from heartbeat_assets.components import HeartbeatLane
from heartbeat_assets.lanes.compute import compute_digest, update_telemetry
from heartbeat_assets.lanes.judging import blocked_since, judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.periods import period_called
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets_tests.components.run_results import QUIET
from heartbeat_assets_tests.components.running import check_results, failures, key, materialized, metadata_of
from heartbeat_assets_tests.copied_project import LANE, CopiedProject, copied_project

DAYS = ("2026-02-08", "2026-02-09", "2026-02-10")


@pytest.fixture
def daily(project: CopiedProject) -> CopiedProject:
    """The project with its lane by days, and the events of three days."""
    by_days(project)
    return project


def by_days(project: CopiedProject) -> None:
    """Makes the lane one by days, and adds the events of three days."""
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2026-02-01"}
        del attributes["sensor"]
    for day in DAYS:
        project.add_day(day)


def run_days(
    lane: Lane, instance: dg.DagsterInstance, first: str, last: str | None = None
) -> dg.ExecuteInProcessResult:
    """Runs the lane for one day, or in one run for a range, as a backfill from the UI does."""
    job = HeartbeatLane(lane).definitions().resolve_job_def(f"{LANE}_job")
    if last is None:
        return job.execute_in_process(instance=instance, partition_key=first, raise_on_error=False, run_config=QUIET)
    tags = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
    return job.execute_in_process(instance=instance, tags=tags, raise_on_error=False, run_config=QUIET)


def rows_of(project: CopiedProject) -> list[dict[str, Any]]:
    return [json.loads(entry.line) for entry in open_ledger(project.settings.ledger_url).last(LANE, 100)]


@dataclass(frozen=True)
class ThreeDays:
    """What became of three days, one run after the other."""

    filled: dg.ExecuteInProcessResult
    """All three in one run."""
    rows_filled: list[dict[str, Any]]
    unchanged: dg.ExecuteInProcessResult
    """The oldest day run again, with nothing new."""
    rows_unchanged: list[dict[str, Any]]
    seen: dg.ExecuteInProcessResult
    """The newest day run again, when two events of the oldest had come late."""
    revised: dg.ExecuteInProcessResult
    """The oldest day run again with them."""
    rows_revised: list[dict[str, Any]]
    report: dict[str, Any]
    """The verdict on the lane after that."""
    published: dict[str, Any]
    after: dg.ExecuteInProcessResult
    """The newest day run once more."""


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreeDays]:
    folder = tmp_path_factory.mktemp("three_days")
    with pytest.MonkeyPatch.context() as patched, dg.DagsterInstance.ephemeral() as instance:
        for project in copied_project(folder, patched):
            by_days(project)
            filled = run_days(project.lane, instance, DAYS[0], DAYS[-1])
            rows_filled = rows_of(project)
            unchanged = run_days(project.lane, instance, DAYS[0])
            rows_unchanged = rows_of(project)
            late = '{"session_id": "late", "event": "page_load", "ts": "2026-02-08T23:59:00Z"}\n'
            (project.events / "late.jsonl").write_text(late * 2, encoding="utf-8")
            seen = run_days(project.lane, instance, DAYS[-1])
            revised = run_days(project.lane, instance, DAYS[0])
            rows_revised = rows_of(project)
            report = judge_ledger(project.lane).report
            published = json.loads((project.published / "report.json").read_text(encoding="utf-8"))
            after = run_days(project.lane, instance, DAYS[-1])
            yield ThreeDays(
                filled, rows_filled, unchanged, rows_unchanged, seen, revised, rows_revised, report, published, after
            )


def test_a_run_of_a_day_digests_that_day_alone(daily: CopiedProject, instance: dg.DagsterInstance) -> None:
    result = run_days(daily.lane, instance, "2026-02-09")
    assert failures(result) == []
    (row,) = rows_of(daily)
    assert (row["period"], row["run_at"]) == ("2026-02-09", "2026-02-10T00:00:00+00:00")
    lines = (daily.events / "2026-02-09.jsonl").read_text(encoding="utf-8").splitlines()
    assert 0 < row["events_in_period"] <= len(lines)
    assert metadata_of(result, "digest")["period"] == "2026-02-09"


def test_the_days_add_up_to_the_whole(daily: CopiedProject) -> None:
    lane = daily.lane
    update_telemetry(lane)
    partitions = lane.spec.partitions
    assert partitions is not None
    counted = [compute_digest(lane, period=period_called(partitions, day))["telemetry"]["events_total"] for day in DAYS]
    raw = [
        compute_digest(
            lane,
            inputs={"events": str(daily.events), "snapshot": str(daily.snapshot)},
            period=period_called(partitions, day),
        )["telemetry"]["events_total"]
        for day in DAYS
    ]
    assert counted == raw
    assert all(counted)


def test_a_backfill_fills_the_history_in_order_of_run_at(three_days: ThreeDays) -> None:
    assert failures(three_days.filled) == []
    assert [row["period"] for row in three_days.rows_filled] == list(DAYS)
    assert [row["run_at"] for row in three_days.rows_filled] == sorted(row["run_at"] for row in three_days.rows_filled)
    assert {row["backfilled"] for row in three_days.rows_filled} == {False}


def test_an_old_day_that_is_run_again_unchanged_is_a_duplicate(three_days: ThreeDays) -> None:
    assert failures(three_days.unchanged) == []
    assert len(three_days.rows_unchanged) == 3


def test_late_telemetry_is_counted_and_its_day_run_again_is_a_revision_that_says_so(three_days: ThreeDays) -> None:
    assert metadata_of(three_days.seen, "telemetry")["late_events"] == 2
    check = check_results(three_days.seen)["none_late"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "2026-02-08 (2)" in str(check.description)
    revision = three_days.rows_revised[-1]
    assert (revision["period"], revision["revision"], revision["late_events"]) == (DAYS[0], 2, 2)
    assert revision["revises"] == three_days.rows_revised[0]["heartbeat_id"]
    assert len(three_days.rows_revised) == 4
    assert metadata_of(three_days.revised, "heartbeat")["revisions"] == 1
    assert check_results(three_days.after)["none_late"].passed


def test_a_revision_of_an_old_day_is_not_taken_for_the_newest_run(three_days: ThreeDays) -> None:
    assert failures(three_days.revised) == []
    report = three_days.report
    assert (report["entries_total"], report["entries_in_window"]) == (4, 3)
    assert report["latest"]["run_at"] == "2026-02-11T00:00:00+00:00"
    assert three_days.published["digest"]["period"]["key"] == DAYS[-1]


def test_a_bad_day_that_is_mended_and_run_again_no_longer_blocks(
    daily: CopiedProject, instance: dg.DagsterInstance
) -> None:
    good = (daily.events / "2026-02-09.jsonl").read_bytes()
    bad = '{"session_id": "s", "event": "page_load", "ts": "2026-02-09T10:00:00Z"}\n'
    (daily.events / "2026-02-09.jsonl").write_text(bad, encoding="utf-8")
    blocked = run_days(daily.lane, instance, DAYS[0], DAYS[-1])
    assert "published" not in materialized(blocked)
    assert blocked_since(daily.lane) == "2026-02-10T00:00:00+00:00"
    (daily.events / "2026-02-09.jsonl").write_bytes(good)
    mended = run_days(daily.lane, instance, "2026-02-09")
    assert failures(mended) == []
    assert "published" in materialized(mended)
    assert blocked_since(daily.lane) == ""


def test_a_backfill_goes_on_behind_a_day_that_fails_and_names_it(
    daily: CopiedProject, instance: dg.DagsterInstance
) -> None:
    fails = "CASE WHEN (SELECT key FROM period) = '2026-02-09' THEN CAST('x' AS INT) ELSE 0 END"
    daily.rewrite_sql("AS unknown_rate,", f"+ {fails} AS unknown_rate,")
    result = run_days(daily.lane, instance, DAYS[0], DAYS[-1])
    (failure,) = failures(result)
    assert "2026-02-09: " in failure
    assert [(row["period"], row["status"]) for row in rows_of(daily)][1] == ("2026-02-09", "failed")
    assert [row["period"] for row in rows_of(daily)] == list(DAYS)


def test_a_day_without_its_source_is_recorded_as_failed_for_it_and_what_it_did_not_see_is_not_late(
    daily: CopiedProject, instance: dg.DagsterInstance
) -> None:
    snapshot = daily.snapshot.read_bytes()
    daily.snapshot.unlink()
    assert failures(run_days(daily.lane, instance, "2026-02-09"))
    (row,) = rows_of(daily)
    assert (row["period"], row["status"]) == ("2026-02-09", "failed")
    assert row["run_at"] == "2026-02-10T00:00:00+00:00"
    daily.snapshot.write_bytes(snapshot)
    assert failures(run_days(daily.lane, instance, "2026-02-09")) == []
    assert [(row["revision"], row["status"], row["late_events"]) for row in rows_of(daily)] == [
        (1, "failed", 0), (2, "ok", 0)
    ]  # fmt: skip


def test_the_heartbeat_alone_never_brings_old_figures_back(daily: CopiedProject, instance: dg.DagsterInstance) -> None:
    run_days(daily.lane, instance, "2026-02-09")
    lane = daily.lane
    assert lane.spec.partitions is not None
    other = compute_digest(
        lane, thresholds={"max_unknown_rate": 0.44}, period=period_called(lane.spec.partitions, "2026-02-09")
    )
    assert append_to_ledger(lane, other, now=datetime.now(UTC))["heartbeat"]["revision"] == 2
    job = HeartbeatLane(lane).definitions().resolve_job_def(f"{LANE}_job")
    result = job.execute_in_process(
        instance=instance, partition_key="2026-02-09", asset_selection=[key("heartbeat")], run_config=QUIET
    )
    assert metadata_of(result, "heartbeat") == {"appended": 0, "history_size": 2}
    assert len(rows_of(daily)) == 2


def test_late_rows_of_a_table_are_told_too(project: CopiedProject, instance: dg.DagsterInstance) -> None:
    orders = project.folder / "orders.csv"
    orders.write_text("id,at\n1,2026-02-01\n", encoding="utf-8")
    with project.changed_attributes() as attributes:
        attributes.clear()
        attributes |= {
            "sources": {
                "orders": {
                    "kind": "table", "path": "orders.csv", "columns": {"id": "integer", "at": "date"},
                    "period_column": "at",
                }
            },
            "kpis": [{"name": "orders_total", "unit": "count", "min": 1}],
            "partitions": {"by": "day", "start": "2026-02-01"},
        }  # fmt: skip
    (project.lane_folder / "digest.sql").write_text("SELECT count(*) AS orders_total FROM orders", encoding="utf-8")
    assert failures(run_days(project.lane, instance, "2026-02-01")) == []
    orders.write_text("id,at\n1,2026-02-01\n2,2026-02-01\n", encoding="utf-8")
    seen = run_days(project.lane, instance, "2026-02-02")
    assert "2026-02-01 (1)" in str(check_results(seen)["none_late"].description)


def test_a_period_column_that_is_not_there_is_named(project: CopiedProject, instance: dg.DagsterInstance) -> None:
    (project.folder / "orders.csv").write_text("id,at\n1,2026-02-01\n", encoding="utf-8")
    with project.changed_attributes() as attributes:
        attributes.clear()
        attributes |= {
            "sources": {"orders": {"kind": "table", "path": "orders.csv", "period_column": "when"}},
            "kpis": [{"name": "orders_total", "min": 1}],
            "partitions": {"by": "day", "start": "2026-02-01"},
        }
    (project.lane_folder / "digest.sql").write_text("SELECT count(*) AS orders_total FROM orders", encoding="utf-8")
    (failure,) = failures(run_days(project.lane, instance, "2026-02-01"))
    assert "sources.orders.period_column: no column 'when'; there are id, at" in failure
    assert rows_of(project)[0]["failure_reasons"] == ["digest_sql_failed"]


def test_rows_belong_to_periods_by_their_period_column(project: CopiedProject, instance: dg.DagsterInstance) -> None:
    (project.folder / "orders.csv").write_text(
        "id,at\n1,2026-02-01\n2,2026-02-01T23:59:59Z\n3,2026-02-02T00:00:00+00:00\n4,\n", encoding="utf-8"
    )
    with project.changed_attributes() as attributes:
        attributes.clear()
        attributes |= {
            "sources": {
                "orders": {
                    "kind": "table", "path": "orders.csv", "columns": {"id": "integer", "at": "timestamp"},
                    "period_column": "at",
                }
            },
            "kpis": [{"name": "orders_total", "unit": "count", "min": 1}],
            "partitions": {"by": "hour", "start": "2026-02-01"},
        }  # fmt: skip
    (project.lane_folder / "digest.sql").write_text(
        "SELECT count(*) AS orders_total, max((SELECT key FROM period)) AS called FROM orders", encoding="utf-8"
    )
    assert failures(run_days(project.lane, instance, "2026-02-01-00:00")) == []
    assert failures(run_days(project.lane, instance, "2026-02-01-23:00", "2026-02-02-00:00")) == []
    assert [(row["period"], row["orders_total"], row["events_in_period"]) for row in rows_of(project)] == [
        ("2026-02-01-00:00", 1, 1), ("2026-02-01-23:00", 1, 1), ("2026-02-02-00:00", 1, 1)
    ]  # fmt: skip


def test_the_schedule_runs_the_newest_day_that_is_over(daily: CopiedProject, instance: dg.DagsterInstance) -> None:
    repository = HeartbeatLane(daily.lane).definitions().get_repository_def()
    (schedule,) = repository.schedule_defs
    context = dg.build_schedule_context(
        instance=instance, repository_def=repository, scheduled_execution_time=datetime(2026, 2, 10, 0, 17, tzinfo=UTC)
    )
    (request,) = schedule.evaluate_tick(context).run_requests or []
    assert request.partition_key == "2026-02-09"


def test_before_the_first_day_is_over_the_schedule_says_so(daily: CopiedProject, instance: dg.DagsterInstance) -> None:
    (schedule,) = HeartbeatLane(daily.lane).definitions().get_repository_def().schedule_defs
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=datetime(2026, 2, 1, 5, tzinfo=UTC))
    assert schedule.evaluate_tick(context).skip_message == (
        "no day since 2026-02-01 is over yet; run the lane when one is"
    )


def test_the_digest_and_the_heartbeat_are_partitioned_and_backfilled_in_one_run(daily: CopiedProject) -> None:
    graph = HeartbeatLane(daily.lane).definitions().get_repository_def().asset_graph
    partitioned = {
        name for name in ("telemetry", "digest", "heartbeat", "published", "heartbeat_compacted")
        if graph.get(key(name)).partitions_def is not None
    }  # fmt: skip
    assert partitioned == {"digest", "heartbeat"}
    assert graph.get(key("digest")).backfill_policy == dg.BackfillPolicy.single_run()
