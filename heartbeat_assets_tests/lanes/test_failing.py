"""Tests of failing: a run that could compute no digest, as a failed heartbeat."""

import json
from datetime import UTC, datetime

import pytest

from heartbeat_assets.errors import HeartbeatError, SpecProblem
from heartbeat_assets.lanes import outbox
from heartbeat_assets.lanes.failing import failed_run, failure_reasons, record_waiting
from heartbeat_assets.lanes.heartbeat import build_row, validation_errors
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.periods import Period
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets.sources.inputs import SourceMissing, SourceUnreadable


@pytest.mark.parametrize(
    ("problem", "reasons"),
    [
        (SourceMissing({"a": "gone", "b": "gone too"}), ["source_a_missing", "source_b_missing"]),
        (SourceUnreadable("a", "cut off"), ["source_a_unreadable"]),
        (SourceUnreadable("a", "lost", "column_missing"), ["source_a_column_missing"]),
        (SpecProblem("digest.sql", ["no such function"]), ["digest_sql_failed"]),
        (HeartbeatError("the disk is full"), ["digest_failed"]),
    ],
)
def test_the_reason_says_what_was_broken(problem: HeartbeatError, reasons: list[str]) -> None:
    assert failure_reasons(problem) == reasons


def test_a_failed_run_is_a_valid_row_whose_kpis_are_not_known(lane: Lane) -> None:
    row = build_row(lane.spec, failed_run(lane, SourceUnreadable("events", "cut off")))
    assert validation_errors(lane.spec, row) == []
    assert (row["status"], row["strict_fail_reasons"]) == ("failed", ["source_events_unreadable"])
    assert row["error"] == "cut off"
    assert {row[kpi.name] for kpi in lane.spec.kpis} == {None}
    assert row["contract_complete"] is False


def test_a_failed_run_of_a_period_is_dated_by_it(lane: Lane) -> None:
    period = Period("2026-02-01", datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC))
    digest = failed_run(lane, HeartbeatError("no"), period=period)
    assert (digest["generated_at"], digest["period"]["key"]) == ("2026-02-02T00:00:00+00:00", "2026-02-01")


def test_a_failure_is_recorded_with_the_run_it_happened_in(lane: Lane) -> None:
    outbox.put(lane, failed_run(lane, HeartbeatError("no")))
    (report,) = record_waiting(lane, dagster_run_id="r1")
    assert report["appended"]
    head = open_ledger(lane.settings.ledger_url).head(lane.name)
    assert head is not None
    assert (head.dagster_run_id, json.loads(head.line)["status"]) == ("r1", "failed")
