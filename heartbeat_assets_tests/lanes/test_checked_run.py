"""Tests of checked_run: one lane checked in one go, from its sources to its verdict."""

import dataclasses
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from heartbeat_assets.errors import HeartbeatError, UsageProblem
from heartbeat_assets.lanes import checked_run, outbox
from heartbeat_assets.lanes.checked_run import (
    CheckedRun,
    CheckOptions,
    check_lane,
    lanes_to_check,
    problem_sentence,
    refuse_wrong_usage,
)
from heartbeat_assets.lanes.history import file_rows
from heartbeat_assets.lanes.judging import judge_ledger
from heartbeat_assets.lanes.lane import Lane
from heartbeat_assets.lanes.periods import period_called
from heartbeat_assets.lanes.recording import append_to_ledger
from heartbeat_assets.ledger import LedgerError
from heartbeat_assets_tests.copied_project import BROKEN_DAY, CopiedProject
from heartbeat_assets_tests.lanes.histories import digest_of, row_of, spec_with

NOTHING_GIVEN = CheckOptions()
BROKEN = CheckOptions(inputs={"events": str(BROKEN_DAY)}, strict=True)


def latest_of(lane: Lane) -> tuple[int, str]:
    """How long the history in the ledger is, and what its newest row says."""
    report = judge_ledger(lane).report
    return report["entries_total"], report["latest"]["status"]


def test_a_lane_is_digested_recorded_and_judged(project: CopiedProject) -> None:
    run = check_lane(project.lane, CheckOptions(strict=True))
    assert (run.status, run.reasons, run.error, run.since) == ("ok", [], "", "")
    assert run.digest is not None
    assert run.append is not None
    assert run.verdict is not None
    assert run.digest["metrics"]["drilldown_click_rate"] == 0.5
    assert (run.append["appended"], run.append["strict"]) == (True, True)
    assert run.verdict.report["latest"]["heartbeat_id"] == run.append["heartbeat"]["heartbeat_id"]
    assert run.verdict.report["strict"] is True
    assert run.seconds > 0
    assert not project.published.exists()
    assert list(run.document) == ["lane", "status", "reasons", "digest", "append", "window", "error"]
    assert run.document["error"] is None


def test_files_given_are_read_in_place_of_the_sources_and_the_reasons_are_of_heartbeat_and_window(
    project: CopiedProject,
) -> None:
    check_lane(project.lane, NOTHING_GIVEN)
    run = check_lane(project.lane, BROKEN)
    assert run.digest is not None
    assert run.append is not None
    assert run.verdict is not None
    assert run.digest["telemetry"]["sessions_total"] == 38
    assert run.reasons == run.append["strict_fail_reasons"] + run.verdict.reasons
    assert run.reasons[:2] == ["heartbeat_status_failed", "drilldown_click_rate_below_threshold"]
    assert (run.status, latest_of(project.lane)) == ("failed", (2, "failed"))
    assert run.since == run.digest["generated_at"]


def test_files_given_are_read_as_they_are_and_nothing_of_them_is_stored(project: CopiedProject) -> None:
    check_lane(project.lane, BROKEN)
    assert not (project.lane.home / "telemetry").exists()


def test_the_newest_digest_is_at_hand_for_a_report_that_is_published_later(project: CopiedProject) -> None:
    run = check_lane(project.lane, NOTHING_GIVEN)
    assert outbox.digest_of_newest(project.lane, judge_ledger(project.lane)) == run.digest


def test_what_a_killed_run_left_waiting_is_recorded_first(project: CopiedProject) -> None:
    outbox.put(project.lane, digest_of(3))
    run = check_lane(project.lane, NOTHING_GIVEN)
    assert run.verdict is not None
    assert run.append is not None
    assert [row.run_at for row in run.verdict.rows] == [row_of(3)["run_at"], run.append["heartbeat"]["run_at"]]
    assert run.append["history_size_before"] == 1


