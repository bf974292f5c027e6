"""What a step that cannot do its part says: our sentence, naming the file and what to do, and no retry."""

import json
import shutil

import dagster as dg
import pytest

from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.ledger import open_ledger
from heartbeat_assets_tests.components.running import (
    failure_sentence,
    failures,
    materialized,
    metadata_of,
    run,
    source_check,
)
from heartbeat_assets_tests.copied_project import LANE, CopiedProject


def test_a_missing_snapshot_names_the_input_and_the_file_and_leaves_a_failed_heartbeat_that_says_why(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    run(project.lane, instance)
    project.snapshot.unlink()
    result = run(project.lane, instance)
    assert failure_sentence(result, "digest") == f"input snapshot: {project.snapshot}: no such file"
    readable = source_check(result, "snapshot")
    assert (readable.passed, readable.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert readable.description == f"input snapshot: {project.snapshot}: no such file."
    assert "digest" not in materialized(result)
    entry = open_ledger(project.settings.ledger_url).head(LANE)
    assert entry is not None
    row = json.loads(entry.line)
    assert (row["status"], row["failure_reasons"]) == ("failed", ["source_snapshot_missing"])
    assert row["error"] == f"input snapshot: {project.snapshot}: no such file"
    assert entry.dagster_run_id == result.run_id
    verdict = judge_ledger(project.lane)
    assert "latest_status_failed" in verdict.reasons
    assert project.published.exists(), "the report before stays"


def test_a_mistake_in_the_rollup_leaves_a_failed_heartbeat_too(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    rollup = project.lane_folder / "rollup.sql"
    rollup.write_text(rollup.read_text(encoding="utf-8").replace("FROM events", "FROM evens"), encoding="utf-8")
    result = run(project.lane, instance)
    assert "evens" in failure_sentence(result, "digest")
    assert not source_check(result, "telemetry").passed
    entry = open_ledger(project.settings.ledger_url).head(LANE)
    assert entry is not None
    assert json.loads(entry.line)["failure_reasons"] == ["digest_sql_failed"]


def test_a_ledger_that_is_away_does_not_hide_why_the_digest_failed(
    project: CopiedProject, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", f"sqlite:///{project.events}/2026-02-23.jsonl/ledger.sqlite")
    project.snapshot.unlink()
    sentence = failure_sentence(run(project.lane, instance), "digest")
    assert sentence.startswith(f"input snapshot: {project.snapshot}: no such file; and the failed run is not in the")
    assert len(list((project.lane.home / "outbox").glob("*.json"))) == 1


def test_a_failed_run_is_recorded_behind_the_digests_that_waited(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    run(project.lane, instance, ["telemetry", "snapshot", "summary", "digest"])
    project.snapshot.unlink()
    run(project.lane, instance)
    entries = open_ledger(project.settings.ledger_url).last(LANE, 5)
    assert [entry.status for entry in entries] == ["ok", "failed"]


def test_a_snapshot_that_is_a_list_says_that_an_object_is_expected(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    project.snapshot.write_text("[1, 2]", encoding="utf-8")
    sentence = failure_sentence(run(project.lane, instance, ["digest"]), "digest")
    assert sentence == f"input snapshot: {project.snapshot} holds a list; a JSON object is expected"


def test_a_missing_events_folder_is_no_failure_since_telemetry_is_optional(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    shutil.rmtree(project.events)
    result = run(project.lane, instance, ["telemetry", "snapshot", "summary", "digest", "heartbeat"])
    assert metadata_of(result, "telemetry") == {"present": False}
    assert metadata_of(result, "digest")["status"] == "degraded"


def test_a_damaged_event_file_fails_the_telemetry_and_keeps_what_was_readable(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    damaged = project.events / "2026-02-24.jsonl.gz"
    damaged.write_bytes(b"\x1f\x8b\x08\x00 this is no gzip stream")
    result = run(project.lane, instance)
    assert str(damaged) in failure_sentence(result, "digest")
    assert not source_check(result, "telemetry").passed
    assert "digest" not in materialized(result)
    damaged.unlink()
    again = run(project.lane, instance)
    # The failed run is in the window, and blocks what lies behind it.
    assert {"digest", "heartbeat"} <= materialized(again)
    assert source_check(again, "telemetry").passed
    assert metadata_of(again, "telemetry")["dagster/row_count"] == 5


def test_a_ledger_that_cannot_be_reached_is_named_without_its_password(
    project: CopiedProject, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", "postgresql://somebody:s3cret@127.0.0.1:9/heartbeat")
    result = run(project.lane, instance)
    sentence = failure_sentence(result, "heartbeat")
    assert "127.0.0.1:9" in sentence
    assert "cannot reach the server" in sentence
    assert "s3cret" not in "".join(failures(result))
    assert "digest" in materialized(result)


def test_a_digest_that_was_waiting_for_the_ledger_is_recorded_when_it_is_back(
    project: CopiedProject, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTBEAT_LEDGER_URL", f"sqlite:///{project.snapshot}/ledger.sqlite")
    assert failures(run(project.lane, instance))
    monkeypatch.delenv("HEARTBEAT_LEDGER_URL")
    project.add_day("2026-02-10")
    result = run(project.lane, instance)
    assert failures(result) == []
    assert metadata_of(result, "heartbeat")["history_size"] == 2


def test_a_kpi_out_of_its_range_is_refused_by_name_its_digest_kept_and_not_in_the_way_of_the_next_one(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    project.rewrite_sql("coalesce(s.seconds, e.seconds) AS time", "-1.5 AS time")
    result = run(project.lane, instance)
    refused = project.lane.home / "refused"
    assert failure_sentence(result, "heartbeat") == (
        f"The digest was not recorded: invalid_time_to_first_answer_seconds. It is kept in {refused}."
    )
    (kept,) = refused.iterdir()
    assert json.loads(kept.read_text(encoding="utf-8"))["metrics"]["time_to_first_answer_seconds"] == -1.5
    assert "published" not in materialized(result)
    project.rewrite_sql("-1.5 AS time", "coalesce(s.seconds, e.seconds) AS time")
    result = run(project.lane, instance)
    assert failures(result) == []
    assert metadata_of(result, "heartbeat")["history_size"] == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SELECT avg(drilled_down)", "SELECT average(drilled_down)", "average"),
        ("coalesce(s.seconds, e.seconds) AS time", "'soon' AS time", "must be a number or NULL"),
        ("END AS unknown_rate,", "END AS unknown,", "returns no column 'unknown_rate'"),
        ("LEFT JOIN from_summary AS s ON true", "LEFT JOIN from_summary AS s ON true WHERE false", "no row"),
    ],
)
def test_a_mistake_in_the_sql_names_the_file_and_what_is_wrong(
    project: CopiedProject, instance: dg.DagsterInstance, old: str, new: str, said: str
) -> None:
    project.rewrite_sql(old, new)
    sentence = failure_sentence(run(project.lane, instance, ["digest"]), "digest")
    assert sentence.startswith(str(project.lane_folder / "digest.sql"))
    assert said in sentence


def test_a_heartbeat_without_any_digest_says_what_to_materialize_first(
    project: CopiedProject, instance: dg.DagsterInstance
) -> None:
    sentence = failure_sentence(run(project.lane, instance, ["heartbeat"]), "heartbeat")
    assert "has no digest yet; materialize citizen_product/digest first" in sentence