def test_a_digest_that_another_run_recorded_meanwhile_is_found_a_duplicate(
    project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = outbox.put

    def recorded_meanwhile(lane: Lane, digest: dict[str, object]) -> Path:
        append_to_ledger(lane, digest, now=datetime.now(UTC))
        append_to_ledger(lane, digest_of(900), now=datetime.now(UTC))
        return put(lane, digest_of(900))

    monkeypatch.setattr(outbox, "put", recorded_meanwhile)
    run = check_lane(project.lane, NOTHING_GIVEN)
    assert run.digest is not None
    assert run.append is not None
    assert (run.append["appended"], run.append["duplicate_detected"]) == (False, True)
    assert run.append["heartbeat"]["run_at"] == run.digest["generated_at"]
    assert latest_of(project.lane)[0] == 2


def test_a_missing_source_is_recorded_as_a_failed_heartbeat(project: CopiedProject) -> None:
    check_lane(project.lane, NOTHING_GIVEN)
    project.snapshot.unlink()
    run = check_lane(project.lane, NOTHING_GIVEN)
    assert run.error == f"input snapshot: {project.snapshot}: no such file"
    assert run.digest is not None
    assert (run.digest["status"], run.digest["error"]) == ("failed", run.error)
    assert run.reasons[:2] == ["heartbeat_status_failed", "source_snapshot_missing"]
    assert "latest_status_failed" in run.reasons
    assert latest_of(project.lane) == (2, "failed")


def test_a_failed_run_goes_to_the_history_that_was_given(project: CopiedProject) -> None:
    history = project.folder / "heartbeats.jsonl"
    options = CheckOptions(history=history)
    project.snapshot.write_text("[]", encoding="utf-8")
    run = check_lane(project.lane, options)
    (row,) = file_rows(history)
    assert (row.content or {})["failure_reasons"] == ["source_snapshot_unreadable"]
    assert (run.status, latest_of(project.lane)[0]) == ("failed", 0)
    assert run.since == row.run_at


def test_a_history_given_takes_the_place_of_the_ledger(project: CopiedProject) -> None:
    history = project.folder / "heartbeats.jsonl"
    for _ in range(2):
        run = check_lane(project.lane, CheckOptions(history=history))
    assert run.verdict is not None
    assert run.append is not None
    assert len(list(file_rows(history))) == run.append["history_size_after"] == run.verdict.report["entries_total"]
    assert latest_of(project.lane)[0] == 0


def test_a_first_digest_that_is_refused_leaves_an_empty_window(
    project: CopiedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    out_of_range = {**digest_of(0), "metrics": {"unknown_rate": 7}}
    monkeypatch.setattr(checked_run, "compute_digest", lambda *_, **__: out_of_range)
    history = project.folder / "heartbeats.jsonl"
    for options in (CheckOptions(history=history), NOTHING_GIVEN):
        run = check_lane(project.lane, options)
        assert run.reasons[:2] == ["validation:invalid_unknown_rate", "empty_window"]
        assert (run.status, run.problems) == ("failed", [])
    assert not history.exists()
    assert len(list(outbox.refused_folder(project.lane).iterdir())) == 1


def test_thresholds_limits_and_window_given_replace_those_of_the_lane(project: CopiedProject) -> None:
    check_lane(project.lane, BROKEN)
    assert check_lane(project.lane, CheckOptions(last=1)).status == "ok"
    stricter = check_lane(project.lane, CheckOptions(last=1, thresholds={"min_drilldown_click_rate": "0.6"}))
    assert stricter.digest is not None
    assert stricter.digest["failure_reasons"] == ["drilldown_click_rate_below_threshold"]
    assert "too_few_entries" in check_lane(project.lane, CheckOptions(last=2, limits={"min_entries": "9"})).reasons


def test_a_failed_lane_says_since_when_it_has_been_blocked_beyond_its_window(lane: Lane) -> None:
    lane = dataclasses.replace(lane, spec=spec_with(window={"last": 2, "limits": {"max_failed": 0}}))
    for day in range(4):
        append_to_ledger(lane, digest_of(day, unknown=0.1 if day == 0 else 0.9), now=datetime.now(UTC))
    assert check_lane(lane, BROKEN).since == row_of(1)["run_at"]
    # Under other limits than its own it was never judged before: what the window shows is all that is known.
    run = check_lane(lane, dataclasses.replace(BROKEN, limits={"max_degraded": "0"}))
    assert run.verdict is not None
    assert run.since == run.verdict.rows[0].run_at


def test_a_ledger_that_cannot_be_written_is_a_problem_and_the_digest_waits(
    project: CopiedProject,
) -> None:
    project.home.mkdir()
    (project.home / "ledger.sqlite").write_text("this is no database, and longer than a header of one " * 10)
    run = check_lane(project.lane, NOTHING_GIVEN)
    assert (run.status, run.append, run.verdict) == ("failed", None, None)
    assert [type(problem) for problem in run.problems] == [LedgerError]
    assert "not a SQLite database" in run.error
    assert run.digest is not None
    (project.home / "ledger.sqlite").unlink()
    assert latest_of(project.lane)[0] == 0
    # Another threshold, so that it is another digest also within the same second.
    check_lane(project.lane, CheckOptions(thresholds={"max_unknown_rate": "0.4"}))
    assert latest_of(project.lane)[0] == 2


def test_a_fault_of_the_program_is_kept_with_the_run(project: CopiedProject, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(checked_run, "compute_digest", failing)
    run = check_lane(project.lane, NOTHING_GIVEN)
    assert run.error == "ZeroDivisionError: division by zero (a fault of the program)"
    assert (run.status, run.digest, run.append) == ("failed", None, None)
    assert run.document["error"] == run.error


def test_two_problems_are_both_told(project: CopiedProject) -> None:
    project.snapshot.unlink()
    project.home.mkdir()
    (project.home / "ledger.sqlite").mkdir()
    run = check_lane(project.lane, NOTHING_GIVEN)
    assert run.error.startswith(f"input snapshot: {project.snapshot}: no such file; ")
    assert str(project.home / "ledger.sqlite") in run.error


def test_a_period_of_a_partitioned_lane_is_checked_by_itself(project: CopiedProject) -> None:
    with project.changed_attributes() as attributes:
        attributes["partitions"] = {"by": "day", "start": "2026-02-01"}
        del attributes["sensor"]
    lane = project.lane
    assert lane.spec.partitions is not None
    run = check_lane(lane, NOTHING_GIVEN, period=period_called(lane.spec.partitions, "2026-02-23"))
    assert run.append is not None
    assert run.append["heartbeat"]["period"] == "2026-02-23"
    assert run.append["heartbeat"]["events_in_period"] == 5
    again = check_lane(lane, NOTHING_GIVEN, period=period_called(lane.spec.partitions, "2026-02-23"))
    assert again.append is not None
    assert again.append["duplicate_detected"] is True
    shutil.rmtree(project.events)
    project.snapshot.unlink()
    failed = check_lane(lane, NOTHING_GIVEN, period=period_called(lane.spec.partitions, "2026-02-24"))
    assert failed.append is not None
    assert failed.append["heartbeat"]["run_at"] == "2026-02-25T00:00:00+00:00"
    assert failed.append["heartbeat"]["status"] == "failed"


def test_wrong_usage_is_raised_and_nothing_is_recorded(project: CopiedProject) -> None:
    for options, said in (
        (CheckOptions(inputs={"evnts": "x"}), "--input evnts: lane citizen_product has the inputs"),
        (CheckOptions(thresholds={"max_tfa": "1"}), "--threshold max_tfa: this lane has max_unknown_rate"),
        (CheckOptions(limits={"max_fialed": "1"}), "did you mean 'max_failed'"),
    ):
        with pytest.raises(UsageProblem, match=said):
            refuse_wrong_usage(project.lane, options)
    with pytest.raises(UsageProblem, match="--input evnts"):
        check_lane(project.lane, CheckOptions(inputs={"evnts": "x"}))
    assert latest_of(project.lane)[0] == 0


def test_an_input_that_is_not_there_is_no_wrong_usage(project: CopiedProject) -> None:
    options = CheckOptions(inputs={"snapshot": "nowhere.json"})
    refuse_wrong_usage(project.lane, options)
    run = check_lane(project.lane, options)
    assert run.error == "input snapshot: nowhere.json: no such file"
    assert latest_of(project.lane) == (1, "failed")


def test_every_lane_is_found_and_one_that_is_wrong_does_not_hide_the_others(project: CopiedProject) -> None:
    project.add_shipped_lane("liberty_restrictions")
    half = project.defs / "more" / "half_lane"
    half.mkdir(parents=True)
    (half / "defs.yaml").write_text("type: heartbeat_assets.HeartbeatLane\nattributes: []\n", encoding="utf-8")
    shutil.copytree(project.lane_folder, project.defs / "more" / "citizen_product")
    found = lanes_to_check(project.settings)
    assert [(one.name, type(one)) for one in found] == [
        ("citizen_product", Lane),
        ("liberty_restrictions", Lane),
        ("more/citizen_product", CheckedRun),
        ("more/half_lane", CheckedRun),
    ]
    assert isinstance(found[2], CheckedRun)
    assert isinstance(found[3], CheckedRun)
    assert "'citizen_product' is taken" in found[2].error
    assert found[3].error.startswith(f"{half / 'defs.yaml'}: attributes: must be")
    assert [one.name for one in lanes_to_check(project.settings, ["citizen_product"])] == ["citizen_product"]
    with pytest.raises(UsageProblem, match="no lane 'nowhere'; there is citizen_product, liberty_restrictions"):
        lanes_to_check(project.settings, ["nowhere"])


def test_a_project_without_a_lane_has_nothing_to_pass(project: CopiedProject) -> None:
    shutil.rmtree(project.lane_folder)
    with pytest.raises(UsageProblem, match=r"there is no lane below .* to check"):
        lanes_to_check(project.settings)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (HeartbeatError("the sentence"), "the sentence"),
        (LedgerError("the sentence"), "the sentence"),
        (PermissionError(13, "Permission denied", "/a/file"), "/a/file: Permission denied"),
        (OSError("odd"), "the disk: odd"),
        (KeyError("x"), "KeyError: 'x' (a fault of the program)"),
    ],
)
def test_every_problem_has_a_sentence(problem: Exception, sentence: str) -> None:
    assert problem_sentence(problem) == sentence
